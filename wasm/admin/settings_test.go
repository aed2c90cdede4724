package main

import (
	"testing"

	"github.com/convuser/convuser/user/usertest"
)

func TestSettingsCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		o    usertest.Options
		want string
	}{
		{"zero", usertest.Options{}, ""},
		{"all", usertest.Options{Username: "name", Password: "a:b", MaxUsers: 1, MaxBytes: 1, MaxBody: 1}, ""},
		{"most", usertest.Options{MaxUsers: 10_000_000, MaxBody: 64 << 20}, ""},
		{"no password", usertest.Options{Username: "name"}, ""},
		{"colon", usertest.Options{Username: "na:me", Password: "secret"}, "username: want no :"},
		{"users", usertest.Options{MaxUsers: -1}, "max-users: want at least 0"},
		{"many users", usertest.Options{MaxUsers: 10_000_001}, "max-users: want at most 10000000"},
		{"bytes", usertest.Options{MaxBytes: -1}, "max-bytes: want at least 0"},
		{"body", usertest.Options{MaxBody: -1}, "max-body: want at least 0"},
		{"large body", usertest.Options{MaxBody: 64<<20 + 1}, "max-body: want at most 67108864"},
		{"the first counts", usertest.Options{MaxUsers: -1, MaxBytes: -1, MaxBody: -1}, "max-users: want at least 0"},
		{"hosts", usertest.Options{Hosts: []string{"Box.example", "192.0.2.1", "2001:db8::1"}}, ""},
		{"every IPv4 address", usertest.Options{Hosts: []string{"0.0.0.0"}}, ""},
		{"every IPv6 address", usertest.Options{Hosts: []string{"::"}}, ""},
		{"no hosts", usertest.Options{Hosts: []string{"", "a b"}}, "hosts[0]: want a host name or an IP address"},
	} {
		got := ""
		if err := (&settings{Host: "localhost", Package: "wasm/npm", Endpoint: c.o}).check(); err != nil {
			got = err.Error()
		}
		diff(t, c.name, c.want, got)
	}
}

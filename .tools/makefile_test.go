// Package tools holds the tests of the Makefile.
package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Optional parts are tried: one that does not run is built only, one that is
// not there is left out, and a line says which and why. A missing required
// part ends the target with one line.
func TestMakeSaysWhatIsMissing(t *testing.T) {
	run, err := exec.LookPath("make")
	if err != nil {
		t.Skip("make is not in PATH")
	}
	const few = "PORTABLE=./user" // one package stands for all
	for _, c := range []struct {
		name string
		args []string
		env  string
		ok   bool
		want string // the last line begins with it
	}{
		{"386 programs do not run", []string{"386", few}, "RUNNER=" + failing(t), true, "386: built only, this machine does not run it (exit status 1)"},
		{"programs of s390x do not run", []string{"platforms", few, "PLATFORMS=s390x"}, "RUNNER=" + failing(t), true, "s390x: built only, this machine does not run it (exit status 1)"},
		{"a compiler that does not work", []string{"race"}, "CC=" + failing(t), true, "race: neither built nor run, "},
		{"no compiler", []string{"race"}, "CC=nonesuch", true, "race: neither built nor run, "},
		{"no Go", []string{"need-go", "GO=nonesuch"}, "", false, "make: Go is missing; "},
		{"no Node.js", []string{"need-node"}, "PATH=" + t.TempDir(), false, "make: Node.js 20.10 or later with npm is missing; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(run, append([]string{"--no-print-directory"}, c.args...)...)
			cmd.Dir = ".."
			// A make around this one does not lend it its job slots.
			cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=", c.env)
			out, err := cmd.CombinedOutput()
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			last := lines[len(lines)-1]
			if !c.ok && len(lines) > 1 {
				last = lines[len(lines)-2] // before make's own word on the failed target
			}
			if (err == nil) != c.ok || !strings.HasPrefix(last, c.want) {
				t.Errorf("%v\n%s\nwant %q", err, out, c.want)
			}
		})
	}
}

// TestMakeRun: without UPSTREAM, make run starts the local endpoint; with it, a
// gateway, and no credentials are on its command line.
func TestMakeRun(t *testing.T) {
	run, err := exec.LookPath("make")
	if err != nil {
		t.Skip("make is not in PATH")
	}
	const program = `exec .build/admin -addr "127.0.0.1:8080" -package wasm/npm`
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, program},
		{[]string{"UPSTREAM=https://u.example"}, program + ` -upstream "https://u.example"`},
		{[]string{"UPSTREAM=https://u.example", "CREDENTIALS=my file", "ADDR=[::1]:1"}, `exec .build/admin -addr "[::1]:1" -package wasm/npm -upstream "https://u.example" -credentials "my file"`},
	} {
		cmd := exec.Command(run, append([]string{"--no-print-directory", "-n", "run", "GO=go"}, c.args...)...)
		cmd.Dir = ".."
		cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=", "UPSTREAM=", "CREDENTIALS=", "TWILIO_ACCOUNT_SID=AC1", "TWILIO_AUTH_TOKEN=s3cret")
		out, err := cmd.CombinedOutput()
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if last := lines[len(lines)-1]; err != nil || last != c.want {
			t.Errorf("%v\n%s\nwant %s", err, last, c.want)
		}
		if strings.Contains(string(out), "s3cret") {
			t.Error("a credential is in a command")
		}
	}
}

// failing returns a program that runs nothing and fails.
func failing(t *testing.T) string {
	file, err := exec.LookPath("false")
	if err != nil {
		t.Skip("no program false")
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

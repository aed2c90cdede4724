package httpwire

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"testing"
)

// TestOwnClient tests the documented settings of a Client without HTTP.
func TestOwnClient(t *testing.T) {
	transport := ownClient.Transport.(*http.Transport)
	got := fmt.Sprint(ownClient.Timeout, transport.Proxy == nil, transport.TLSClientConfig.MinVersion == tls.VersionTLS12, transport.TLSClientConfig.InsecureSkipVerify, ownClient.Jar)
	if want := "30s true true false <nil>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

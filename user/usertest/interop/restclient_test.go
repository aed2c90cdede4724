//go:build restclient

// The whole SDK takes a minute to compile, so this test runs only with
//
//	go test -tags restclient -run RestClient .

package interop

import (
	"net/http"
	"testing"

	"github.com/twilio/twilio-go"
	"github.com/twilio/twilio-go/client"

	"github.com/convuser/convuser/user/usertest"
)

func TestRestClient(t *testing.T) {
	t.Setenv("TWILIO_EDGE", "ashburn") // another host, which is replaced anyway
	srv := usertest.NewServer(nil)
	defer srv.Close()
	c := &client.Client{
		Credentials: client.NewCredentials("ACtest", "secret"),
		HTTPClient:  &http.Client{Transport: toServer(srv.Listener.Addr().String())},
	}
	u, err := twilio.NewRestClientWithParams(twilio.ClientParams{Client: c}).ConversationsV1.CreateUser(params().SetIdentity("alice"))
	if err != nil || *u.Identity != "alice" || len(srv.Handler.Users()) != 1 {
		t.Errorf("got %v, %v, want alice", u, err)
	}
}

//go:build !convuser_bundle

package user_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

func TestDateTimeTime(t *testing.T) {
	minus8 := time.FixedZone("", -8*60*60)
	cases := []struct {
		text user.DateTime
		want time.Time
	}{
		{"2019-12-16T22:18:37Z", time.Date(2019, 12, 16, 22, 18, 37, 0, time.UTC)},
		{"2019-12-16t22:18:37.5z", time.Date(2019, 12, 16, 22, 18, 37, 5e8, time.UTC)},
		{"2019-12-16T22:18:37.1234567899-08:00", time.Date(2019, 12, 16, 22, 18, 37, 123456789, minus8)},
		{"1990-12-31T23:59:60Z", time.Date(1991, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"1990-12-31T15:59:60.5-08:00", time.Date(1990, 12, 31, 16, 0, 0, 5e8, minus8)},
	}
	for _, c := range cases {
		if got, err := c.text.Time(); err != nil || !got.Equal(c.want) {
			t.Errorf("%s: %v, %v", c.text, got, err)
		}
	}
	if got, err := user.DateTime("2019-02-30T00:00:00Z").Time(); !errors.Is(err, validate.CodeDateTime) || !got.IsZero() {
		t.Errorf("30 February: %v, %v", got, err)
	}
}

func TestAttributesOf(t *testing.T) {
	if got, err := user.AttributesOf(map[string]any{"duty": "tech"}); got != `{"duty":"tech"}` || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err := user.AttributesOf([]int{1}); got != "" || !errors.Is(err, validate.CodeObject) {
		t.Errorf("array: %q, %v", got, err)
	}
	got, err := user.AttributesOf(func() {})
	if _, ok := errors.AsType[*json.UnsupportedTypeError](err); got != "" || !ok {
		t.Errorf("func: %q, %v", got, err)
	}
	if got, err := user.AttributesOf(map[string]string{"a": "<b>&"}); got != `{"a":"<b>&"}` || err != nil {
		t.Errorf("HTML: %s, %v", got, err)
	}
}

func ExampleAttributesOf() {
	a, err := user.AttributesOf(struct {
		Duty string `json:"duty"`
	}{"tech"})
	fmt.Println(a, err)
	// Output:
	// {"duty":"tech"} <nil>
}

func ExampleDateTime_Time() {
	t, err := user.DateTime("2019-12-16T22:18:37Z").Time()
	fmt.Println(t.Year(), err)
	// Output:
	// 2019 <nil>
}

// TestLogValue logs values full of text that must not reach a log.
func TestLogValue(t *testing.T) {
	const secret = "s3cret\n"
	u := documentedUser()
	u.Identity, u.FriendlyName = user.Some(secret), user.Null[string]()
	u.RoleSID = user.Some(user.RoleSID(secret))
	r := user.CreateRequest{Identity: secret, Attributes: user.Some(user.Attributes(secret)), RoleSID: user.Some(role), WebhookEnabled: user.Some(true)}
	e := &user.APIError{Status: 429, Code: 20429, Message: secret, Body: secret, RetryAfter: 7}
	cases := []struct {
		value any
		want  string
	}{
		{r, `{"level":"INFO","msg":"m","v":{"Identity":{"bytes":7},"Attributes":{"bytes":7},"RoleSid":"` + string(role) + `","X-Twilio-Webhook-Enabled":true}}`},
		{u, `{"level":"INFO","msg":"m","v":{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","chat_service_sid":"ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","role_sid":{"bytes":7},"identity":{"bytes":7},"friendly_name":"null","attributes":{"bytes":18},"date_created":"2019-12-16T22:18:37Z","date_updated":"2019-12-16T22:18:38Z"}}`},
		{user.CreateRequest{Identity: secret, FriendlyName: user.Some("a")}, `{"level":"INFO","msg":"m","v":{"Identity":{"bytes":7},"FriendlyName":{"bytes":1}}}`},
		{user.CreateRequest{FriendlyName: user.Some("2019-12-16T22:18:37Z")}, `{"level":"INFO","msg":"m","v":{"FriendlyName":{"bytes":20}}}`},
		{user.User{}, `{"level":"INFO","msg":"m"}`},
		{e, `{"level":"INFO","msg":"m","v":{"status":429,"code":20429,"class":"rate_limited","retry_after":7}}`},
		{&user.APIError{Status: 429, RetryAfter: 1}, `{"level":"INFO","msg":"m","v":{"status":429,"code":0,"class":"rate_limited","retry_after":1}}`},
		{&user.APIError{Status: 201, Reason: validate.CodeNoUser, Body: secret}, `{"level":"INFO","msg":"m","v":{"status":201,"code":0,"class":"ambiguous","reason":"no_user"}}`},
		{&user.APIError{Status: 500, RetryAfter: 0}, `{"level":"INFO","msg":"m","v":{"status":500,"code":0,"class":"ambiguous"}}`},
	}
	for _, c := range cases {
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				return slog.Attr{}
			}
			return a
		}})).Info("m", "v", c.value)
		if got := b.String(); got != c.want+"\n" {
			t.Errorf("%T\n got %swant %s", c.value, got, c.want)
		}
	}
}

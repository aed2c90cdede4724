//go:build !convuser_bundle

package user_test

import (
	"errors"
	"fmt"
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
	if got, err := user.DateTime("2019-02-30T00:00:00Z").Time(); !errors.Is(err, validate.Date) || !got.IsZero() {
		t.Errorf("30 February: %v, %v", got, err)
	}
}

func TestAttributesOf(t *testing.T) {
	if got, err := user.AttributesOf(map[string]any{"duty": "tech"}); got != `{"duty":"tech"}` || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err := user.AttributesOf([]int{1}); got != "" || !errors.Is(err, validate.Object) {
		t.Errorf("array: %q, %v", got, err)
	}
	if got, err := user.AttributesOf(func() {}); got != "" || err == nil {
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

//go:build !convuser_bundle

// What Go users expect of the types and a browser does not need: it would
// bring time and encoding/json into the bundle.

package user

import (
	"encoding/json"
	"strings"
	"time"
)

// Time returns the instant that d names, with d's own offset from UTC, or
// the error of [DateTime.Validate]. Digits beyond nanoseconds are cut off; a
// leap second, which time.Time cannot hold, is the second behind it.
func (d DateTime) Time() (time.Time, error) {
	if err := d.Validate(); err != nil {
		return time.Time{}, err
	}
	b := []byte(d)
	b[10] = 'T'
	if b[len(b)-1] == 'z' {
		b[len(b)-1] = 'Z'
	}
	leap := b[17] == '6'
	if leap {
		b[17], b[18] = '5', '9'
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if leap {
		t = t.Add(time.Second)
	}
	return t, err
}

// AttributesOf returns v, which must encode as a JSON object, as Attributes:
// compact, and with text as raw as encoding/json can write it, since one
// report says that the service refuses escapes. The error is that of
// encoding/json, or a [*validate.Error] where v is no object. As always with
// encoding/json, bytes of a string that are not UTF-8 become U+FFFD.
func AttributesOf(v any) (Attributes, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	a := Attributes(strings.TrimSuffix(b.String(), "\n"))
	if err := a.Validate(); err != nil {
		return "", err
	}
	return a, nil
}

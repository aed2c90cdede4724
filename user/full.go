//go:build !convuser_bundle

// The browser's build leaves this file out, with encoding/json, log/slog and
// time.

package user

import (
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"github.com/convuser/convuser/validate"
)

// Time returns d as a time.Time with d's own offset from UTC, or the error of
// [DateTime.Validate]. Digits beyond nanoseconds are cut off. A leap second,
// which time.Time cannot hold, becomes the second after it.
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

// AttributesOf encodes v, which must become a JSON object, as compact Attributes
// with as few escapes as encoding/json allows: one report says that the service
// refuses escapes. The error is that of encoding/json, or a [*validate.Error] if
// v is not an object. As encoding/json does, it replaces invalid UTF-8 by U+FFFD.
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

// LogValue returns which members r has and how long they are, not what people
// wrote. A struct that embeds a CreateRequest inherits the method, and then logs
// nothing else: give it a LogValue of its own.
func (r CreateRequest) LogValue() slog.Value {
	attrs := make([]slog.Attr, 0, len(requestMembers))
	if r.Identity != "" {
		attrs = append(attrs, requestMembers[0].attr(Some(r.Identity)))
	}
	attrs = append(attrs, requestMembers[1].attr(r.FriendlyName))
	attrs = append(attrs, requestMembers[2].attr(Opt[string]{string(r.Attributes.value), r.Attributes.state}))
	attrs = append(attrs, requestMembers[3].attr(Opt[string]{string(r.RoleSID.value), r.RoleSID.state}))
	if on, ok := r.WebhookEnabled.Get(); ok {
		attrs = append(attrs, slog.Bool(WebhookHeader, on))
	}
	return slog.GroupValue(attrs...)
}

// LogValue returns u's valid SIDs and dates, and the length of other texts, not
// what people wrote. Embedding is as for [CreateRequest.LogValue].
func (u User) LogValue() slog.Value {
	var attrs []slog.Attr
	for k, ref := range u.Refs() {
		switch m := &userMembers[k]; m.Kind {
		case TextKind, SIDKind, AttributesKind, DateTimeKind:
			attrs = append(attrs, m.attr(ref.Text()))
		}
	}
	return slog.GroupValue(attrs...)
}

// LogValue returns the status, the code, the class, the reason and the seconds
// to wait, not the server's strings, which may hold personal data.
func (e *APIError) LogValue() slog.Value {
	if e == nil {
		e = &APIError{}
	}
	attrs := []slog.Attr{slog.Int("status", e.Status), slog.Int("code", e.Code), slog.String("class", e.Class().String())}
	if e.Reason != "" {
		attrs = append(attrs, slog.String("reason", string(e.Reason)))
	}
	if e.RetryAfter > 0 {
		attrs = append(attrs, slog.Int("retry_after", e.RetryAfter))
	}
	return slog.GroupValue(attrs...)
}

// attr returns a text for a log: a valid SID or date as it is, of others the
// length. An absent member is an empty Attr, which handlers leave out.
func (m *Member) attr(o Opt[string]) slog.Attr {
	switch s, ok := o.Get(); {
	case o.IsNull():
		return slog.String(m.Name, "null")
	case !ok:
		return slog.Attr{}
	case m.Kind == SIDKind && validate.SID(m.Prefix, s) == nil, m.Kind == DateTimeKind && validate.DateTime(s) == nil:
		return slog.String(m.Name, s)
	default:
		return slog.Group(m.Name, slog.Int("bytes", len(s)))
	}
}

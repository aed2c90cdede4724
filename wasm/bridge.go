package main

import (
	"slices"
	"strconv"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// An issue is what JavaScript is told of an error: its parts and its text,
// none of which holds the value.
type issue struct {
	field, code, message string
	offset               int
}

// issuesOf returns the issues of any error of the core.
func issuesOf(err error) []issue {
	switch e := err.(type) {
	case nil:
		return nil
	case validate.Errors:
		all := make([]issue, len(e))
		for i := range e {
			all[i] = issueOf(e[i])
		}
		return all
	case *validate.Error:
		return []issue{issueOf(e)}
	case *encode.SyntaxError:
		return []issue{issueOf((*validate.Error)(e))}
	}
	return []issue{{code: "error", message: err.Error(), offset: -1}}
}

func issueOf(e *validate.Error) issue {
	bare := *e
	bare.Field, bare.Offset = "", -1
	return issue{e.Field, string(e.Code), bare.Error(), e.Offset}
}

// A field is a member of the request as JavaScript hands it over.
type field struct {
	value string
	state fieldState
}

type fieldState uint8

const (
	absent fieldState = iota
	null
	present
	mistyped // another type than a string, or for WebhookEnabled a boolean
)

// A form is a request as JavaScript hands it over, each member read once.
type form struct {
	identity, friendlyName, attributes, roleSID, webhookEnabled field
}

// request makes the request of f. Members of another type are absent in it,
// and issues.
func (f *form) request() (r user.CreateRequest, issues []issue) {
	members := []struct {
		name string
		field
		want string
	}{
		{"Identity", f.identity, "string"},
		{"FriendlyName", f.friendlyName, "string"},
		{"Attributes", f.attributes, "string"},
		{"RoleSid", f.roleSID, "string"},
		{user.WebhookHeader, f.webhookEnabled, "boolean"},
	}
	for _, m := range members {
		switch {
		case m.state == mistyped:
			issues = append(issues, issueOf(&validate.Error{Field: m.name, Code: validate.Type, Offset: -1, Want: m.want}))
		case m.state == null && m.name == "Identity": // a string there, which cannot be null
			issues = append(issues, issueOf(&validate.Error{Field: m.name, Code: validate.Null, Offset: -1}))
		}
	}
	r.Identity = f.identity.value
	r.FriendlyName = opt[string](f.friendlyName)
	r.Attributes = opt[user.Attributes](f.attributes)
	r.RoleSID = opt[user.RoleSID](f.roleSID)
	switch f.webhookEnabled.state {
	case null:
		r.WebhookEnabled = user.Null[bool]()
	case present:
		r.WebhookEnabled = user.Some(f.webhookEnabled.value == "true")
	}
	return r, issues
}

func opt[T interface {
	user.Value
	~string
}](m field) user.Opt[T] {
	switch m.state {
	case null:
		return user.Null[T]()
	case present:
		return user.Some(T(m.value))
	}
	return user.Opt[T]{}
}

// validateForm returns every issue of f, in the order of the fields. A field
// that is mistyped has that one issue alone.
func validateForm(f *form) []issue {
	r, typed := f.request()
	all := typed
	for _, i := range issuesOf(r.Validate()) {
		if !slices.ContainsFunc(typed, func(t issue) bool { return t.field == i.field }) {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(a, b issue) int { return fieldOrder(a.field) - fieldOrder(b.field) })
	return all
}

func fieldOrder(name string) int {
	return slices.Index([]string{"Identity", "FriendlyName", "Attributes", "RoleSid", user.WebhookHeader}, name)
}

// encodeForm validates f and returns the body and the value of the webhook
// header, "" for none.
func encodeForm(f *form) (body, hook string, issues []issue) {
	if issues = validateForm(f); issues != nil {
		return "", "", issues
	}
	r, _ := f.request()
	b, err := encode.AppendForm(nil, &r)
	if err != nil {
		return "", "", issuesOf(err)
	}
	if on, ok := r.WebhookEnabled.Get(); ok {
		hook = strconv.FormatBool(on)
	}
	return string(b), hook, nil
}

// parseUser reads a 201's body and returns the user as compact JSON, which
// JavaScript's own JSON.parse then takes.
func parseUser(body string) (compact string, issues []issue) {
	u, err := encode.ParseUser(body)
	if err != nil {
		return "", issuesOf(err)
	}
	b, err := encode.AppendUser(nil, &u)
	if err != nil {
		return "", issuesOf(err)
	}
	return string(b), nil
}

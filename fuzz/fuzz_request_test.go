package fuzz_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

var requestSchema = schema{"Identity": `"`, "FriendlyName": `"`, "Attributes": `"`, "RoleSid": `"`}

// A plainRequest is the request in plain types, without null, as encoding/json,
// form/v4 and validator/v10 know it.
type plainRequest struct {
	Identity     string  `validate:"required"`
	FriendlyName *string `validate:"omitnil"`
	Attributes   *string `validate:"omitnil,object"`
	RoleSid      *string `validate:"omitnil,len=34,startswith=RL,role"`
}

func (p plainRequest) request() user.CreateRequest {
	return user.CreateRequest{
		Identity:     p.Identity,
		FriendlyName: opt(p.FriendlyName),
		Attributes:   opt((*user.Attributes)(p.Attributes)),
		RoleSID:      opt((*user.RoleSID)(p.RoleSid)),
	}
}

// plainOf returns r with null as absent.
func plainOf(r *user.CreateRequest) plainRequest {
	return plainRequest{r.Identity, pointer[string](r.FriendlyName), pointer[string](r.Attributes), pointer[string](r.RoleSID)}
}

func opt[T user.Value](p *T) user.Opt[T] {
	if p == nil {
		return user.Opt[T]{}
	}
	return user.Some(*p)
}

func FuzzParseRequest(f *testing.F) {
	for _, s := range asMembers(vectors.SuiteTexts(f, jsonSuite)) {
		f.Add(s, true)
	}
	for _, s := range append(seeds(f, "encode/testdata/request.json"),
		"{}", exampleRequest, `{"Identity":null}`, `{"identity":""}`, `{"x":[1],"Identity":"a"}`) {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, allowUnknown bool) {
		var opts []encode.Option
		if allowUnknown {
			opts = append(opts, encode.AllowUnknown)
		}
		m := memberReader{s: s, strict: !allowUnknown}
		list, want := m.read(requestSchema)
		r, err := encode.ParseRequest(s, opts...)
		expectParsed(t, s, err, want)
		if err != nil {
			if r != (user.CreateRequest{}) {
				t.Errorf("%q: a value with an error", s)
			}
			return
		}
		if want := decodeRequest(t, s, list); r != want || r.Clone() != want {
			t.Errorf("%q: %+v, want %+v", s, r, want)
		}
		appendRequest(t, &r)
		rearrangedRequest(t, s, list, &r)
	})
}

// rearrangedRequest parses the members of an accepted request in another order,
// and with unknown ones among them, which are skipped or of which the first is an
// error.
func rearrangedRequest(t *testing.T, s string, list []member, r *user.CreateRequest) {
	t.Helper()
	random := randomOf(s)
	for _, members := range append(shuffled(random, list), injected(random, list)) {
		text := object(t, members)
		if back, err := encode.ParseRequest(text, encode.AllowUnknown); err != nil || back != *r {
			t.Errorf("rearranged: %q: %+v, %v, want %+v", text, back, err, *r)
		}
		if names := unknownTo(members, requestSchema); names != nil {
			_, err := encode.ParseRequest(text)
			at := slices.IndexFunc(members, func(m member) bool { return m.name == names[0] })
			expectParsed(t, text, err, violation{code: validate.CodeUnknown, at: offsetIn(t, members, at)})
		}
	}
	if members, want := repeating(t, random, list, requestSchema); members != nil {
		_, err := encode.ParseRequest(object(t, members), encode.AllowUnknown)
		expectParsed(t, object(t, members), err, want)
	}
}

// decodeRequest decodes the known members of s with encoding/json.
func decodeRequest(t *testing.T, s string, list []member) user.CreateRequest {
	t.Helper()
	if others := unknownOf(list, ""); others != nil {
		b, err := json.Marshal(known(list)) // without names of another case
		if err != nil {
			t.Fatal(err)
		}
		s = string(b)
	}
	var p plainRequest
	d := json.NewDecoder(strings.NewReader(s))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return p.request()
}

// appendRequest writes r and reads it back.
func appendRequest(t *testing.T, r *user.CreateRequest) {
	t.Helper()
	for _, o := range []encode.Option{0, encode.HTMLSafe} {
		text, err := encode.AppendRequest(nil, r, o)
		if err != nil || !json.Valid(text) {
			t.Fatalf("%+v is written as %q, %v", r, text, err)
		}
		if back, err := encode.ParseRequest(string(text)); err != nil || back != *r {
			t.Errorf("%q is read back as %+v, %v, want %+v", text, back, err, *r)
		}
		if o == encode.HTMLSafe && strings.ContainsAny(string(text), htmlUnsafe) {
			t.Errorf("not HTML-safe: %q", text)
		}
	}
}

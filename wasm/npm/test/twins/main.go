// Program twins prints what the native library says of every input that the
// project has: the tables under testdata, the corpora and the seeds of the
// fuzz targets, the suites where they are there, and changed copies of all of
// these. Each line is JSON. The test twins.test.js compares it with what the
// package convuser says of the same bytes.
//
// It runs in the root of the project: go run ./wasm/npm/test/twins
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"unicode/utf8"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "twins:", err)
		os.Exit(1)
	}
}

func run() error {
	inputs, err := collect(".")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for _, s := range inputs {
		if err := lines.Encode(answersTo(s)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// The answers to one input. A list of faults that is empty is left out.
type answers struct {
	In         []byte   `json:"in"`
	SID        []fault  `json:"sid,omitempty"`
	Attributes []fault  `json:"attributes,omitempty"`
	Request    []fault  `json:"request,omitempty"` // of a request with the input in every member
	User       []fault  `json:"user,omitempty"`    // likewise
	Advice     []advice `json:"advice,omitempty"`
	Form       parsed   `json:"form"`
	FormAny    parsed   `json:"formAny"`
	JSON       parsed   `json:"json"`
	JSONAny    parsed   `json:"jsonAny"`
	ParsedUser parsed   `json:"parsedUser"`
	Response   any      `json:"response,omitempty"` // of a 201 that is no success
	APIError   any      `json:"apiError,omitempty"` // of text only: the package has U+FFFD in what is none
}

// A fault is an error of the library.
type fault struct {
	Field    string `json:"field"`
	Code     string `json:"code"`
	Offset   int    `json:"offset"`
	Expected string `json:"expected,omitempty"`
	Hint     string `json:"hint,omitempty"`
	Found    string `json:"found,omitempty"`
	Message  string `json:"message"` // without field and place
}

type advice struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Offset  int    `json:"offset"`
	Server  int    `json:"server"`
	Basis   string `json:"basis"`
	Message string `json:"message"`
}

// A parsed body: its faults, or its value and what the writers make of that.
type parsed struct {
	Faults       []fault  `json:"faults,omitempty"`
	Value        any      `json:"value,omitempty"`
	Unknown      string   `json:"unknown,omitempty"` // of a user, verbatim
	LinksUnknown string   `json:"linksUnknown,omitempty"`
	Written      []string `json:"written,omitempty"`
}

func answersTo(s string) answers {
	a := answers{
		In:         []byte(s),
		SID:        faultsOf(validate.SID("RL", s)),
		Attributes: faultsOf(validate.Attributes(s)),
		ParsedUser: parseUser(s),
	}
	r := requestOf(s)
	a.Request = faultsOf(r.Validate())
	for _, v := range r.Advise() {
		a.Advice = append(a.Advice, advice{v.Field, string(v.Code), v.Offset, v.Server, v.Source, v.Message() + "; " + v.Remedy()})
	}
	u := userOf(s)
	a.User = faultsOf(u.Validate())
	a.Form, a.FormAny = parseRequest(s, encode.ParseForm)
	a.JSON, a.JSONAny = parseRequest(s, encode.ParseRequest)
	if _, err := encode.ParseResponse(201, "application/json", s); err != nil {
		e := err.(*user.APIError)
		a.Response = []any{e.Reason, e.Class().String(), e.Code}
	}
	if utf8.ValidString(s) {
		e := encode.ParseError(409, "application/json", s)
		a.APIError = []any{e.Code, e.Message, e.MoreInfo, e.Detail, e.Instance, e.Extra, e.Class().String(), e.UserError}
	}
	return a
}

func requestOf(s string) user.CreateRequest {
	return user.CreateRequest{
		Identity:     s,
		FriendlyName: user.Some(s),
		Attributes:   user.Some(user.Attributes(s)),
		RoleSID:      user.Some(user.RoleSID(s)),
	}
}

func userOf(s string) user.User {
	return user.User{
		SID:            user.Some(user.UserSID(s)),
		AccountSID:     user.Some(user.AccountSID(s)),
		ChatServiceSID: user.Some(user.ChatServiceSID(s)),
		RoleSID:        user.Some(user.RoleSID(s)),
		Identity:       user.Some(s),
		FriendlyName:   user.Some(s),
		Attributes:     user.Some(user.Attributes(s)),
		DateCreated:    user.Some(user.DateTime(s)),
		DateUpdated:    user.Some(user.DateTime(s)),
		URL:            user.Some(s),
		Links:          user.Some(user.Links{UserConversations: user.Some(s)}),
	}
}

// faultsOf returns the faults that an error of the library holds.
func faultsOf(err error) (list []fault) {
	for e := range validate.All(err) {
		list = append(list, faultOf(e))
	}
	if err != nil && len(list) == 0 {
		panic(fmt.Sprintf("an error of the type %T", err))
	}
	return list
}

func faultOf(e *validate.Error) fault {
	words := *e
	words.Field, words.Offset = "", -1
	return fault{e.Field, string(e.Code), e.Offset, e.Want, string(e.Hint), e.Found, words.Error()}
}

// parseRequest reads a body strictly, and with unknown names allowed.
func parseRequest(s string, parse func(string, ...encode.Option) (user.CreateRequest, error)) (strict, lenient parsed) {
	r, err := parse(s)
	strict = parsedRequest(&r, err)
	r, err = parse(s, encode.AllowUnknown)
	return strict, parsedRequest(&r, err)
}

// parsedRequest writes what was read where it is valid: the package writes
// nothing else.
func parsedRequest(r *user.CreateRequest, err error) parsed {
	if err != nil {
		return parsed{Faults: faultsOf(err)}
	}
	p := parsed{Value: r}
	if r.Validate() == nil {
		p.Written = written(
			func() ([]byte, error) { return encode.AppendForm(nil, r) },
			func() ([]byte, error) { return encode.AppendRequest(nil, r) },
			func() ([]byte, error) { return encode.AppendRequest(nil, r, encode.HTMLSafe) },
		)
	}
	return p
}

func parseUser(s string) parsed {
	u, err := encode.ParseUser(s)
	if err != nil {
		return parsed{Faults: faultsOf(err)}
	}
	return parsed{
		Value:        &u,
		Unknown:      u.Unknown,
		LinksUnknown: u.Links.Or(user.Links{}).Unknown,
		Written: written(
			func() ([]byte, error) { return encode.AppendUser(nil, &u) },
			func() ([]byte, error) { return encode.AppendUser(nil, &u, encode.HTMLSafe) },
		),
	}
}

// written returns what writers make of a value that was read, which none refuses.
func written(writers ...func() ([]byte, error)) (texts []string) {
	for _, write := range writers {
		b, err := write()
		if err != nil {
			panic("what was read is not written: " + err.Error())
		}
		texts = append(texts, string(b))
	}
	return texts
}

// Program twins prints the library's answers to all inputs of the project, one JSON
// object a line. The test twins.test.js compares them with the answers of the
// package convuser. The inputs are the tables in testdata, the corpora and seeds of
// the fuzz targets, the suites if they are there, and changed copies of all these.
//
// Run it in the root of the project:
//
//	go run ./wasm/npm/test/twins
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

// answers are the answers to one input.
type answers struct {
	In         []byte   `json:"in"`
	SID        []issue  `json:"sid,omitempty"`
	Attributes []issue  `json:"attributes,omitempty"`
	Request    []issue  `json:"request,omitempty"` // of a request with the input in every member
	User       []issue  `json:"user,omitempty"`    // of a user with the input in every member that is a string
	Advice     []advice `json:"advice,omitempty"`
	Form       parsed   `json:"form"`
	FormAny    parsed   `json:"formAny"`
	JSON       parsed   `json:"json"`
	JSONAny    parsed   `json:"jsonAny"`
	ParsedUser parsed   `json:"parsedUser"`
	Response   any      `json:"response,omitempty"` // reason, class and code of a 201 that is not a success
	APIError   any      `json:"apiError,omitempty"` // of UTF-8 only: the package replaces other bytes with U+FFFD
}

// An issue is an error of the library.
type issue struct {
	Field    string `json:"field"`
	Code     string `json:"code"`
	Offset   int    `json:"offset"`
	Expected string `json:"expected,omitempty"`
	Hint     string `json:"hint,omitempty"`
	Found    string `json:"found,omitempty"`
	Message  string `json:"message"` // without the field and the offset
}

type advice struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Offset  int    `json:"offset"`
	Server  int    `json:"server"`
	Basis   string `json:"basis"`
	Message string `json:"message"`
}

// parsed is the result of a parser: issues, or the value and what the writers make
// of it.
type parsed struct {
	Issues       []issue  `json:"issues,omitempty"`
	Value        any      `json:"value,omitempty"`
	Unknown      string   `json:"unknown,omitempty"` // of a user, verbatim
	LinksUnknown string   `json:"linksUnknown,omitempty"`
	Written      []string `json:"written,omitempty"`
}

func answersTo(s string) answers {
	a := answers{
		In:         []byte(s),
		SID:        issuesOf(validate.SID("RL", s)),
		Attributes: issuesOf(validate.Attributes(s)),
		ParsedUser: parseUser(s),
	}
	r := requestOf(s)
	a.Request = issuesOf(r.Validate())
	for _, v := range r.Advise() {
		a.Advice = append(a.Advice, advice{v.Field, string(v.Code), v.Offset, v.Server, v.Source, v.Message() + "; " + v.Remedy()})
	}
	u := userOf(s)
	a.User = issuesOf(u.Validate())
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

// issuesOf returns the issues in an error of the library.
func issuesOf(err error) (list []issue) {
	for e := range validate.All(err) {
		list = append(list, issueOf(e))
	}
	if err != nil && len(list) == 0 {
		panic(fmt.Sprintf("an error of the type %T", err))
	}
	return list
}

func issueOf(e *validate.Error) issue {
	words := *e
	words.Field, words.Offset = "", -1
	return issue{e.Field, string(e.Code), e.Offset, e.Want, string(e.Hint), e.Found, words.Error()}
}

// parseRequest parses a body without and with AllowUnknown.
func parseRequest(s string, parse func(string, ...encode.Option) (user.CreateRequest, error)) (strict, lenient parsed) {
	r, err := parse(s)
	strict = parsedRequest(&r, err)
	r, err = parse(s, encode.AllowUnknown)
	return strict, parsedRequest(&r, err)
}

// parsedRequest writes a request if it is valid, since the package writes no other.
func parsedRequest(r *user.CreateRequest, err error) parsed {
	if err != nil {
		return parsed{Issues: issuesOf(err)}
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
		return parsed{Issues: issuesOf(err)}
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

// written returns the results of writers, which do not fail on a value that was
// parsed.
func written(writers ...func() ([]byte, error)) (texts []string) {
	for _, write := range writers {
		b, err := write()
		if err != nil {
			panic("a parsed value is not written: " + err.Error())
		}
		texts = append(texts, string(b))
	}
	return texts
}

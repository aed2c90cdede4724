package peers

import (
	"errors"
	"net/url"

	"github.com/go-playground/form/v4"
	"github.com/gorilla/schema"
	"github.com/valyala/fasthttp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
)

// formParse reads a form into the four strings of a request.
func formParse() *Operation {
	f := func(form string) *Input { return &Input{Form: form} }
	another := &Input{Form: "Identity=a%21bc", next: f("Identity=d%3Fef")}
	return &Operation{
		Name:  "form parse",
		Reads: func(in *Input) string { return in.Form },
		Contenders: []Contender{
			formReader(Ours, plainRequest, func() func(string, *user.CreateRequest) error {
				return func(s string, r *user.CreateRequest) (err error) {
					*r, err = encode.ParseForm(s)
					return err
				}
			}),
			formReader("url.ParseQuery", same, func() func(string, *Request) error {
				return func(s string, r *Request) error {
					v, err := url.ParseQuery(s)
					*r = Request{v.Get("Identity"), v.Get("FriendlyName"), v.Get("Attributes"), v.Get("RoleSid")}
					return err
				}
			}),
			formReader("form/v4", same, func() func(string, *Request) error {
				d := form.NewDecoder()
				return func(s string, r *Request) error {
					v, err := url.ParseQuery(s)
					if err != nil {
						return err
					}
					*r = Request{}
					return d.Decode(r, v)
				}
			}),
			formReader("gorilla/schema", same, func() func(string, *Request) error {
				d := schema.NewDecoder()
				return func(s string, r *Request) error {
					v, err := url.ParseQuery(s)
					if err != nil {
						return err
					}
					*r = Request{}
					return d.Decode(r, v)
				}
			}),
			formReader("fasthttp.Args", same, func() func(string, *Request) error {
				args := new(fasthttp.Args)
				return func(s string, r *Request) error {
					args.Parse(s)
					*r = Request{string(args.Peek("Identity")), string(args.Peek("FriendlyName")), string(args.Peek("Attributes")), string(args.Peek("RoleSid"))}
					return nil
				}
			}),
			formReader("fasthttp.Args (views)", same, func() func(string, *Request) error {
				args := new(fasthttp.Args)
				return func(s string, r *Request) error {
					args.Parse(s)
					*r = Request{view(args.Peek("Identity")), view(args.Peek("FriendlyName")), view(args.Peek("Attributes")), view(args.Peek("RoleSid"))}
					return nil
				}
			}),
		},
		probes: []probe{
			{name: "a bad %", in: f("Identity=a%4&FriendlyName=n")},
			{name: "a raw ;", in: f("Identity=a;FriendlyName=n")},
			{name: "invalid UTF-8", in: f("Identity=%FF")},
			{name: "repeated names", in: f("Identity=a&Identity=b")},
			{name: "unknown names", in: f("Identity=a&identity=b")},
			{name: "names with [", in: f("Identity=a&Attributes[x]=b")},
			{name: "a pair without =", in: f("Identity=a&FriendlyName"), differs: "loses a pair without ="},
			{name: "empty pairs", in: f("&&Identity=a&&")},
			{name: "escaped names", in: f("%49dentity=a"), differs: "does not unescape names"},
			{name: "a raw newline", in: f("Identity=a\nb"), differs: "drops a newline"},
			{name: "another form", in: another, differs: overwritten},
		},
		lossless: []*Input{another},
	}
}

// formReader returns a contender that reads a form into a T. A reader is reused
// for the next form.
func formReader[T any](name string, plain func(*T) Request, newReader func() func(string, *T) error) Contender {
	return Contender{name, func(in *Input) Call {
		read, v := newReader(), new(T)
		once := func() error { return read(in.Form, v) }
		if in.next != nil {
			once = func() error { return errors.Join(read(in.Form, v), read(in.next.Form, new(T))) }
		}
		return Call{Run: once, Answer: func() any { return plain(v) }}
	}}
}

const overwritten = "the next call overwrites the result"

func same[T any](v *T) T { return *v }

func plainRequest(r *user.CreateRequest) Request {
	return Request{r.Identity, r.FriendlyName.Or(""), string(r.Attributes.Or("")), string(r.RoleSID.Or(""))}
}

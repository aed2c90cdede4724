package peers

import (
	"io"
	"net/http"
	"net/url"

	"github.com/go-playground/form/v4"
	"github.com/gorilla/schema"
	"github.com/valyala/fasthttp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/peers/ogenuser"
)

// formAppend writes a request as a form. Answers are compared as pairs, in any
// order and with any escapes.
func formAppend() *Operation {
	return &Operation{
		Name: "form append",
		Reads: func(in *Input) string {
			return in.Plain.Identity + in.Plain.FriendlyName + in.Plain.Attributes + in.Plain.RoleSid
		},
		Contenders: []Contender{
			formBytes(Ours, func(in *Input, buf []byte) ([]byte, error) { return encode.AppendForm(buf, &in.Request) }),
			// What the official Go SDK does.
			formText("url.Values", func(in *Input) (string, error) {
				data := url.Values{}
				data.Set("Identity", in.Plain.Identity)
				data.Set("FriendlyName", in.Plain.FriendlyName)
				data.Set("Attributes", in.Plain.Attributes)
				data.Set("RoleSid", in.Plain.RoleSid)
				return data.Encode(), nil
			}),
			formBytes("QueryEscape + append", func(in *Input, buf []byte) ([]byte, error) {
				buf = append(append(buf, "Identity="...), url.QueryEscape(in.Plain.Identity)...)
				buf = append(append(buf, "&FriendlyName="...), url.QueryEscape(in.Plain.FriendlyName)...)
				buf = append(append(buf, "&Attributes="...), url.QueryEscape(in.Plain.Attributes)...)
				return append(append(buf, "&RoleSid="...), url.QueryEscape(in.Plain.RoleSid)...), nil
			}),
			{"form/v4", func(in *Input) Call {
				e := form.NewEncoder()
				return formCall(func() (string, error) {
					values, err := e.Encode(&in.Plain)
					return values.Encode(), err
				})
			}},
			{"gorilla/schema", func(in *Input) Call {
				e := schema.NewEncoder()
				return formCall(func() (string, error) {
					values := url.Values{}
					err := e.Encode(&in.Plain, values)
					return values.Encode(), err
				})
			}},
			{"fasthttp.Args", func(in *Input) Call {
				args, buf := new(fasthttp.Args), make([]byte, 0, 3*in.Size+1024)
				return formCall(func() (string, error) {
					args.Reset()
					args.Add("Identity", in.Plain.Identity)
					args.Add("FriendlyName", in.Plain.FriendlyName)
					args.Add("Attributes", in.Plain.Attributes)
					args.Add("RoleSid", in.Plain.RoleSid)
					return view(args.AppendBytes(buf)), nil
				})
			}},
			{"ogen", func(in *Input) Call {
				req, r := ogenRequest(in), &http.Request{Header: http.Header{}}
				return Call{
					Run:    func() error { return ogenuser.EncodeForm(req, r) },
					Answer: func() any { return pairs(string(must(io.ReadAll(r.Body)))) },
				}
			}},
		},
		probes: []probe{
			{name: "invalid UTF-8", in: requestInput(Request{"a\xff", "name", "{}", documentedRole})},
			{name: "reserved bytes", in: requestInput(Request{"a&b=c;d%e+f~*!'()", "\x00\n", `{"é":"😀"}`, documentedRole})},
		},
	}
}

// formBytes returns a contender that appends to a buffer with enough room.
func formBytes(name string, appendTo func(in *Input, buf []byte) ([]byte, error)) Contender {
	return Contender{name, func(in *Input) Call {
		buf := make([]byte, 0, 3*in.Size+1024)
		return formCall(func() (string, error) {
			b, err := appendTo(in, buf)
			return view(b), err
		})
	}}
}

// formText returns a contender that makes a string.
func formText(name string, text func(in *Input) (string, error)) Contender {
	return Contender{name, func(in *Input) Call {
		return formCall(func() (string, error) { return text(in) })
	}}
}

func formCall(text func() (string, error)) Call {
	var last string
	return Call{
		Run:    func() (err error) { last, err = text(); return err },
		Answer: func() any { return pairs(last) },
	}
}

// pairs returns the pairs of a form.
func pairs(text string) url.Values { return must(url.ParseQuery(text)) }

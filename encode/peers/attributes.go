package peers

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bytedance/sonic"
	"github.com/go-faster/jx"
	"github.com/go-json-experiment/json/jsontext"
	goccy "github.com/goccy/go-json"
	"github.com/minio/simdjson-go"
	segmentio "github.com/segmentio/encoding/json"
	"github.com/tidwall/gjson"
	"github.com/valyala/fastjson"

	"github.com/convuser/convuser/validate"
)

var errInvalid = errors.New("not valid")

// attributesCheck checks that a text is one JSON object. A peer does not have
// to check that it is an object, which takes one byte; the notes say so.
func attributesCheck() *Operation {
	op := &Operation{
		Name:  "Attributes check",
		Reads: func(in *Input) string { return in.Plain.Attributes },
		Contenders: []Contender{
			checker(Ours, validate.Attributes),
			validity("json.Valid", json.Valid),
			validity("sonic.Valid", sonic.Valid),
			validity("goccy.Valid", goccy.Valid),
			validity("jx.Valid", jx.Valid),
			validity("segmentio.Valid", segmentio.Valid),
			checker("gjson.Valid", func(s string) error {
				if !gjson.Valid(s) {
					return errInvalid
				}
				return nil
			}),
			checker("fastjson.Validate", fastjson.Validate),
			validity("jsontext.IsValid", func(b []byte) bool { return jsontext.Value(b).IsValid(jsontext.AllowDuplicateNames(true)) }),
		},
		probes: attributesProbes("", func(attributes string) *Input { return &Input{Plain: Request{Attributes: attributes}} }),
	}
	if simdjson.SupportedCPU() {
		op.Contenders = append(op.Contenders, Contender{"simdjson-go.Parse", func(in *Input) Call {
			b, reuse := []byte(in.Plain.Attributes), new(simdjson.ParsedJson)
			return Call{Run: func() error {
				p, err := simdjson.Parse(b, reuse, simdjson.WithCopyStrings(false))
				if err == nil {
					reuse = p
				}
				return err
			}}
		}})
	}
	return op
}

// checker returns a contender that checks the Attributes.
func checker(name string, check func(string) error) Contender {
	return Contender{name, func(in *Input) Call {
		s := in.Plain.Attributes
		return Call{Run: func() error { return check(s) }}
	}}
}

// validity returns a contender that checks the Attributes as bytes.
func validity(name string, valid func([]byte) bool) Contender {
	return Contender{name, func(in *Input) Call {
		b := []byte(in.Plain.Attributes)
		return Call{Run: func() error {
			if !valid(b) {
				return errInvalid
			}
			return nil
		}}
	}}
}

// attributesProbes returns inputs that a check of Attributes should reject, and
// some that it should accept. what is a prefix of their names.
func attributesProbes(what string, input func(attributes string) *Input) (list []probe) {
	for _, p := range []struct{ name, text string }{
		{"an array", `[]`},
		{"null", `null`},
		{"trailing data", `{} x`},
		{"trailing comma", `{"a":1,}`},
		{"invalid UTF-8", "{\"a\":\"\xff\"}"},
		{"unpaired surrogates", `{"a":"\ud800"}`},
		{"raw controls", "{\"a\":\"\x01\"}"},
		{`\x`, `{"a":"\x41"}`},
		{"a leading zero", `{"a":01}`},
		{"a bare point", `{"a":1.}`},
		{"a cut literal", `{"a":tru}`},
		{"single quotes", `{'a':1}`},
		{"a byte order mark", "\ufeff{}"},
		{"white space alone", ` `},
		{"a depth of 10,001", strings.Repeat(`{"a":`, 10_000) + "{}" + strings.Repeat("}", 10_000)},
		{"leading white space", "\n {}"},
		{"a depth of 1,000", strings.Repeat(`{"a":`, 999) + "{}" + strings.Repeat("}", 999)},
		{"repeated names", `{"a":1,"a":2}`},
		{"a large number", `{"a":1e999}`},
		{"a NUL escape", `{"a":"\u0000"}`},
	} {
		list = append(list, probe{name: fmt.Sprint(what, p.name), in: input(p.text)})
	}
	return list
}

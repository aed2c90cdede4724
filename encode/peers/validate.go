package peers

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-faster/jx"
	"github.com/go-playground/validator/v10"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/convuser/convuser/encode/peers/ogenuser"
)

// openAPI describes the call. Package ogenuser is generated from it.
//
//go:embed openapi.json
var openAPI []byte

// validateRequest checks that a request in memory meets the contract. A peer
// gets the request in its own type.
func validateRequest() *Operation {
	op := &Operation{
		Name: "validate request",
		Reads: func(in *Input) string {
			return in.Plain.Identity + in.Plain.FriendlyName + in.Plain.Attributes + in.Plain.RoleSid
		},
		Contenders: []Contender{
			{Ours, func(in *Input) Call { return Call{Run: in.Request.Validate} }},
			{"by hand", func(in *Input) Call {
				return Call{Run: func() error { return validateByHand(&in.Plain) }}
			}},
			{"validator/v10", func(in *Input) Call {
				v := playground()
				return Call{Run: func() error { return v.Struct(&in.Plain) }}
			}},
			{"ogen + jx", validateOgen},
			{"kin-openapi", validateKin},
			{"jsonschema/v6", validateSchema},
		},
		probes: attributesProbes("", func(attributes string) *Input {
			return requestInput(Request{Identity: "admin", FriendlyName: "name", Attributes: attributes, RoleSid: documentedRole})
		}),
	}
	for _, p := range []struct {
		name string
		r    Request
	}{
		{"no Identity", Request{"", "name", "{}", documentedRole}},
		{"Identity that is not UTF-8", Request{"a\xff", "name", "{}", documentedRole}},
		{"a lower-case RoleSid prefix", Request{"admin", "name", "{}", "rl" + documentedRole[2:]}},
		{"a RoleSid of 33", Request{"admin", "name", "{}", documentedRole[:33]}},
		{"a RoleSid with a newline", Request{"admin", "name", "{}", documentedRole + "\n"}},
		{"a RoleSid with a full-width digit", Request{"admin", "name", "{}", documentedRole[:31] + "１"}},
		{"an empty RoleSid", Request{"admin", "name", "{}", ""}},
		{"empty Attributes", Request{"admin", "name", "", documentedRole}},
		{"an empty FriendlyName", Request{"admin", "", "{}", documentedRole}},
	} {
		op.probes = append(op.probes, probe{name: p.name, in: requestInput(p.r)})
	}
	return op
}

const documentedRole = "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// requestInput returns an input that has only a request.
func requestInput(r Request) *Input { return &Input{Plain: r, Request: r.request()} }

// validateByHand is fast code on the standard library, without a parser of its
// own.
func validateByHand(r *Request) error {
	if r.Identity == "" || !utf8.ValidString(r.Identity) || !utf8.ValidString(r.FriendlyName) {
		return errInvalid
	}
	a := bytesOf(r.Attributes)
	if !json.Valid(a) || bytes.TrimLeft(a, " \t\r\n")[0] != '{' || !utf8.Valid(a) {
		return errInvalid
	}
	if len(r.RoleSid) != 34 || r.RoleSid[:2] != "RL" {
		return errInvalid
	}
	for _, c := range bytesOf(r.RoleSid[2:]) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return errInvalid
		}
	}
	return nil
}

// playground is validator/v10, with its own rules json and startswith and one
// for the role.
var playground = sync.OnceValue(func() *validator.Validate {
	role := regexp.MustCompile("^RL[0-9a-fA-F]{32}$")
	v := validator.New(validator.WithRequiredStructEnabled())
	must(0, v.RegisterValidation("role", func(f validator.FieldLevel) bool { return role.MatchString(f.Field().String()) }))
	return v
})

// validateOgen is the generated validation, with a check of Attributes on jx:
// OpenAPI can only give them a format.
func validateOgen(in *Input) Call {
	r := ogenRequest(in)
	return Call{Run: func() error {
		if err := r.Validate(); err != nil {
			return err
		}
		d := jx.GetDecoder()
		defer jx.PutDecoder(d)
		d.ResetBytes(bytesOf(r.Attributes.Value))
		if d.Next() != jx.Object {
			return errInvalid
		}
		return d.Validate()
	}}
}

func ogenRequest(in *Input) *ogenuser.CreateUserRequest {
	return &ogenuser.CreateUserRequest{
		Identity:     in.Plain.Identity,
		FriendlyName: ogenuser.NewOptString(in.Plain.FriendlyName),
		Attributes:   ogenuser.NewOptString(in.Plain.Attributes),
		RoleSid:      ogenuser.NewOptString(in.Plain.RoleSid),
	}
}

// validateKin is the schema of openapi.json, with json.Valid for the format of
// Attributes.
func validateKin(in *Input) Call {
	schema, value := kinSchema(), requestMap(in)
	format := openapi3.WithStringFormatValidator("json-object", openapi3.NewCallbackValidator(func(s string) error {
		if !json.Valid(bytesOf(s)) || !strings.HasPrefix(strings.TrimLeft(s, " \t\r\n"), "{") {
			return errInvalid
		}
		return nil
	}))
	return Call{Run: func() error {
		return schema.VisitJSON(value, openapi3.EnableFormatValidation(), format, openapi3.FailFast())
	}}
}

var kinSchema = sync.OnceValue(func() *openapi3.Schema {
	doc := must(openapi3.NewLoader().LoadFromData(openAPI))
	return doc.Components.Schemas["CreateUserRequest"].Value
})

// requestMap returns the request as decoded JSON.
func requestMap(in *Input) any {
	return map[string]any{
		"Identity":     in.Plain.Identity,
		"FriendlyName": in.Plain.FriendlyName,
		"Attributes":   in.Plain.Attributes,
		"RoleSid":      in.Plain.RoleSid,
	}
}

// validateSchema is JSON Schema 2020-12, whose content keywords can express that
// Attributes is the text of an object.
func validateSchema(in *Input) Call {
	schema, value := compiledSchema(), requestMap(in)
	return Call{Run: func() error { return schema.Validate(value) }}
}

var compiledSchema = sync.OnceValue(func() *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.AssertContent()
	must(0, c.AddResource("request.json", must(jsonschema.UnmarshalJSON(strings.NewReader(`{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"type": "object",
		"required": ["Identity"],
		"properties": {
			"Identity": {"type": "string", "minLength": 1},
			"FriendlyName": {"type": "string"},
			"Attributes": {"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "object"}},
			"RoleSid": {"type": "string", "pattern": "^RL[0-9a-fA-F]{32}$"}
		}
	}`)))))
	return c.MustCompile("request.json")
})

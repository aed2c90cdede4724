package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// jsonCases are calls with flagJSON and their answers, as ABI.md specifies them.
var jsonCases = []struct {
	o     op
	flags int32
	parts []any
	want  string
}{
	{opValidateRequest, 0, []any{"a", absent, absent, absent, absent}, `{"ok":true,"value":null}`},
	{opValidateRequest, 0, []any{`{"Identity":"a"}`}, `{"ok":true,"value":null}`},
	{opValidateRequest, 0, []any{`{"Identity":"a"}`, isTrue}, `{"ok":true,"value":null}`},
	{opValidateRequest, 0, []any{"", absent, "[]", "RLx", null, "identity"}, `{"ok":false,"issues":[` +
		`{"path":["Identity"],"code":"required","message":"required","offset":-1,"source":"value"},` +
		`{"path":["Attributes"],"code":"object","message":"want a JSON object; write {} instead of [], which PHP writes for an empty array","offset":0,"source":"value","hint":"array_for_object"},` +
		`{"path":["RoleSid"],"code":"hex","message":"want a hex digit","offset":2,"source":"value"},` +
		`{"path":["WebhookEnabled"],"code":"null","message":"null is not allowed","offset":-1,"source":"value"},` +
		`{"path":[],"code":"unknown","message":"unknown name; did you mean Identity?","offset":-1,"source":"value","nearest":"Identity"}]}`},
	{opValidateRequest, 0, []any{`{"RoleSid":"RLx"}`, null}, `{"ok":false,"issues":[` +
		`{"path":["Identity"],"code":"required","message":"required","offset":-1,"source":"value"},` +
		`{"path":["RoleSid"],"code":"hex","message":"want a hex digit","offset":2,"source":"value"},` +
		`{"path":["WebhookEnabled"],"code":"null","message":"null is not allowed","offset":-1,"source":"value"}]}`},
	{opValidateRequest, 0, []any{`{"Identity":1}`, mistyped}, `{"ok":false,"issues":[` +
		`{"path":["Identity"],"code":"type","message":"want a JSON string","offset":12,"source":"body","expected":"string"}]}`},
	{opAdviseRequest, 0, []any{"a", absent, absent, absent, absent}, `{"ok":true,"value":[]}`},
	{opAdviseRequest, 0, []any{`{"Identity":"system"}`}, `{"ok":true,"value":[` +
		`{"path":["Identity"],"code":"reserved","message":"reserved by the service; choose another name","offset":0,"source":"value","server":50203,"basis":"code documented; the names from a sister product"}]}`},
	{opAdviseRequest, 0, []any{`{}`, mistyped}, `{"ok":false,"issues":[` +
		`{"path":["WebhookEnabled"],"code":"type","message":"want a JSON boolean","offset":-1,"source":"value","expected":"boolean"}]}`},
	{opEncodeForm, 0, []any{"é", "", absent, absent, absent},
		`{"ok":true,"value":{"body":"Identity=%C3%A9&FriendlyName=","headers":{"Content-Type":"application/x-www-form-urlencoded"}}}`},
	{opEncodeForm, 0, []any{`{"Identity":"a"}`, isTrue},
		`{"ok":true,"value":{"body":"Identity=a","headers":{"Content-Type":"application/x-www-form-urlencoded","X-Twilio-Webhook-Enabled":"true"}}}`},
	{opEncodeForm, 0, []any{`{"Identity":"a"}`, isFalse},
		`{"ok":true,"value":{"body":"Identity=a","headers":{"Content-Type":"application/x-www-form-urlencoded","X-Twilio-Webhook-Enabled":"false"}}}`},
	{opParseForm, 0, []any{"Identity=a+b&Attributes=%7B%22"}, `{"ok":true,"value":{"Identity":"a b","Attributes":"{\""}}`},
	{opParseForm, 0, []any{""}, `{"ok":true,"value":{}}`},
	{opParseForm, flagValidate, []any{"RoleSid=x"}, `{"ok":false,"issues":[` +
		`{"path":["Identity"],"code":"required","message":"required","offset":-1,"source":"value"},` +
		`{"path":["RoleSid"],"code":"prefix","message":"want RL","offset":0,"source":"value","expected":"RL"}],"value":{"RoleSid":"x"}}`},
	{opParseForm, flagAllowUnknown, []any{"x=%"}, `{"ok":false,"issues":[` +
		`{"path":[],"code":"percent","message":"want two hex digits after %","offset":3,"source":"body"}]}`},
	{opEncodeRequest, 0, []any{`{"Identity":"<\"\u0000"}`}, `{"ok":true,"value":"{\"Identity\":\"<\\\"\\u0000\"}"}`},
	{opEncodeRequest, flagHTMLSafe, []any{"<", absent, absent, absent, absent}, `{"ok":true,"value":"{\"Identity\":\"\\u003c\"}"}`},
	{opParseRequest, 0, []any{`{"RoleSid":"","Identity":"\ud83d\ude00"}`}, `{"ok":true,"value":{"Identity":"😀","RoleSid":""}}`},
	{opEncodeUser, 0, []any{`{"z": 1,"sid":null}`}, `{"ok":true,"value":"{\"sid\":null,\"z\": 1}"}`},
	{opEncodeUser, 0, []any{`{"sid":1}`}, `{"ok":false,"issues":[` +
		`{"path":["sid"],"code":"type","message":"want a JSON string","offset":7,"source":"body","expected":"string"}]}`},
	{opParseUser, 0, []any{`{"z": [1],"links":{"x":{}},"sid":"US"}`}, `{"ok":true,"value":{"sid":"US","links":{"x":{}},"z": [1]}}`},
	{opParseUser, 0, []any{`{"links":{"user_conversations":1}}`}, `{"ok":false,"issues":[` +
		`{"path":["links","user_conversations"],"code":"type","message":"want a JSON string","offset":31,"source":"body","expected":"string"}]}`},
	{opValidateUser, 0, []any{`{"sid":null}`}, `{"ok":true,"value":null}`},
	{opValidateUser, 0, []any{`{"sid":"US"}`}, `{"ok":false,"issues":[` +
		`{"path":["sid"],"code":"length","message":"want 34 bytes","offset":2,"source":"value","expected":"34"}]}`},
	{opParseError, 0, []any{int32(409), "application/json", `{"code":50201,"message":"\"é","more_info":"u","details":{"a": 1},"userError":true}`},
		`{"ok":true,"value":{"code":50201,"message":"\"é","moreInfo":"u","detail":"","instance":"","extra":"{\"a\": 1}","class":"already_exists","reason":"","userError":true}}`},
	{opParseError, 0, []any{int32(500), "", "\xff"},
		`{"ok":true,"value":{"code":0,"message":"","moreInfo":"","detail":"","instance":"","extra":"","class":"ambiguous","reason":""}}`},
	{opValidateSID, 0, []any{"RL", goodRole}, `{"ok":true,"value":null}`},
	{opValidateSID, 0, []any{"XX", goodRole}, `{"ok":false,"issues":[` +
		`{"path":[],"code":"prefix","message":"want AC, IS, RL or US","offset":-1,"source":"value","expected":"known_prefix"}]}`},
	{opValidateAttributes, 0, []any{"{}"}, `{"ok":true,"value":null}`},
	{opParseResponse, 0, []any{int32(201), "", `{"sid":"` + "US" + goodRole[2:] + `"}`}, `{"ok":true,"value":{"sid":"` + "US" + goodRole[2:] + `"}}`},
	{opParseResponse, 0, []any{int32(409), "", `{"userError":null}`},
		`{"ok":false,"issues":[],"error":{"code":0,"message":"","moreInfo":"","detail":"","instance":"","extra":"","class":"already_exists","reason":"","userError":null}}`},
	{opParseResponse, 0, []any{int32(201), "", `{"sid":1}`}, `{"ok":false,"issues":[` +
		`{"path":["sid"],"code":"type","message":"want a JSON string","offset":7,"source":"body","expected":"string"}],` +
		`"error":{"code":0,"message":"","moreInfo":"","detail":"","instance":"","extra":"","class":"ambiguous","reason":"no_user"}}`},
}

func TestJSON(t *testing.T) {
	c := &client{tb: t}
	seen := map[op]bool{}
	for _, k := range jsonCases {
		got := c.call(k.o, k.flags|flagJSON, k.parts...)
		what := fmt.Sprintf("operation %d of %q", k.o, k.parts)
		diff(t, what, k.want, got.text)
		if valid := json.Valid([]byte(got.text)); !valid || got.numbers != nil {
			t.Errorf("%s: valid JSON: %v; numbers %v", what, valid, got.numbers)
		}
		seen[k.o] = true
	}
	for o := range ops {
		if !seen[o] && o != opKind && o != opParseForms {
			t.Errorf("operation %d has no case", o)
		}
	}
}

// TestJSONVectors: the answer to every vector is the same in JSON as in numbers.
func TestJSONVectors(t *testing.T) {
	c := &client{tb: t}
	for _, s := range seeds(t) {
		c.write(s.parts)
		k := call{s.o, s.flags | flagJSON, slices.Clone(c.lengths), string(c.buffer)}
		got, _ := k.run(c)
		if k.isJSON() {
			k.checkJSON(t, c, got)
		} else {
			k.checkShape(t, c, got)
		}
	}
}

func (k call) isJSON() bool { return k.flags&flagJSON != 0 && k.o != opKind && k.o != opParseForms }

// isRequestText reports whether the call takes a request as one JSON text.
func (k call) isRequestText() bool {
	n := len(k.lengths)
	return k.isJSON() && arity[k.o].n == requestMembers && (n == 1 || n == 2)
}

// checkJSON compares an answer in JSON with that in numbers. If the loader may not
// make the call, it only checks that the answer is JSON.
func (k call) checkJSON(t *testing.T, c *client, got reply) {
	t.Helper()
	if got.numbers != nil {
		t.Errorf("%+v: the numbers %v beside JSON", k, got.numbers)
	}
	what := fmt.Sprintf("operation %d, flags %d, of %.200q", k.o, k.flags, k.texts)
	value, _ := decoded(t, what, got.text).(map[string]any)
	if issues, _ := value["issues"].([]any); len(issues) != c.session.issues {
		t.Errorf("%s: %d issues, and the record says %d", what, len(issues), c.session.issues)
	}
	if k.wellFormed() {
		diff(t, what, k.result(t, c), value)
	}
}

// decoded returns the value of a JSON text, with numbers as they are written.
func decoded(t *testing.T, what, text string) (value any) {
	t.Helper()
	if inner, isUser := strings.CutPrefix(text, `{"ok":true,"value":`); isUser && strings.Contains(inner, strings.Repeat("[", 9_000)) {
		return map[string]any{"ok": true, "value": decoded(t, what, strings.TrimSuffix(inner, "}"))} // the user alone is as deep as encoding/json reads
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil || d.More() {
		t.Fatalf("%s: %v: %q", what, err, text)
	}
	return value
}

// result returns the answer of a call in JSON, made of that in numbers.
func (k call) result(t *testing.T, c *client) map[string]any {
	t.Helper()
	k.flags &^= flagJSON
	parts := k.parts()
	switch {
	case len(parts) <= 2 && arity[k.o].n == requestMembers:
		r, err := encode.ParseRequest(parts[0].(string))
		if err != nil {
			return failure(coreIssues(err), "body")
		}
		hook := any(absent)
		if len(parts) == 2 {
			hook = parts[1]
		}
		return k.with(r.Identity, partOf(r.FriendlyName), partOf(r.Attributes), partOf(r.RoleSID), hook).result(t, c)
	case k.o == opEncodeUser, k.o == opValidateUser:
		if _, err := encode.ParseUser(k.texts[:k.lengths[0]]); err != nil { // in JSON the offset is in the text
			return failure(coreIssues(err), "body")
		}
	}
	r, _ := k.run(c)
	value := k.value(t, c, r)
	if object, ok := value.(map[string]any); ok && k.o == opParseResponse && object["error"] != nil {
		source := "value"
		if r.inBody {
			source = "body"
		}
		result := failure(r.issues, source)
		result["error"] = object["error"]
		return result
	}
	if len(r.issues) == 0 {
		return map[string]any{"ok": true, "value": value}
	}
	if r.inBody {
		return failure(r.issues, "body")
	}
	result := failure(r.issues, "value")
	if value != nil {
		result["value"] = value
	}
	return result
}

// with returns the call with other parts.
func (k call) with(parts ...any) call {
	var c client
	c.write(parts)
	k.lengths, k.texts = c.lengths, string(c.buffer)
	return k
}

func partOf[T stringValue](o user.Opt[T]) any {
	if s, ok := o.Get(); ok {
		return string(s)
	}
	return absent
}

// value returns the value of an answer in numbers.
func (k call) value(t *testing.T, c *client, r reply) any {
	t.Helper()
	switch k.o {
	case opAdviseRequest:
		if r.issues == nil {
			return c.adviceObjects(r)
		}
	case opEncodeForm:
		if r.issues == nil {
			headers := map[string]any{"Content-Type": "application/x-www-form-urlencoded"}
			if hook := k.parts()[webhook]; hook != absent {
				headers["X-Twilio-Webhook-Enabled"] = fmt.Sprint(hook == isTrue)
			}
			return map[string]any{"body": r.text, "headers": headers}
		}
	case opEncodeRequest, opEncodeUser:
		if r.issues == nil {
			return r.text
		}
	case opParseForm, opParseRequest:
		if !r.inBody {
			return requestValue(t, r.request(t))
		}
	case opParseUser:
		if r.issues == nil {
			return r.user(t).value(t)
		}
	case opParseError:
		e, class := r.apiError(t)
		return errorValue(t, e, class)
	case opParseResponse:
		created, p, e, class := r.response(t)
		if created {
			return p.value(t)
		}
		return map[string]any{"error": errorValue(t, e, class)}
	}
	return nil
}

func failure(issues []issue, source string) map[string]any {
	list := []any{}
	for _, i := range issues {
		hint, found, _ := strings.Cut(i.hint, " ")
		e := validate.Error{Code: validate.Code(i.code), Want: i.want, Hint: validate.Hint(hint), Found: found, Offset: -1}
		one := issueValue(i.field, i.code, e.Error(), int(i.offset))
		one["source"] = source
		switch {
		case i.want != "" && e.Code == validate.CodeUnknown:
			one["nearest"] = i.want
		case i.want != "":
			one["expected"] = i.want
		}
		if hint != "" {
			one["hint"] = hint
		}
		if found != "" {
			one["found"] = found
		}
		list = append(list, one)
	}
	return map[string]any{"ok": false, "issues": list}
}

func issueValue(field, code, message string, offset int) map[string]any {
	path := []any{}
	if field == user.WebhookHeader {
		field = "WebhookEnabled"
	}
	for name := range strings.SplitSeq(field, ".") {
		if name != "" {
			path = append(path, name)
		}
	}
	return map[string]any{"path": path, "code": code, "message": message, "offset": json.Number(fmt.Sprint(offset))}
}

func (c *client) adviceObjects(r reply) any {
	c.tb.Helper()
	objects := []any{}
	list, offsets := c.advice(r)
	for i, d := range list {
		one := issueValue(d.field, d.code, d.message, int(offsets[i]))
		one["source"], one["basis"], one["server"] = "value", d.basis, json.Number(fmt.Sprint(d.server))
		objects = append(objects, one)
	}
	return objects
}

// requestValue returns a request as encoding/json writes it, without an empty
// Identity, which means absent.
func requestValue(t *testing.T, r user.CreateRequest) map[string]any {
	t.Helper()
	value := marshalled(t, r)
	if r.Identity == "" {
		delete(value, "Identity")
	}
	return value
}

// value returns a user as encoding/json writes it, with its unknown members.
func (p parsedUser) value(t *testing.T) map[string]any {
	t.Helper()
	value := marshalled(t, p.user)
	addUnknown(t, value, p.unknown)
	if links, ok := value["links"].(map[string]any); ok {
		addUnknown(t, links, p.links)
	}
	return value
}

func addUnknown(t *testing.T, object map[string]any, unknown [][2]string) {
	t.Helper()
	for _, member := range unknown {
		object[member[0]] = decoded(t, "a member", member[1])
	}
}

func marshalled(t *testing.T, v any) map[string]any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, "marshalled", string(b)).(map[string]any)
}

func errorValue(t *testing.T, e user.APIError, class string) map[string]any {
	t.Helper()
	value := map[string]any{
		"code": json.Number(fmt.Sprint(e.Code)), "message": e.Message, "moreInfo": e.MoreInfo, "detail": e.Detail,
		"instance": e.Instance, "extra": e.Extra, "class": class, "reason": string(e.Reason),
	}
	if on, ok := e.UserError.Get(); ok {
		value["userError"] = on
	} else if e.UserError.IsNull() {
		value["userError"] = nil
	}
	return value
}

package peers

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"github.com/buger/jsonparser"
	"github.com/bytedance/sonic"
	"github.com/go-faster/jx"
	jsonv2 "github.com/go-json-experiment/json"
	goccy "github.com/goccy/go-json"
	"github.com/mailru/easyjson/jlexer"
	"github.com/minio/simdjson-go"
	segmentio "github.com/segmentio/encoding/json"
	twilio "github.com/twilio/twilio-go/rest/conversations/v1"
	"github.com/valyala/fastjson"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/peers/easyuser"
	"github.com/convuser/convuser/encode/peers/ogenuser"
	"github.com/convuser/convuser/user"
)

// userRead reads users from JSON. Strings may refer to the source or to a
// buffer of the reader.
func userRead() *Operation {
	d := func(text string) *Input { return &Input{Docs: []Document{newDocument(text)}} }
	another := &Input{Docs: d(changed(`"name"`, `"n\nme"`)).Docs, next: d(changed(`"name"`, `"e\tif"`))}
	op := &Operation{
		Name:  "JSON to User",
		Many:  true,
		Reads: readsDocs,
		Contenders: []Contender{
			userReader(Ours, same, func() func(*Document, *user.User) error {
				return func(d *Document, u *user.User) (err error) {
					*u, err = encode.ParseUser(d.Text)
					return err
				}
			}),
			modelReader("encoding/json", stdReader[Model]),
			pointerReader("encoding/json (pointers)", stdReader[PointerModel]),
			modelReader("json/v2", v2Reader[Model]),
			pointerReader("json/v2 (pointers)", v2Reader[PointerModel]),
			modelReader("sonic", sonicReader[Model](sonic.ConfigDefault)),
			pointerReader("sonic (pointers)", sonicReader[PointerModel](sonic.ConfigDefault)),
			modelReader("sonic (ConfigStd)", sonicReader[Model](sonic.ConfigStd)),
			modelReader("goccy", goccyReader[Model]),
			pointerReader("goccy (pointers)", goccyReader[PointerModel]),
			userReader("jx", same, jxReader((*jx.Decoder).Str)),
			userReader("jx (views)", same, jxReader(func(d *jx.Decoder) (string, error) {
				b, err := d.StrBytes()
				return view(b), err
			})),
			userReader("ogen", fromOgen, func() func(*Document, *ogenuser.User) error {
				r := new(jx.Decoder)
				return func(d *Document, g *ogenuser.User) error {
					*g = ogenuser.User{}
					r.ResetBytes(d.Bytes)
					return g.Decode(r)
				}
			}),
			userReader("easyjson", fromEasy, func() func(*Document, *easyuser.User) error {
				return func(d *Document, e *easyuser.User) error {
					*e = easyuser.User{}
					l := jlexer.Lexer{Data: d.Bytes}
					e.UnmarshalEasyJSON(&l)
					return l.Error()
				}
			}),
			userReader("easyjson (pointers)", fromEasyPointers, func() func(*Document, *easyuser.PointerUser) error {
				return func(d *Document, e *easyuser.PointerUser) error {
					*e = easyuser.PointerUser{}
					l := jlexer.Lexer{Data: d.Bytes}
					e.UnmarshalEasyJSON(&l)
					return l.Error()
				}
			}),
			modelReader("segmentio", segmentioReader[Model]),
			pointerReader("segmentio (pointers)", segmentioReader[PointerModel]),
			userReader("jsonparser", same, func() func(*Document, *user.User) error { return jsonparserRead }),
			userReader("fastjson", same, func() func(*Document, *user.User) error {
				p := new(fastjson.Parser)
				return func(d *Document, u *user.User) error { return fastjsonRead(p, d, u) }
			}),
			userReader("Go SDK's model", fromSDK, stdReader[twilio.ConversationsV1User]),
		},
		loose: withoutNulls,
		probes: []probe{
			{name: "invalid UTF-8", in: d("{\"sid\":\"a\xff\"}")},
			{name: "unpaired surrogates", in: d(`{"sid":"\ud800"}`)},
			{name: "raw controls", in: d("{\"sid\":\"a\x01\"}")},
			{name: `\x`, in: d(`{"sid":"\x41"}`)},
			{name: "repeated members", in: d(`{"sid":"a","sid":"b"}`)},
			{name: "trailing data", in: d(`{"sid":"a"} x`)},
			{name: "a cut text", in: d(`{"sid":"a"`)},
			{name: "another type", in: d(`{"sid":1}`)},
			{name: "a malformed unknown member", in: d(`{"sid":"a","new":tru}`)},
			{name: "a malformed unknown number", in: d(`{"sid":"a","new":[01]}`)},
			{name: "an escaped name", in: d(changed(`"friendly_name"`, `"friendly\u005fname"`)), differs: "does not unescape names"},
			{name: "unknown members", in: d(changed(`{"sid"`, `{"new":1,"sid"`)), differs: "drops unknown members"},
			{name: "another document", in: another, differs: overwritten},
		},
		lossless: []*Input{another, d(changed(named, `"friendly_name":null,`)), d(changed(named, "")), d(changed(named, `"friendly_name":"",`))},
		more:     readNotes,
	}
	if simdjson.SupportedCPU() {
		op.Contenders = append(op.Contenders, userReader("simdjson-go", same, func() func(*Document, *user.User) error {
			var p *simdjson.ParsedJson // nil at first, then reused
			return func(d *Document, u *user.User) error { return simdjsonRead(&p, d, u) }
		}))
	}
	return op
}

// named is the member that most probes change.
const named = `"friendly_name":"name",`

// changed returns the documentation's user without its null, and with a
// replacement.
func changed(old, replacement string) string {
	return strings.Replace(strings.Replace(newInput("", "", "{}").Docs[0].Text, `"is_notifiable":null`, `"is_notifiable":true`, 1), old, replacement, 1)
}

// readNotes returns whether c ignores the case of names, and what it cannot tell
// apart.
func readNotes(c *Contender) (notes []string) {
	read := func(member string) any {
		return run(c, &Input{Docs: []Document{newDocument(changed(named, member))}}).answer
	}
	if users, ok := read(`"Friendly_Name":"name",`).([]user.User); ok && users[0].FriendlyName == user.Some("name") {
		notes = append(notes, "folds the case of names")
	}
	null, absent, empty := read(`"friendly_name":null,`), read(""), read(`"friendly_name":"",`)
	switch {
	case reflect.DeepEqual(null, absent) && reflect.DeepEqual(null, empty):
		notes = append(notes, "cannot tell null, absent and empty apart")
	case reflect.DeepEqual(null, absent):
		notes = append(notes, "cannot tell null from absent")
	case reflect.DeepEqual(null, empty):
		notes = append(notes, "cannot tell null from empty")
	}
	return notes
}

func readsDocs(in *Input) string {
	var b bytes.Buffer
	for _, d := range in.Docs {
		b.WriteString(d.Text)
	}
	return b.String()
}

// userReader returns a contender that reads documents one after another, each
// with a reader of its own, since the next call of a reader may overwrite its
// result.
func userReader[T any](name string, convert func(*T) user.User, newReader func() func(*Document, *T) error) Contender {
	return Contender{name, func(in *Input) Call {
		values := make([]T, len(in.Docs))
		readers := make([]func(*Document, *T) error, len(in.Docs))
		for i := range readers {
			readers[i] = newReader()
		}
		all := func() error {
			for i := range in.Docs {
				if err := readers[i](&in.Docs[i], &values[i]); err != nil {
					return err
				}
			}
			return nil
		}
		once := all
		if in.next != nil {
			once = func() error { return errors.Join(all(), readers[0](&in.next.Docs[0], new(T))) }
		}
		return Call{
			Run: once,
			Answer: func() any {
				users := make([]user.User, len(values))
				for i := range values {
					users[i] = convert(&values[i])
				}
				return users
			},
		}
	}}
}

func modelReader(name string, newReader func() func(*Document, *Model) error) Contender {
	return userReader(name, (*Model).user, newReader)
}

func pointerReader(name string, newReader func() func(*Document, *PointerModel) error) Contender {
	return userReader(name, (*PointerModel).user, newReader)
}

func stdReader[T any]() func(*Document, *T) error {
	return func(d *Document, v *T) error {
		*v = *new(T)
		return json.Unmarshal(d.Bytes, v)
	}
}

func v2Reader[T any]() func(*Document, *T) error {
	return func(d *Document, v *T) error {
		*v = *new(T)
		return jsonv2.Unmarshal(d.Bytes, v)
	}
}

func sonicReader[T any](api sonic.API) func() func(*Document, *T) error {
	return func() func(*Document, *T) error {
		return func(d *Document, v *T) error {
			*v = *new(T)
			return api.UnmarshalFromString(d.Text, v)
		}
	}
}

func goccyReader[T any]() func(*Document, *T) error {
	noCopy := goccy.DecodeNoCopyString()
	return func(d *Document, v *T) error {
		*v = *new(T)
		return goccy.UnmarshalWithOption(d.Bytes, v, noCopy)
	}
}

func segmentioReader[T any]() func(*Document, *T) error {
	return func(d *Document, v *T) error {
		*v = *new(T)
		rest, err := segmentio.Parse(d.Bytes, v, segmentio.ZeroCopy)
		if err == nil && len(rest) > 0 {
			return errInvalid
		}
		return err
	}
}

// jxReader is written by hand, for convuser's own type. Like code that ogen
// generates, it does not check what follows the object.
func jxReader(str func(*jx.Decoder) (string, error)) func() func(*Document, *user.User) error {
	return func() func(*Document, *user.User) error {
		r, u := new(jx.Decoder), (*user.User)(nil)
		link := func(d *jx.Decoder, name []byte) error {
			if string(name) != "user_conversations" {
				return d.Skip()
			}
			l := u.Links.Or(user.Links{})
			err := jxRead(d, str, &l.UserConversations)
			u.Links = user.Some(l)
			return err
		}
		member := func(d *jx.Decoder, name []byte) error {
			switch string(name) {
			case "sid":
				return jxRead(d, str, &u.SID)
			case "url":
				return jxRead(d, str, &u.URL)
			case "links":
				if d.Next() == jx.Null {
					u.Links = user.Null[user.Links]()
					return d.Null()
				}
				u.Links = user.Some(user.Links{})
				return d.ObjBytes(link)
			case "identity":
				return jxRead(d, str, &u.Identity)
			case "role_sid":
				return jxRead(d, str, &u.RoleSID)
			case "is_online":
				return jxReadBool(d, &u.IsOnline)
			case "attributes":
				return jxRead(d, str, &u.Attributes)
			case "account_sid":
				return jxRead(d, str, &u.AccountSID)
			case "date_created":
				return jxRead(d, str, &u.DateCreated)
			case "date_updated":
				return jxRead(d, str, &u.DateUpdated)
			case "friendly_name":
				return jxRead(d, str, &u.FriendlyName)
			case "is_notifiable":
				return jxReadBool(d, &u.IsNotifiable)
			case "chat_service_sid":
				return jxRead(d, str, &u.ChatServiceSID)
			}
			return d.Skip()
		}
		return func(d *Document, into *user.User) error {
			u, *into = into, user.User{}
			r.ResetBytes(d.Bytes)
			return r.ObjBytes(member)
		}
	}
}

func jxRead[T text](d *jx.Decoder, str func(*jx.Decoder) (string, error), o *user.Opt[T]) error {
	if d.Next() == jx.Null {
		*o = user.Null[T]()
		return d.Null()
	}
	s, err := str(d)
	*o = user.Some(T(s))
	return err
}

func jxReadBool(d *jx.Decoder, o *user.Opt[bool]) error {
	if d.Next() == jx.Null {
		*o = user.Null[bool]()
		return d.Null()
	}
	b, err := d.Bool()
	*o = user.Some(b)
	return err
}

// The three libraries below yield a value and its type for each name.

// setText sets a member to a string or to null.
func setText[T text](o *user.Opt[T], s string, isString, isNull bool) error {
	switch {
	case isString:
		*o = user.Some(T(s))
	case isNull:
		*o = user.Null[T]()
	default:
		return errInvalid
	}
	return nil
}

func setBool(o *user.Opt[bool], isTrue, isFalse, isNull bool) error {
	switch {
	case isTrue || isFalse:
		*o = user.Some(isTrue)
	case isNull:
		*o = user.Null[bool]()
	default:
		return errInvalid
	}
	return nil
}

// setMember sets the member with the name, if it is a string member.
func setMember(u *user.User, name []byte, s string, isString, isNull bool) error {
	switch string(name) {
	case "sid":
		return setText(&u.SID, s, isString, isNull)
	case "url":
		return setText(&u.URL, s, isString, isNull)
	case "identity":
		return setText(&u.Identity, s, isString, isNull)
	case "role_sid":
		return setText(&u.RoleSID, s, isString, isNull)
	case "attributes":
		return setText(&u.Attributes, s, isString, isNull)
	case "account_sid":
		return setText(&u.AccountSID, s, isString, isNull)
	case "date_created":
		return setText(&u.DateCreated, s, isString, isNull)
	case "date_updated":
		return setText(&u.DateUpdated, s, isString, isNull)
	case "friendly_name":
		return setText(&u.FriendlyName, s, isString, isNull)
	case "chat_service_sid":
		return setText(&u.ChatServiceSID, s, isString, isNull)
	}
	return nil
}

func jsonparserRead(d *Document, u *user.User) error {
	*u = user.User{}
	return jsonparser.ObjectEach(d.Bytes, func(name, value []byte, t jsonparser.ValueType, _ int) error {
		isNull := t == jsonparser.Null
		switch string(name) {
		case "is_online":
			return setBool(&u.IsOnline, string(value) == "true", string(value) == "false", isNull)
		case "is_notifiable":
			return setBool(&u.IsNotifiable, string(value) == "true", string(value) == "false", isNull)
		case "links":
			if isNull {
				u.Links = user.Null[user.Links]()
				return nil
			}
			var l user.Links
			err := jsonparser.ObjectEach(value, func(name, value []byte, t jsonparser.ValueType, _ int) error {
				if string(name) != "user_conversations" {
					return nil
				}
				s, err := jsonparserText(value)
				if err != nil {
					return err
				}
				return setText(&l.UserConversations, s, t == jsonparser.String, t == jsonparser.Null)
			})
			u.Links = user.Some(l)
			return err
		}
		s, err := jsonparserText(value)
		if err != nil {
			return err
		}
		return setMember(u, name, s, t == jsonparser.String, isNull)
	})
}

// jsonparserText copies a text only if it has an escape.
func jsonparserText(raw []byte) (string, error) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return view(raw), nil
	}
	return jsonparser.ParseString(raw)
}

func fastjsonRead(p *fastjson.Parser, d *Document, u *user.User) error {
	*u = user.User{}
	v, err := p.ParseBytes(d.Bytes)
	if err != nil {
		return err
	}
	o, err := v.Object()
	if err != nil {
		return err
	}
	o.Visit(func(name []byte, v *fastjson.Value) {
		if err != nil {
			return
		}
		t := v.Type()
		isNull := t == fastjson.TypeNull
		switch string(name) {
		case "is_online":
			err = setBool(&u.IsOnline, t == fastjson.TypeTrue, t == fastjson.TypeFalse, isNull)
		case "is_notifiable":
			err = setBool(&u.IsNotifiable, t == fastjson.TypeTrue, t == fastjson.TypeFalse, isNull)
		case "links":
			if isNull {
				u.Links = user.Null[user.Links]()
				return
			}
			var l user.Links
			if link := v.Get("user_conversations"); link != nil {
				err = setText(&l.UserConversations, view(link.GetStringBytes()), link.Type() == fastjson.TypeString, link.Type() == fastjson.TypeNull)
			}
			u.Links = user.Some(l)
		default:
			err = setMember(u, name, view(v.GetStringBytes()), t == fastjson.TypeString, isNull)
		}
	})
	return err
}

func simdjsonRead(p **simdjson.ParsedJson, d *Document, u *user.User) error {
	*u = user.User{}
	parsed, err := simdjson.Parse(d.Bytes, *p, simdjson.WithCopyStrings(false))
	if err != nil {
		return err
	}
	*p = parsed
	var (
		i, root, value, link simdjson.Iter
		o, links             simdjson.Object
	)
	i = parsed.Iter()
	i.AdvanceInto()
	t, _, err := i.Root(&root)
	if err != nil || t != simdjson.TypeObject {
		return errInvalid
	}
	if _, err := root.Object(&o); err != nil {
		return err
	}
	for {
		name, t, err := o.NextElementBytes(&value)
		if err != nil || t == simdjson.TypeNone {
			return err
		}
		isNull := t == simdjson.TypeNull
		switch string(name) {
		case "is_online", "is_notifiable":
			b := false
			if t == simdjson.TypeBool {
				if b, err = value.Bool(); err != nil {
					return err
				}
			}
			field := &u.IsOnline
			if string(name) == "is_notifiable" {
				field = &u.IsNotifiable
			}
			err = setBool(field, b, t == simdjson.TypeBool, isNull)
		case "links":
			if isNull {
				u.Links = user.Null[user.Links]()
				continue
			}
			var l user.Links
			if _, err = value.Object(&links); err != nil {
				return err
			}
			for {
				name, t, err := links.NextElementBytes(&link)
				if err != nil {
					return err
				}
				if t == simdjson.TypeNone {
					break
				}
				if string(name) == "user_conversations" {
					s, err := simdjsonText(&link, t)
					if err != nil {
						return err
					}
					if err := setText(&l.UserConversations, s, t == simdjson.TypeString, t == simdjson.TypeNull); err != nil {
						return err
					}
				}
			}
			u.Links = user.Some(l)
		default:
			var s string
			if s, err = simdjsonText(&value, t); err == nil {
				err = setMember(u, name, s, t == simdjson.TypeString, isNull)
			}
		}
		if err != nil {
			return err
		}
	}
}

// simdjsonText returns a string that refers to the source or to the parser's
// buffer.
func simdjsonText(i *simdjson.Iter, t simdjson.Type) (string, error) {
	if t != simdjson.TypeString {
		return "", nil
	}
	b, err := i.StringBytes()
	return view(b), err
}

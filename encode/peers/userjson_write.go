package peers

import (
	"bytes"
	"encoding/json"

	"github.com/bytedance/sonic"
	"github.com/bytedance/sonic/encoder"
	"github.com/go-faster/jx"
	jsonv2 "github.com/go-json-experiment/json"
	goccy "github.com/goccy/go-json"
	"github.com/mailru/easyjson/jwriter"
	segmentio "github.com/segmentio/encoding/json"
	twilio "github.com/twilio/twilio-go/rest/conversations/v1"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/peers/easyuser"
	"github.com/convuser/convuser/encode/peers/ogenuser"
	"github.com/convuser/convuser/user"
)

// userWrite writes users as JSON. Answers are compared as users, with members in
// any order and any escapes.
func userWrite() *Operation {
	models := func(in *Input, i int) *Model { return &in.Models[i] }
	pointers := func(in *Input, i int) *PointerModel { return &in.Pointers[i] }
	users := func(in *Input, i int) *user.User { return &in.Users[i] }
	return &Operation{
		Name:  "User to JSON",
		Many:  true,
		Reads: readsUsers,
		Contenders: []Contender{
			userWriter(Ours, users, func(buf []byte) func(*user.User) ([]byte, error) {
				return func(u *user.User) ([]byte, error) { return encode.AppendUser(buf, u) }
			}),
			userWriter("encoding/json", models, stdWriter[Model]),
			userWriter("json/v2", models, func(buf []byte) func(*Model) ([]byte, error) {
				b := bytes.NewBuffer(buf)
				return func(m *Model) ([]byte, error) {
					b.Reset()
					err := jsonv2.MarshalWrite(b, m)
					return b.Bytes(), err
				}
			}),
			userWriter("sonic", models, sonicWriter[Model]),
			userWriter("sonic (pointers)", pointers, sonicWriter[PointerModel]),
			userWriter("sonic (ConfigStd)", models, func([]byte) func(*Model) ([]byte, error) {
				return func(m *Model) ([]byte, error) { return sonic.ConfigStd.Marshal(m) }
			}),
			userWriter("goccy", models, func([]byte) func(*Model) ([]byte, error) {
				noHTML := goccy.DisableHTMLEscape()
				return func(m *Model) ([]byte, error) { return goccy.MarshalWithOption(m, noHTML) }
			}),
			userWriter("goccy (Encoder)", models, goccyWriter[Model]),
			userWriter("goccy (Encoder, pointers)", pointers, goccyWriter[PointerModel]),
			userWriter("jx", users, func(buf []byte) func(*user.User) ([]byte, error) {
				e := new(jx.Encoder)
				e.SetBytes(buf)
				return func(u *user.User) ([]byte, error) {
					e.Reset()
					jxEncode(e, u)
					return e.Bytes(), nil
				}
			}),
			userWriter("ogen", func(in *Input, i int) *ogenuser.User {
				g := toOgen(&in.Users[i])
				return &g
			}, func(buf []byte) func(*ogenuser.User) ([]byte, error) {
				e := new(jx.Encoder)
				e.SetBytes(buf)
				return func(g *ogenuser.User) ([]byte, error) {
					e.Reset()
					g.Encode(e)
					return e.Bytes(), nil
				}
			}),
			userWriter("easyjson", func(in *Input, i int) *easyuser.User {
				e := toEasy(&in.Models[i])
				return &e
			}, func(buf []byte) func(*easyuser.User) ([]byte, error) {
				return func(e *easyuser.User) ([]byte, error) {
					w := jwriter.Writer{NoEscapeHTML: true}
					w.Buffer.Buf = buf
					e.MarshalEasyJSON(&w)
					return w.BuildBytes(buf)
				}
			}),
			userWriter("segmentio", models, segmentioWriter[Model]),
			userWriter("segmentio (pointers)", pointers, segmentioWriter[PointerModel]),
			userWriter("Go SDK's model", func(in *Input, i int) *twilio.ConversationsV1User {
				s := toSDK(&in.Pointers[i])
				return &s
			}, stdWriter[twilio.ConversationsV1User]),
		},
		loose: withoutNulls,
		probes: []probe{
			{name: "unknown members", in: changedUser(func(u *user.User) { u.Unknown = `"new":1` }), differs: "drops unknown members"},
			{name: "dates", in: changedUser(func(u *user.User) { u.DateCreated = user.Some(user.DateTime("2019-12-16T22:18:37.500+00:00")) }), differs: "re-formats dates"},
			{name: "controls and <>&", in: changedUser(func(u *user.User) { u.FriendlyName = user.Some("\x00\x1f\"\\\u2028<>&\u007f") })},
		},
		lossless: []*Input{
			changedUser(func(u *user.User) { u.FriendlyName = user.Null[string]() }),
			changedUser(func(u *user.User) { u.FriendlyName = user.Opt[string]{} }),
			changedUser(func(u *user.User) { u.FriendlyName = user.Some("") }),
		},
		more: writeNotes,
	}
}

// changedUser returns the documentation's user without its null, and changed.
func changedUser(change func(u *user.User)) *Input {
	u := newInput("", "", "{}").Users[0]
	u.IsNotifiable = user.Some(true)
	change(&u)
	return userInput(u)
}

// writeNotes returns how c writes invalid UTF-8, null and an absent member.
func writeNotes(c *Contender) (notes []string) {
	written := func(name user.Opt[string]) (user.Opt[string], outcome) {
		o := run(c, changedUser(func(u *user.User) { u.FriendlyName = name }))
		if users, ok := o.answer.([]user.User); ok {
			return users[0].FriendlyName, o
		}
		return user.Opt[string]{}, o
	}
	if got, o := written(user.Some("a\xff")); o.err == nil {
		if got == user.Some("a\ufffd") {
			notes = append(notes, "replaces invalid UTF-8")
		} else {
			notes = append(notes, "writes invalid UTF-8")
		}
	}
	if got, _ := written(user.Null[string]()); got.IsZero() {
		notes = append(notes, "drops null members")
	} else if !got.IsNull() {
		notes = append(notes, "writes null as a text")
	}
	if got, _ := written(user.Opt[string]{}); got.IsNull() {
		notes = append(notes, "writes absent members as null")
	} else if !got.IsZero() {
		notes = append(notes, "writes absent members as a text")
	}
	return notes
}

// readsUsers returns the strings of all users.
func readsUsers(in *Input) string {
	var b bytes.Buffer
	for _, m := range in.Models {
		for _, s := range []string{
			m.SID, m.URL, m.Links.UserConversations, m.Identity, m.RoleSID, m.Attributes, m.AccountSID,
			m.DateCreated, m.DateUpdated, m.FriendlyName, m.ChatServiceSID,
		} {
			b.WriteString(s)
		}
	}
	return b.String()
}

// userWriter returns a contender that writes users one after another. newWriter
// gets a buffer with room for one.
func userWriter[T any](name string, of func(in *Input, i int) *T, newWriter func(buf []byte) func(*T) ([]byte, error)) Contender {
	return Contender{name, func(in *Input) Call {
		write := newWriter(make([]byte, 0, 2*in.Size+4096))
		values := make([]*T, len(in.Users))
		for i := range values {
			values[i] = of(in, i)
		}
		return Call{
			Run: func() error {
				for _, v := range values {
					if _, err := write(v); err != nil {
						return err
					}
				}
				return nil
			},
			Answer: func() any {
				users := make([]user.User, len(values))
				for i, v := range values {
					var err error
					if users[i], err = encode.ParseUser(string(must(write(v)))); err != nil {
						return "what it wrote cannot be read: " + err.Error()
					}
				}
				return users
			},
		}
	}}
}

// stdWriter is encoding/json with a buffer and without HTML escapes.
func stdWriter[T any](buf []byte) func(*T) ([]byte, error) {
	b := bytes.NewBuffer(buf)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return func(v *T) ([]byte, error) {
		b.Reset()
		err := e.Encode(v)
		return b.Bytes(), err
	}
}

func sonicWriter[T any](buf []byte) func(*T) ([]byte, error) {
	b := buf
	return func(v *T) ([]byte, error) {
		b = b[:0]
		err := encoder.EncodeInto(&b, v, 0)
		return b, err
	}
}

func goccyWriter[T any](buf []byte) func(*T) ([]byte, error) {
	b := bytes.NewBuffer(buf)
	e := goccy.NewEncoder(b)
	e.SetEscapeHTML(false)
	return func(v *T) ([]byte, error) {
		b.Reset()
		err := e.Encode(v)
		return b.Bytes(), err
	}
}

func segmentioWriter[T any](buf []byte) func(*T) ([]byte, error) {
	return func(v *T) ([]byte, error) { return segmentio.Append(buf, v, 0) }
}

// jxEncode is written by hand, since jx writes tokens.
func jxEncode(e *jx.Encoder, u *user.User) {
	e.ObjStart()
	jxText(e, "sid", u.SID)
	jxText(e, "url", u.URL)
	if l, ok := u.Links.Get(); ok {
		e.FieldStart("links")
		e.ObjStart()
		jxText(e, "user_conversations", l.UserConversations)
		e.ObjEnd()
	} else if u.Links.IsNull() {
		e.FieldStart("links")
		e.Null()
	}
	jxText(e, "identity", u.Identity)
	jxText(e, "role_sid", u.RoleSID)
	jxBool(e, "is_online", u.IsOnline)
	jxText(e, "attributes", u.Attributes)
	jxText(e, "account_sid", u.AccountSID)
	jxText(e, "date_created", u.DateCreated)
	jxText(e, "date_updated", u.DateUpdated)
	jxText(e, "friendly_name", u.FriendlyName)
	jxBool(e, "is_notifiable", u.IsNotifiable)
	jxText(e, "chat_service_sid", u.ChatServiceSID)
	e.ObjEnd()
}

func jxText[T text](e *jx.Encoder, name string, o user.Opt[T]) {
	if s, ok := o.Get(); ok {
		e.FieldStart(name)
		e.Str(string(s))
	} else if o.IsNull() {
		e.FieldStart(name)
		e.Null()
	}
}

func jxBool(e *jx.Encoder, name string, o user.Opt[bool]) {
	if b, ok := o.Get(); ok {
		e.FieldStart(name)
		e.Bool(b)
	} else if o.IsNull() {
		e.FieldStart(name)
		e.Null()
	}
}

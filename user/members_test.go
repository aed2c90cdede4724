package user_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/convuser/convuser/user"
)

// TestMembers compares the tables with the fields.
func TestMembers(t *testing.T) {
	request, members := user.RequestMembers(), user.UserMembers()
	for typ, table := range map[reflect.Type][]user.Member{
		reflect.TypeFor[user.CreateRequest](): request[:],
		reflect.TypeFor[user.User]():          append(members[:], user.Member{Name: "-", Field: "Unknown"}),
	} {
		if n := typ.NumField(); n != len(table) {
			t.Fatalf("%s has %d fields, of which the table has %d", typ, n, len(table))
		}
		for k, m := range table {
			f := typ.Field(k)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if m.Field != f.Name || m.Name != name && m.Name != user.WebhookHeader {
				t.Errorf("%s.%s, %s, is in the table as %+v", typ, f.Name, name, m)
			}
		}
	}
}

// TestRefs: a Ref reads and writes the member at its index, and no other.
func TestRefs(t *testing.T) {
	for k, m := range user.UserMembers() {
		for _, null := range []bool{false, true} {
			text, flag, links := user.Some("a"), user.Some(true), user.Some(user.Links{Unknown: `"a":1`})
			if null {
				text, flag, links = user.Null[string](), user.Null[bool](), user.Null[user.Links]()
			}
			var u user.User
			ref := u.Refs()[k]
			if ref.SetText(text); ref.Bool != nil {
				*ref.Bool = flag
			}
			if ref.Links != nil {
				*ref.Links = links
			}
			isText, isBool, isLinks := m.Kind < user.BoolKind, m.Kind == user.BoolKind, m.Kind == user.LinksKind
			if (ref.Text() == text) != isText || (ref.Bool != nil) != isBool || (ref.Links != nil) != isLinks || ref.IsNull() != null {
				t.Errorf("%s reads as %+v", m.Name, ref)
			}
			var want user.User
			value, err := json.Marshal(map[bool]any{isText: text, isBool: flag, isLinks: links}[true])
			if err == nil {
				err = json.Unmarshal([]byte(`{"`+m.Name+`":`+string(value)+`}`), &want)
			}
			if err != nil || u != want {
				t.Errorf("%s: got %+v, want %+v, %v", m.Name, u, want, err)
			}
		}
	}
	for _, ref := range (*user.User)(nil).Refs() {
		if ref.SetText(user.Null[string]()); ref != (user.Ref{}) || ref.Text() != (user.Opt[string]{}) || ref.IsNull() {
			t.Errorf("for a nil user: %+v", ref)
		}
	}
}

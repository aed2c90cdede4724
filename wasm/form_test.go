package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
)

// forms returns the answers in one to opParseForms, each as opParseForm gives it.
func (c *client) forms(r reply) (list []reply) {
	c.tb.Helper()
	n := newReader(c.tb, reply{numbers: r.numbers})
	at := n.number() // the start of the texts that are not ASCII
	if at < 0 || int(at) > len(r.text) {
		c.tb.Fatalf("%d bytes of %d are ASCII", at, len(r.text))
	}
	ascii, others := newReader(c.tb, reply{text: r.text[:at]}), newReader(c.tb, reply{text: r.text[at:]})
	for len(n.numbers) > 0 {
		list = append(list, c.form(n, ascii, others))
	}
	ascii.end()
	others.end()
	return list
}

// form takes the answer to one form: its head, its issues and its values.
func (c *client) form(n, ascii, others *reader) (r reply) {
	c.tb.Helper()
	head := n.number()
	r.inBody = head&1 == 1
	for range head / 2 {
		r.issues = append(r.issues, newIssue(c.kind(n.number()), n.number()))
	}
	if r.inBody {
		return r
	}
	for range webhook {
		length, from := n.number(), ascii
		if length <= apart {
			length, from = apart-length, others
		}
		r.numbers = append(r.numbers, length)
		if length >= 0 {
			s := from.take(length)
			if isASCII := !strings.ContainsFunc(s, func(r rune) bool { return r > 127 }); isASCII != (from == ascii) {
				c.tb.Errorf("%q is among the wrong texts", s)
			}
			r.text += s
		}
	}
	return r
}

// formCases are tested beside the tables.
var formCases = []string{
	"", "&", "&&Identity=a&", "Identity", "Identity=", "Identity=&FriendlyName=", "Identity=a", "Identity=%61", "I%64entity=a",
	"Identity=a&Identity=a", "Identity=a&identity=a", "Identity=a&x=1", "Identity=a;b", "Identity=%", "Identity=%f", "Identity=%zz", "Identity=%ff", "Identity=\xff",
	"RoleSid=" + goodRole + "&Attributes=%7B%7D&FriendlyName=%C3%A9&Identity=a",                              // the order reversed
	"Attributes=%7B%22a%22%3A%22%F0%9F%98%80%22%7D&FriendlyName=name&Identity=%E5%90%8D&RoleSid=" + goodRole, // as the official Go SDK writes it
	"Identity=a&Attributes=%5B%5D", "Identity=a&Attributes=%7B%22a%22%7D&RoleSid=RLxyz", "Identity=a&RoleSid=", "FriendlyName=%C3%A9&RoleSid=AC",
	"Identity=" + strings.Repeat("a", 16<<10), "Identity=" + strings.Repeat("%C3%A9", 1000) + "&FriendlyName=b",
}

// TestForms: each of many forms in one call has the answer that it has alone, which
// is the library's.
func TestForms(t *testing.T) {
	bodies := append(slices.Clone(formCases), texts(t, "encode/testdata/form.json")...)
	parts := make([]any, len(bodies))
	for i, body := range bodies {
		parts[i] = body
	}
	for _, flags := range []int32{0, flagValidate, flagAllowUnknown, flagValidate | flagAllowUnknown} {
		c := &client{tb: t}
		all := c.forms(c.call(opParseForms, flags, parts...))
		if len(all) != len(bodies) {
			t.Fatalf("%d answers on %d forms", len(all), len(bodies))
		}
		for i, body := range bodies {
			one := c.call(opParseForm, flags, body)
			k := call{o: opParseForm, flags: flags, lengths: []int32{int32(len(body))}, texts: body}
			k.checkRequest(t, one, encode.ParseForm, body)
			diff(t, body, one, all[i])
		}
	}
}

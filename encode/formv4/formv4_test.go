package formv4_test

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-playground/form/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/formv4"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const role = "RL0123456789abcdefABCDEF0123456789"

type item struct {
	Name string                     `form:"name"`
	Sub  []sub                      `form:"sub"`
	Attr user.Opt[user.Attributes]  `form:"attr"`
	Deep []map[string][]map[int]sub `form:"deep"`
}

type sub struct {
	N    int      `form:"n"`
	Tags []string `form:"tags"`
}

type target struct {
	user.CreateRequest
	X      []string                `form:"x"`
	M      map[string]string       `form:"m"`
	K      map[int8]string         `form:"k"`
	Items  []item                  `form:"items"`
	Arr    [2]int                  `form:"arr"`
	Num    uint8                   `form:"num"`
	Yes    bool                    `form:"yes"`
	When   time.Time               `form:"when"`
	Ptr    *user.Opt[user.RoleSID] `form:"ptr"`
	Role   user.RoleSID            `form:"role"`
	Hooks  []user.Opt[bool]        `form:"hooks"`
	Create *user.CreateRequest     `form:"create"`
	Grid   [][]string              `form:"grid"`
	Skip   string                  `form:"-"`
}

// TestDecode reads every kind of field, and drops unknown names.
func TestDecode(t *testing.T) {
	ptr := user.Some(user.RoleSID(role))
	v := url.Values{
		"Identity": {"ann"}, "FriendlyName": {""}, "RoleSid": {role}, "x": {"a", "b"}, "m[k]": {"v"}, "k[-3]": {"w"},
		"items[1].name": {"one"}, "items[1].sub[0].n": {"7"}, "items[0].attr": {"{}"}, "items[1].sub[0].tags": {"p", "q"},
		"arr": {"1", "2"}, "num": {"9"}, "yes": {"on"}, "when": {"2019-12-16T22:18:37Z"}, "ptr": {role}, "role": {role},
		"hooks[1]": {"false"}, "create.Identity": {"bob"}, "create.Attributes": {"{}"}, "grid[0][1]": {"g"},
		"Skip": {"no"}, "-": {"no"}, "CreateRequest.Identity": {"eve"}, ".Identity": {"eve"}, "unknown": {"1", "2"}, "other[]": {""},
		"Identity.x": {"no"}, "x.y": {"no"}, "items": {"a", "b"}, "grid": {"a", "b"}, "WebhookEnabled": {"true"}, "Attributes": {}, "": {"no"},
	}
	want := target{
		CreateRequest: user.CreateRequest{Identity: "ann", FriendlyName: user.Some(""), RoleSID: user.Some(user.RoleSID(role))},
		X:             []string{"a", "b"}, M: map[string]string{"k": "v"}, K: map[int8]string{-3: "w"},
		Items: []item{{Attr: user.Some(user.Attributes("{}"))}, {Name: "one", Sub: []sub{{7, []string{"p", "q"}}}}},
		Arr:   [2]int{1, 2}, Num: 9, Yes: true, When: time.Date(2019, 12, 16, 22, 18, 37, 0, time.UTC), Ptr: &ptr, Role: role,
		Hooks:  []user.Opt[bool]{{}, user.Some(false)},
		Create: &user.CreateRequest{Identity: "bob", Attributes: user.Some(user.Attributes("{}"))}, Grid: [][]string{{"", "g"}},
	}
	var got target
	if err := formv4.Decode(&got, v); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestRoundTrip encodes, compares with package encode, and decodes.
func TestRoundTrip(t *testing.T) {
	requests := []user.CreateRequest{
		{},
		{Identity: "a b&c=é"},
		{Identity: "ann", FriendlyName: user.Some(""), Attributes: user.Some(user.Attributes(`{"a":[1]}`)), RoleSID: user.Some(user.RoleSID(role))},
	}
	for _, r := range requests {
		v, err := formv4.Encode(&r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := encode.AppendForm(nil, &r)
		core, _ := url.ParseQuery(string(body))
		if diff := cmp.Diff(core, v); diff != "" {
			t.Errorf("-core +got:\n%s", diff)
		}
		var back user.CreateRequest
		if err := formv4.Decode(&back, v); err != nil || back != r {
			t.Errorf("got %+v, %v, want %+v", back, err, r)
		}
	}
	in := target{X: []string{"a", "b"}, M: map[string]string{"k": "v"}, K: map[int8]string{}, Items: []item{{Name: "n", Sub: []sub{{1, []string{"p"}}}}}, When: time.Unix(0, 0).UTC(), Hooks: []user.Opt[bool]{{}, user.Some(true)}}
	v, err := formv4.Encode(in)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range v {
		if len(values) == 0 || name == "Identity" || name == "FriendlyName" || name == "items[0].attr" {
			t.Errorf("%s: left for an absent member", name)
		}
	}
	var out target
	if err := formv4.Decode(&out, v); err != nil {
		t.Fatal(err)
	}
	in.K, out.K = nil, nil
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("-in +out:\n%s", diff)
	}
	plan := struct {
		Identity string
	}{}
	if v, err := formv4.Encode(plan); err != nil || !v.Has("Identity") {
		t.Errorf("an Identity that is not ours: %v, %v", v, err)
	}
}

// listed returns each error as "Field code offset".
func listed(err error) (all []string) {
	errs, _ := errors.AsType[validate.Errors](err)
	for _, e := range errs {
		all = append(all, fmt.Sprintf("%s %s %d", e.Field, e.Code, e.Offset))
	}
	return all
}

const secret = "s3cr3t"

// TestErrors: the errors of values hold neither a value nor a key.
func TestErrors(t *testing.T) {
	tests := []struct {
		v    url.Values
		want []string
	}{
		{url.Values{"Identity": {secret, secret}}, []string{"Identity repeated -1"}},
		{url.Values{"create.RoleSid": {"", ""}, "ptr": {"", ""}}, []string{"create.RoleSid repeated -1", "ptr repeated -1"}},
		{url.Values{"items[3].name": {secret, ""}}, []string{"items[3].name repeated -1"}},
		{url.Values{"m[" + secret + "]": {"a", "b"}}, []string{"m[] repeated -1"}},
		{url.Values{"x": {secret}, "x[0]": {secret}}, []string{"x[0] repeated -1"}},
		{url.Values{"arr": {"1", "2", "3"}}, []string{"arr repeated -1"}},
		{url.Values{"Identity": {secret + "\xff"}}, []string{"Identity utf8 6"}},
		{url.Values{"num": {secret}}, []string{"num type -1"}},
		{url.Values{"yes": {secret}, "when": {secret}}, []string{"when datetime -1", "yes type -1"}},
		{url.Values{"hooks[0]": {"tru3" + secret}}, []string{"hooks[0] boolean 3"}},
		{url.Values{"hooks[0]": {"1"}}, []string{"hooks[0] boolean 0"}},
		{url.Values{"items[0].sub[1].n": {secret}}, []string{"items[0].sub[1].n type -1"}},
		{url.Values{"items[0].deep[0][" + secret + "][1][2].n": {secret}}, []string{"items[0].deep[0][][1][].n type -1"}},
	}
	for _, tt := range tests {
		before := target{Num: 5, Role: "before"}
		got := before
		err := formv4.Decode(&got, tt.v)
		if diff := cmp.Diff(tt.want, listed(err)); diff != "" {
			t.Errorf("%q: %v: -want +got:\n%s", tt.v, err, diff)
		}
		if strings.Contains(fmt.Sprintf("%v %#v", err, listed(err)), secret) {
			t.Errorf("%v holds the input", err)
		}
		if _, ok := errors.AsType[*validate.Error](err); !ok {
			t.Errorf("%v is not a *validate.Error", err)
		}
		if diff := cmp.Diff(before, got); diff != "" {
			t.Errorf("%q: dst has changed: %s", tt.v, diff)
		}
	}
}

// TestShapes passes Decode names that form/v4 cannot handle.
func TestShapes(t *testing.T) {
	tests := []struct {
		name string
		want error
	}{
		{"x[", formv4.ErrName}, {"x]", formv4.ErrName}, {"[", formv4.ErrName}, {"]", formv4.ErrName}, {"x[[0]]", formv4.ErrName},
		{"x[0]]", formv4.ErrName}, {"x[0][", formv4.ErrName}, {"nobody[", formv4.ErrName}, {"x\xff", formv4.ErrName},
		{strings.Repeat("x", formv4.MaxName+1), formv4.ErrName},
		{"x[]", formv4.ErrIndex}, {"x[-1]", formv4.ErrIndex}, {"x[00]", formv4.ErrIndex}, {"x[+1]", formv4.ErrIndex}, {"x[a]", formv4.ErrIndex},
		{"x[256]", formv4.ErrIndex}, {"x[9999]", formv4.ErrIndex}, {"x[99999999999999999999999]", formv4.ErrIndex},
		{"arr[2]", formv4.ErrIndex}, {"k[01]", formv4.ErrIndex}, {"k[200]", formv4.ErrIndex}, {"items[0].sub[x].n", formv4.ErrIndex},
		{"x[255]", nil}, {"arr[1]", nil}, {"k[-128]", nil}, {"x[0].y", nil}, {"x[0]y", nil}, {"items[0]", nil}, {"[0]", nil}, {"m[]", nil}, {"Identity[0]", nil},
		{strings.Repeat("x", formv4.MaxName), nil}, {".", nil}, {"..", nil}, {"x.", nil},
	}
	for _, tt := range tests {
		var dst target
		value := ""
		if strings.HasPrefix(tt.name, "arr") {
			value = "1"
		}
		if err := formv4.Decode(&dst, url.Values{tt.name: {value}}); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%.40q: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestFormPanics shows why Decode checks names: if it fails, form/v4 has changed,
// and the package documentation may be out of date.
func TestFormPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("form/v4 reads x[ now")
		}
	}()
	var dst target
	_ = form.NewDecoder().Decode(&dst, url.Values{"x[": {""}})
}

// TestWork bounds time and memory for 2 KB and for many indexed names.
func TestWork(t *testing.T) {
	many := func(n int, format string) url.Values {
		v := url.Values{}
		for i := range n {
			v.Set(fmt.Sprintf(format, i), "1")
		}
		return v
	}
	tests := []struct {
		what string
		v    url.Values
		want error
	}{
		{"2 KB, one element", many(110, "items[0].sub[%d].n"), formv4.ErrTooMany},
		{"2 KB, four deep", many(60, "items[0].deep[0][k][0][%d].n"), formv4.ErrTooMany},
		{"2 KB, the map", many(200, "m[k%d]"), nil},
		{"2 KB, the highest indexes", many(3, "items[255].sub[255].tags[25%d]"), nil},
		{"full", many(256, "items[%d].name"), nil},
		{"too many", many(formv4.MaxIndexed+1, "m[%d]"), formv4.ErrTooMany},
		{"many unknown names", many(50_000, "nobody[%d].sub[0]"), nil},
	}
	for _, tt := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		var dst target
		err := formv4.Decode(&dst, tt.v)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: got %v, want %v", tt.what, err, tt.want)
		}
		if size := after.TotalAlloc - before.TotalAlloc; size > 64<<20 || took > 5*time.Second {
			t.Errorf("%s: %d bytes, %v", tt.what, size, took)
		}
	}
}

type recursive struct {
	V        string
	Next     *recursive
	L, R     *recursive
	Children []recursive
}

type loop struct{ *loop }
type list []list
type tree map[string]tree

// TestTypes: types that form/v4 cannot handle are refused.
func TestTypes(t *testing.T) {
	var nilTarget *target
	var number int
	var anything any = &target{}
	bad := []any{
		nil, target{}, nilTarget, &number, &[]string{}, &map[string]string{}, &anything, &recursive{}, &loop{},
		&struct{ A any }{}, &struct{ A fmt.Stringer }{}, &struct{ L list }{}, &struct{ T tree }{}, &struct{ P *[]map[int]recursive }{},
	}
	for _, dst := range bad {
		if err := formv4.Decode(dst, url.Values{"V": {"x"}, "L.R.L.R.V": {"x"}}); !errors.Is(err, formv4.ErrType) {
			t.Errorf("Decode %T: %v", dst, err)
		}
	}
	cycle := &recursive{}
	cycle.Next = cycle
	for _, src := range []any{nil, nilTarget, 5, []string{}, cycle, &loop{}, struct{ A any }{cycle}, struct{ T tree }{}} {
		if v, err := formv4.Encode(src); !errors.Is(err, formv4.ErrType) || v != nil {
			t.Errorf("Encode %T: %v", src, err)
		}
	}
}

type hidden struct {
	A string `form:"a"`
}

// TestPanic makes form/v4 panic for a reason that Decode and Encode do not check:
// it cannot set an embedded pointer to an unexported type, nor name an element
// after a key without a value.
func TestPanic(t *testing.T) {
	var dst struct{ *hidden }
	if err := formv4.Decode(&dst, url.Values{"a": {secret}}); !errors.Is(err, formv4.ErrPanic) {
		t.Errorf("Decode: %v", err)
	}
	src := struct {
		M map[user.Opt[string]]string
	}{map[user.Opt[string]]string{{}: "x"}}
	if v, err := formv4.Encode(src); !errors.Is(err, formv4.ErrPanic) || v != nil {
		t.Errorf("Encode: %v", err)
	}
}

func TestEncodeErrors(t *testing.T) {
	tests := []struct {
		src  any
		want []string
		is   error
	}{
		{user.CreateRequest{FriendlyName: user.Null[string](), RoleSID: user.Null[user.RoleSID]()}, []string{"FriendlyName null -1", "RoleSid null -1"}, validate.CodeNull},
		{user.CreateRequest{Identity: secret + "\xff"}, []string{"Identity utf8 6"}, validate.CodeUTF8},
		{user.CreateRequest{FriendlyName: user.Some(secret + "\xff")}, []string{"FriendlyName utf8 6"}, validate.CodeUTF8},
		{target{Role: user.RoleSID(secret + "\xff")}, []string{"role utf8 6"}, validate.CodeUTF8},
		{user.User{Links: user.Some(user.Links{})}, []string{"links type -1"}, validate.CodeType},
		{target{Hooks: []user.Opt[bool]{user.Null[bool]()}}, []string{"hooks null -1"}, validate.CodeNull},
		{target{M: map[string]string{"a]b": secret}}, nil, formv4.ErrName},
		{target{Items: make([]item, formv4.MaxIndex+2)}, nil, formv4.ErrIndex},
	}
	for _, tt := range tests {
		v, err := formv4.Encode(tt.src)
		if diff := cmp.Diff(tt.want, listed(err)); diff != "" || !errors.Is(err, tt.is) || v != nil {
			t.Errorf("%T: %v: -want +got:\n%s", tt.src, err, diff)
		}
		if strings.Contains(fmt.Sprint(err), secret) {
			t.Errorf("%v holds the input", err)
		}
	}
}

// TestRegister uses form/v4 directly.
func TestRegister(t *testing.T) {
	formv4.Register(nil, nil)
	e, d := form.NewEncoder(), form.NewDecoder()
	formv4.Register(e, d)
	u := user.User{
		SID: user.Some(user.UserSID("US1")), AccountSID: user.Some(user.AccountSID("AC1")), ChatServiceSID: user.Some(user.ChatServiceSID("IS1")),
		RoleSID: user.Some(user.RoleSID("RL1")), Identity: user.Some("i"), FriendlyName: user.Some(""), Attributes: user.Some(user.Attributes("{}")),
		IsOnline: user.Some(false), IsNotifiable: user.Some(true), DateCreated: user.Some(user.DateTime("d")), URL: user.Some("u"),
	}
	v, err := e.Encode(&u)
	if err != nil {
		t.Fatal(err)
	}
	if len(v["date_updated"]) != 0 || !v.Has("date_updated") {
		t.Error("form/v4 leaves no empty key now; say so in the package comment")
	}
	var back user.User
	if err := d.Decode(&back, url.Values(v)); err != nil || back.IsOnline != u.IsOnline {
		t.Errorf("got %v", err)
	}
	back.DateUpdated = user.Opt[user.DateTime]{} // the empty key
	if back != u {
		t.Errorf("got %+v, want %+v", back, u)
	}
	var named struct {
		A user.AccountSID
		C user.ChatServiceSID
		R user.RoleSID
		U user.UserSID
		J user.Attributes
		D user.DateTime
	}
	in := url.Values{"A": {"a"}, "C": {"c"}, "R": {"r"}, "U": {"u"}, "J": {"j"}, "D": {"d"}}
	if err := d.Decode(&named, in); err != nil || named.A+"crujd" != "acrujd" || named.D != "d" {
		t.Errorf("%v, %+v", err, named)
	}
	if out, err := e.Encode(&named); err != nil || !reflect.DeepEqual(out, in) {
		t.Errorf("%v, %v", out, err)
	}
	if err := d.Decode(&named, url.Values{"A": {"\xff"}}); err == nil {
		t.Error("invalid UTF-8: no error")
	}
}

// TestConcurrent is for the race detector.
func TestConcurrent(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				var dst target
				_ = formv4.Decode(&dst, url.Values{"Identity": {"ann"}, "items[0].name": {"x"}})
				_, _ = formv4.Encode(&dst)
			}
		})
	}
	all.Wait()
}

// FuzzDecode looks for a panic, and for a form that Decode reads, but not after
// Encode has written it.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"x[=", "x[0]=a&x=b", "Identity=a&Identity=b", "items[0].sub[1].n=1&m[k]=v&hooks[1]=true", "grid[0][1]=a", "k[1]=&arr=1&arr=2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := url.ParseQuery(s)
		if err != nil {
			return
		}
		var dst, back target
		err = formv4.Decode(&dst, v)
		if errors.Is(err, formv4.ErrPanic) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		v, err = formv4.Encode(&dst)
		if errors.Is(err, formv4.ErrIndex) || errors.Is(err, formv4.ErrTooMany) || errors.Is(err, formv4.ErrName) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := formv4.Decode(&back, v); err != nil {
			t.Fatalf("%v: %v", v, err)
		}
	})
}

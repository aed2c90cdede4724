package validatorv10_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/go-playground/locales/en"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	entrans "github.com/go-playground/validator/v10/translations/en"
	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
	"github.com/convuser/convuser/validate/validatorv10"
)

const role = "RL0123456789abcdefABCDEF0123456789"

func newValidator(t *testing.T, options ...validator.Option) *validator.Validate {
	t.Helper()
	v := validator.New(append(options, validator.WithRequiredStructEnabled())...)
	if err := validatorv10.Register(v); err != nil {
		t.Fatal(err)
	}
	return v
}

func newTranslator() ut.Translator {
	trans, _ := ut.New(en.New()).GetTranslator("en")
	return trans
}

// lines returns each error as "namespace tag param".
func lines(err error) (all []string) {
	for _, e := range validatorErrors(err) {
		all = append(all, strings.TrimRight(e.Namespace()+" "+e.Tag()+" "+e.Param(), " "))
	}
	return all
}

func badRequest() user.CreateRequest {
	return user.CreateRequest{FriendlyName: user.Some("a\xff"), Attributes: user.Null[user.Attributes](), RoleSID: user.Some(user.RoleSID("RL0"))}
}

func badUser() user.User {
	return user.User{
		SID:         user.Some(user.UserSID("US1x")),
		Attributes:  user.Some(user.Attributes("[]")),
		DateCreated: user.Some(user.DateTime("2019-13")),
		URL:         user.Some("a b"),
		Links:       user.Some(user.Links{UserConversations: user.Some("x")}),
	}
}

type alias = user.CreateRequest
type defined user.CreateRequest

// TestPlaces validates the types wherever a struct can hold them.
func TestPlaces(t *testing.T) {
	r := badRequest()
	want := func(before string) []string {
		return []string{
			before + "Identity convuser_required -1",
			before + "FriendlyName convuser_utf8 1",
			before + "Attributes convuser_null -1",
			before + "RoleSid convuser_length 3",
		}
	}
	type named struct{ Create user.CreateRequest }
	type embedded struct{ user.CreateRequest }
	type embeddedPointer struct{ *user.CreateRequest }
	type lower struct{ alias }
	type pointer struct{ Create *user.CreateRequest }
	type twice struct{ Create **user.CreateRequest }
	type boxed struct{ Create any }
	type required struct {
		Create user.CreateRequest `validate:"required"`
	}
	type structOnly struct {
		Create user.CreateRequest `validate:"structonly"`
	}
	type slice struct {
		All []user.CreateRequest `validate:"dive"`
	}
	type array struct {
		All [1]*user.CreateRequest `validate:"dive"`
	}
	type keyed struct {
		All map[string]user.CreateRequest `validate:"dive"`
	}
	type deep struct{ In named }
	p := &r
	tests := []struct {
		value  any
		before string
	}{
		{r, "CreateRequest."},
		{&r, "CreateRequest."},
		{named{r}, "named.Create."},
		{&named{r}, "named.Create."},
		{embedded{r}, "embedded.CreateRequest."},
		{embeddedPointer{&r}, "embeddedPointer.CreateRequest."},
		{&lower{r}, "lower.alias."},
		{pointer{&r}, "pointer.Create."},
		{twice{&p}, "twice.Create."},
		{boxed{r}, "boxed.Create."},
		{boxed{&r}, "boxed.Create."},
		{required{r}, "required.Create."},
		{structOnly{r}, "structOnly.Create."},
		{slice{[]user.CreateRequest{r}}, "slice.All[0]."},
		{array{[1]*user.CreateRequest{&r}}, "array.All[0]."},
		{keyed{map[string]user.CreateRequest{"k": r}}, "keyed.All[k]."},
		{deep{named{r}}, "deep.In.Create."},
	}
	v := newValidator(t)
	for _, tt := range tests {
		if diff := cmp.Diff(want(tt.before), lines(v.Struct(tt.value))); diff != "" {
			t.Errorf("%T: -want +got:\n%s", tt.value, diff)
		}
	}
	good := user.CreateRequest{Identity: "ann", RoleSID: user.Some(user.RoleSID(role))}
	for _, value := range []any{good, &embedded{good}, pointer{}, boxed{}, &slice{[]user.CreateRequest{good}}} {
		if err := v.Struct(value); err != nil {
			t.Errorf("%T: %v", value, err)
		}
	}
	if diff := cmp.Diff(want("[0]."), lines(v.Var([]user.CreateRequest{r}, "dive"))); diff != "" {
		t.Errorf("Var: -want +got:\n%s", diff)
	}
}

// TestErrors compares each error with that of Validate, field by field.
func TestErrors(t *testing.T) {
	v := newValidator(t)
	r, u := badRequest(), badUser()
	prefixes := user.User{
		SID: user.Some(user.UserSID("x")), AccountSID: user.Some(user.AccountSID("x")),
		ChatServiceSID: user.Some(user.ChatServiceSID("x")), RoleSID: user.Some(user.RoleSID("x")),
	}
	for _, value := range []interface{ Validate() error }{&r, &u, &prefixes} {
		want, _ := errors.AsType[validate.Errors](value.Validate())
		got := validatorErrors(v.Struct(value))
		if len(got) != len(want) || len(got) == 0 {
			t.Fatalf("%T: got %v, want %v", value, got, want)
		}
		for i, e := range got {
			o, ok := validatorv10.ErrorOf(e)
			if !ok || o.Field != want[i].Field || o.Code != want[i].Code || o.Offset != want[i].Offset || e.Field() != o.Field {
				t.Errorf("got %v, want %v", o, want[i])
			}
			if e.Value() != nil || e.Type() != nil || e.Kind() != reflect.Invalid {
				t.Errorf("%s: holds %v", e.Field(), e.Value())
			}
			if (o.Code == validate.CodeLength || o.Code == validate.CodePrefix) && o.Want != want[i].Want {
				t.Errorf("%s: want %q, got %q", o.Field, want[i].Want, o.Want)
			}
		}
	}
}

// TestGoNames compares the names in Go with the structs.
func TestGoNames(t *testing.T) {
	v := newValidator(t)
	names := map[string]string{}
	for _, typ := range []reflect.Type{reflect.TypeFor[user.CreateRequest](), reflect.TypeFor[user.User]()} {
		for f := range typ.Fields() {
			names[f.Tag.Get("form")] = f.Name
		}
	}
	u := user.User{
		SID: user.Some(user.UserSID("")), AccountSID: user.Some(user.AccountSID("")), ChatServiceSID: user.Some(user.ChatServiceSID("")),
		RoleSID: user.Some(user.RoleSID("")), Identity: user.Some("\xff"), FriendlyName: user.Some("\xff"),
		Attributes: user.Some(user.Attributes("")), DateCreated: user.Some(user.DateTime("")), DateUpdated: user.Some(user.DateTime("")),
		URL: user.Some(""), Links: user.Some(user.Links{UserConversations: user.Some("")}),
	}
	r := badRequest()
	r.WebhookEnabled = user.Null[bool]()
	names[user.WebhookHeader], names["links.user_conversations"] = "WebhookEnabled", "Links.UserConversations"
	got := append(validatorErrors(v.Struct(&u)), validatorErrors(v.Struct(&r))...)
	if len(got) != 16 {
		t.Errorf("%d errors, want 16", len(got))
	}
	for _, e := range got {
		if e.StructField() != names[e.Field()] {
			t.Errorf("%s: StructField %s, want %s", e.Field(), e.StructField(), names[e.Field()])
		}
	}
}

func validatorErrors(err error) validator.ValidationErrors {
	all, _ := errors.AsType[validator.ValidationErrors](err)
	return all
}

type text string

// TestFieldTags uses the tags on every kind of field that they are for.
func TestFieldTags(t *testing.T) {
	type fields struct {
		Role  string                     `validate:"sid=RL"`
		Named text                       `validate:"json_object"`
		Ptr   *string                    `validate:"rfc3339"`
		Opt   user.Opt[user.RoleSID]     `validate:"sid=RL"`
		Attrs user.Opt[user.Attributes]  `validate:"omitempty,json_object"`
		Hook  string                     `validate:"webhook_enabled"`
		Bool  *user.Opt[bool]            `validate:"webhook_enabled"`
		Any   any                        `validate:"rfc3339"`
		All   []user.Opt[user.DateTime]  `validate:"dive,omitempty,rfc3339"`
		Keys  map[user.RoleSID]user.User `validate:"dive,keys,sid=RL,endkeys"`
		Two   string                     `validate:"omitempty,sid=RL|sid=US"`
	}
	date, hook := "2019-12-16T22:18:37Z", user.Some(false)
	good := fields{
		role, "{}", &date, user.Some(user.RoleSID(role)), user.Opt[user.Attributes]{}, "true", &hook, date,
		[]user.Opt[user.DateTime]{{}, user.Null[user.DateTime](), user.Some(user.DateTime(date))}, map[user.RoleSID]user.User{role: {}}, "US" + role[2:],
	}
	v := newValidator(t)
	if err := v.Struct(&good); err != nil {
		t.Error(err)
	}
	bad := "x"
	err := v.Struct(&fields{
		"RL", "[]", &bad, user.Opt[user.RoleSID]{}, user.Some(user.Attributes("1")), "1", nil, 5,
		[]user.Opt[user.DateTime]{user.Some(user.DateTime(bad))}, map[user.RoleSID]user.User{"k": badUser()}, "AC" + role[2:],
	})
	want := []string{
		"fields.Role sid RL", "fields.Named json_object", "fields.Ptr rfc3339", "fields.Opt sid RL", "fields.Attrs json_object",
		"fields.Hook webhook_enabled", "fields.Bool webhook_enabled", "fields.Any rfc3339", "fields.All[0] rfc3339", "fields.Keys[k] sid RL",
		"fields.Keys[k].sid convuser_hex 3", "fields.Keys[k].attributes convuser_object 0", "fields.Keys[k].date_created convuser_datetime 6",
		"fields.Keys[k].url convuser_uri 1", "fields.Keys[k].links.user_conversations convuser_uri 1", "fields.Two sid=RL|sid=US US",
	}
	if diff := cmp.Diff(want, lines(err)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestMisused: a mistake in a tag refuses every value and does not panic.
func TestMisused(t *testing.T) {
	v := newValidator(t)
	for _, tag := range []string{"sid", "sid=", "sid=R", "sid=RLX", "sid=rl", "sid=R1", "sid=RL=", "sid= RL"} {
		if got := lines(v.Var(role, tag)); len(got) != 1 || !strings.HasPrefix(got[0], " sid") {
			t.Errorf("%s: %q", tag, got)
		}
	}
	for _, value := range []any{5, 1.5, []byte("{}"), []string{"{}"}, true, struct{ A int }{}} {
		for _, tag := range []string{"sid=RL", "json_object", "rfc3339", "webhook_enabled"} {
			if err := v.Var(value, tag); (err == nil) != (value == true && tag == "webhook_enabled") && reflect.TypeOf(value).Kind() != reflect.Struct {
				t.Errorf("%T with %s: %v", value, tag, err)
			}
		}
	}
}

// TestLate registers after the first validation.
func TestLate(t *testing.T) {
	type outer struct{ Create *user.CreateRequest }
	for _, value := range []any{user.CreateRequest{}, &user.User{}, outer{&user.CreateRequest{}}} {
		v := validator.New()
		_ = v.Struct(value)
		if err := validatorv10.Register(v); !errors.Is(err, validatorv10.ErrLate) {
			t.Errorf("%T: %v", value, err)
		}
	}
	v := validator.New()
	r := badRequest()
	_ = v.Struct(&r)
	_ = validatorv10.Register(v)
	if err := v.Struct(&r); err != nil {
		t.Errorf("validator/v10 now applies rules that come late; say so in the package comment: %v", err)
	}
	v = validator.New()
	_ = v.Struct(outer{}) // has not met the type
	if err := validatorv10.Register(v); err != nil || v.Struct(outer{&r}) == nil {
		t.Errorf("an outer struct first: %v", err)
	}
	if err := validatorv10.Register(v); err != nil {
		t.Errorf("twice: %v", err)
	}
	if validatorv10.Register(nil) == nil {
		t.Error("nil: no error")
	}
}

// TestDocumentedLimits tests the limits in the package comment.
func TestDocumentedLimits(t *testing.T) {
	v := newValidator(t)
	r := badRequest()
	type noDive struct {
		All  []user.CreateRequest
		Keys map[string]user.CreateRequest
		Arr  [1]user.CreateRequest
	}
	type off struct {
		A user.CreateRequest `validate:"nostructlevel"`
		B user.CreateRequest `validate:"-"`
	}
	type mine struct{ Create defined }
	silent := []any{
		noDive{[]user.CreateRequest{r}, map[string]user.CreateRequest{"k": r}, [1]user.CreateRequest{r}}, off{r, r}, mine{defined(r)},
	}
	for _, value := range silent {
		if err := v.Struct(value); err != nil {
			t.Errorf("%T: now works; say so in the package comment: %v", value, err)
		}
	}
	type outer struct {
		Create user.CreateRequest
		Name   string `validate:"required"`
	}
	if got := lines(v.StructPartial(outer{Create: r}, "Create.Identity")); len(got) != 4 {
		t.Errorf("StructPartial: %q", got)
	}
	if got := lines(v.StructExcept(outer{Create: r}, "Create")); len(got) != 1 {
		t.Errorf("StructExcept: %q", got)
	}
	own := func(validator.StructLevel) { t.Error("a struct-level function was called") }
	before := validator.New()
	before.RegisterStructValidation(own, user.CreateRequest{})
	if err := validatorv10.Register(before); err != nil {
		t.Error(err)
	}
}

// TestUnexported validates values in unexported fields.
func TestUnexported(t *testing.T) {
	type private struct{ create user.CreateRequest }
	type lower struct{ alias }
	good := user.CreateRequest{Identity: "ann"}
	v := newValidator(t, validator.WithPrivateFieldValidation())
	for _, value := range []any{&private{good}, &lower{good}} {
		if err := v.Struct(value); err != nil {
			t.Errorf("%T: %v", value, err)
		}
	}
	for _, value := range []any{&private{badRequest()}, &lower{badRequest()}} {
		if got := lines(v.Struct(value)); len(got) != 4 {
			t.Errorf("%T: %q", value, got)
		}
	}
	for _, value := range []any{private{good}, lower{good}} {
		if got := lines(v.Struct(value)); len(got) != 1 || !strings.HasSuffix(got[0], validatorv10.Unreadable+" -1") {
			t.Errorf("%T: %q", value, got)
		}
	}
}

// TestTranslations: errors have the texts of package validate, and those of other
// tags do not change.
func TestTranslations(t *testing.T) {
	type outer struct {
		Create user.CreateRequest
		User   user.User
		Role   string                 `validate:"sid=RL"`
		Bad    string                 `validate:"sid=role"`
		Num    int                    `validate:"rfc3339"`
		Ptr    *string                `validate:"json_object"`
		Opt    user.Opt[user.RoleSID] `validate:"role"`
		Name   string                 `validate:"required"`
		Min    string                 `validate:"min=3"`
	}
	v, trans := newValidator(t), newTranslator()
	v.RegisterAlias("role", "sid=RL")
	if err := errors.Join(entrans.RegisterDefaultTranslations(v, trans), validatorv10.RegisterTranslations(v, trans)); err != nil {
		t.Fatal(err)
	}
	value := outer{Create: badRequest(), User: badUser(), Role: "US", Opt: user.Some(user.RoleSID("RLx"))}
	value.User.RoleSID = user.Some(user.RoleSID("US"))
	var got []string
	for _, e := range validatorErrors(v.Struct(&value)) {
		got = append(got, e.Translate(trans))
	}
	want := []string{
		"Identity: required", "FriendlyName: byte 1: invalid UTF-8", "Attributes: null is not allowed", "RoleSid: byte 3: want 34 bytes",
		"sid: byte 3: want a hex digit", "role_sid: byte 0: want RL", "attributes: byte 0: want a JSON object",
		"date_created: byte 6: not an RFC 3339 date-time", "url: byte 1: not an absolute URI", "links.user_conversations: byte 1: not an absolute URI",
		"Role: byte 0: want RL", "Bad: want a prefix of two capital letters", "Num: want a JSON string", "Ptr: required",
		"Opt: byte 2: want a hex digit", "Name is a required field", "Min must be at least 3 characters in length",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestTranslationsAlone: only errors with tags of this package are translated, and
// a nil argument is an error.
func TestTranslationsAlone(t *testing.T) {
	v, trans := newValidator(t), newTranslator()
	if err := validatorv10.RegisterTranslations(v, trans); err != nil {
		t.Fatal(err)
	}
	e := validatorErrors(v.Var("", "required"))[0]
	if got := e.Translate(trans); got != e.Error() {
		t.Errorf("required: %s", got)
	}
	if _, ok := validatorv10.ErrorOf(e); ok {
		t.Error("required: ErrorOf returns true")
	}
	for _, err := range []error{
		validatorv10.RegisterTranslations(nil, trans), validatorv10.RegisterTranslations(v, nil), validatorv10.RegisterWords(v, trans, nil),
	} {
		if err == nil {
			t.Error("nil: no error")
		}
	}
}

// TestConcurrent is for the race detector.
func TestConcurrent(t *testing.T) {
	v, trans := newValidator(t), newTranslator()
	if err := validatorv10.RegisterTranslations(v, trans); err != nil {
		t.Fatal(err)
	}
	r := badRequest()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				for _, e := range validatorErrors(v.Struct(struct{ A *user.CreateRequest }{&r})) {
					_ = e.Translate(trans)
				}
			}
		})
	}
	all.Wait()
}

// TestNoValue: errors in the types do not contain the value.
func TestNoValue(t *testing.T) {
	const secret = "s3cr3t"
	r := user.CreateRequest{Identity: secret + "\xff", Attributes: user.Some(user.Attributes(secret)), RoleSID: user.Some(user.RoleSID(secret))}
	err := newValidator(t).Struct(&r)
	for _, e := range validatorErrors(err) {
		if s := fmt.Sprintf("%v %+v %#v", err, e, e.Value()); strings.Contains(s, secret) {
			t.Errorf("%s", s)
		}
	}
}

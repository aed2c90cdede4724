package fuzz_test

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-playground/form/v4"
	"github.com/go-playground/locales/en"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/formv4"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
	"github.com/convuser/convuser/validate"
	"github.com/convuser/convuser/validate/validatorv10"
)

// functions are the exported functions, which reflection cannot list.
var functions = []any{
	encode.AppendError, encode.AppendForm, encode.AppendRequest, encode.AppendUser,
	encode.ParseError, encode.ParseForm, encode.ParseRequest, encode.ParseResponse, encode.ParseUser,
	formv4.Decode, formv4.Encode, formv4.Register,
	httpwire.BasicAuth, httpwire.DefaultHeader, httpwire.NewRequest, httpwire.ReadRequest, httpwire.ReadResponse,
	httpwire.SetHeader, httpwire.WriteError, httpwire.WriteUser,
	user.AttributesOf, user.RequestMembers, user.UserMembers, usertest.NewHandler, usertest.NewServer,
	validate.AdviseAttributes, validate.AdviseFriendlyName, validate.AdviseIdentity, validate.All,
	validate.AppendAttributes, validate.AppendDateTime, validate.AppendSID, validate.AppendText, validate.AppendURI,
	validate.Attributes, validate.DateTime, validate.FormError, validate.IsAttributes, validate.IsSID, validate.IsText,
	validate.JSONError, validate.SID, validate.Text, validate.URI, validate.WebhookEnabled,
	validatorv10.ErrorOf, validatorv10.Register, validatorv10.RegisterTranslations, validatorv10.RegisterWords,
}

// wrappers call what needs preparation: generic functions, methods that would use
// the network, and RandomFailures, which returns a function.
var wrappers = map[string]any{
	"encode/httpwire.Client.Create":    createInMemory, // the zero Client calls the real service
	"encode/httpwire.Client.CreateAll": createAllInMemory,
	"encode/httpwire.Client.Fetch":     fetchInMemory,
	"user.FromPtr":                     user.FromPtr[string],
	"user.Null":                        user.Null[string],
	"user.Some":                        user.Some[string],
	"user/usertest.RandomFailures":     randomFailure,
	"user/usertest.Server.Close":       func(o *usertest.Options) { usertest.NewServer(o).Close() }, // the zero Server has a nil *httptest.Server
}

// receivers are the exported types that have methods.
var receivers = []reflect.Type{
	reflect.TypeFor[httpwire.RequestError](), reflect.TypeFor[httpwire.Outcome](),
	reflect.TypeFor[user.APIError](), reflect.TypeFor[user.Class](), reflect.TypeFor[user.CreateRequest](),
	reflect.TypeFor[user.User](), reflect.TypeFor[user.Links](), reflect.TypeFor[user.Ref](),
	reflect.TypeFor[user.AccountSID](), reflect.TypeFor[user.ChatServiceSID](), reflect.TypeFor[user.RoleSID](),
	reflect.TypeFor[user.UserSID](), reflect.TypeFor[user.Attributes](), reflect.TypeFor[user.DateTime](),
	reflect.TypeFor[user.Opt[string]](), reflect.TypeFor[user.Opt[bool]](), reflect.TypeFor[user.Opt[user.Links]](),
	reflect.TypeFor[user.Opt[user.AccountSID]](), reflect.TypeFor[user.Opt[user.ChatServiceSID]](),
	reflect.TypeFor[user.Opt[user.RoleSID]](), reflect.TypeFor[user.Opt[user.UserSID]](),
	reflect.TypeFor[user.Opt[user.Attributes]](), reflect.TypeFor[user.Opt[user.DateTime]](),
	reflect.TypeFor[usertest.Handler](),
	reflect.TypeFor[validate.Advice](), reflect.TypeFor[validate.Code](), reflect.TypeFor[validate.Error](), reflect.TypeFor[validate.Errors](), reflect.TypeFor[validate.Hint](),
}

// created answers each request with 201, from memory.
type created struct{}

func (created) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`
	return &http.Response{StatusCode: http.StatusCreated, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func inMemory(base string) *httpwire.Client {
	return &httpwire.Client{Base: base, Credentials: httpwire.BasicAuth(base, base), HTTP: &http.Client{Transport: created{}}}
}

func createInMemory(base string, r *user.CreateRequest) (user.User, httpwire.ResponseHeader, error) {
	return inMemory(base).Create(context.Background(), r)
}

func createAllInMemory(base string, r user.CreateRequest, n int) (results []httpwire.Result) {
	o := &httpwire.CreateAllOptions{Rate: float64(n), Burst: n, InFlight: n, Tries: n}
	for _, result := range inMemory(base).CreateAll(context.Background(), slices.All([]user.CreateRequest{r}), o) {
		results = append(results, result)
	}
	return results
}

func fetchInMemory(base, key string) (user.User, error) {
	return inMemory(base).Fetch(context.Background(), key)
}

func randomFailure(oneIn int, failures []usertest.Failure) (usertest.Failure, bool) {
	return usertest.RandomFailures(1, oneIn, failures...)(nil)
}

const modulePath = "github.com/convuser/convuser/"

// A callee is an exported function, or a method with its receiver as the
// first parameter.
type callee struct {
	name string
	fn   reflect.Value
}

// callees returns all callees in the order of their names.
func callees() (all []callee) {
	for _, f := range functions {
		fn := reflect.ValueOf(f)
		all = append(all, callee{strings.TrimPrefix(runtime.FuncForPC(fn.Pointer()).Name(), modulePath), fn})
	}
	for name, f := range wrappers {
		all = append(all, callee{name, reflect.ValueOf(f)})
	}
	for _, t := range receivers {
		p := reflect.PointerTo(t)
		for i := range p.NumMethod() {
			m := p.Method(i)
			if byValue, ok := t.MethodByName(m.Name); ok {
				m = byValue
			}
			generic, _, _ := strings.Cut(t.Name(), "[")
			name := strings.TrimPrefix(t.PkgPath(), modulePath) + "." + generic + "." + m.Name
			all = append(all, callee{name, m.Func})
		}
	}
	slices.SortStableFunc(all, func(a, b callee) int { return strings.Compare(a.name, b.name) })
	return all
}

// exportedFunc matches a function or method in .ci/api.txt: its package, the
// type that has it, and its name.
var exportedFunc = regexp.MustCompile(`(?m)^pkg ([a-z0-9/]+), func (?:\(\*?[a-z0-9]+\.([A-Za-z]+)[^)]*\)|[a-z0-9]+)\.([A-Za-z0-9]+)[(\[]`)

// TestCallees: what is called is every exported function and method.
func TestCallees(t *testing.T) {
	var want, got []string
	for _, m := range exportedFunc.FindAllStringSubmatch(vectors.File(t, ".ci/api.txt"), -1) {
		name := m[1] + "."
		if m[2] != "" {
			name += m[2] + "."
		}
		want = append(want, name+m[3])
	}
	for _, c := range callees() {
		got = append(got, c.name)
	}
	slices.Sort(want)
	if d := cmp.Diff(want, slices.Compact(got)); d != "" {
		t.Errorf("callees, -exported +called:\n%s", d)
	}
}

// makers make a value from a string where reflection alone cannot.
var makers = map[reflect.Type]func(s string) any{
	reflect.TypeFor[user.Opt[string]]():              stringOpt[string],
	reflect.TypeFor[user.Opt[user.AccountSID]]():     stringOpt[user.AccountSID],
	reflect.TypeFor[user.Opt[user.ChatServiceSID]](): stringOpt[user.ChatServiceSID],
	reflect.TypeFor[user.Opt[user.RoleSID]]():        stringOpt[user.RoleSID],
	reflect.TypeFor[user.Opt[user.UserSID]]():        stringOpt[user.UserSID],
	reflect.TypeFor[user.Opt[user.Attributes]]():     stringOpt[user.Attributes],
	reflect.TypeFor[user.Opt[user.DateTime]]():       stringOpt[user.DateTime],
	reflect.TypeFor[user.Opt[bool]]():                func(s string) any { return user.Some(s == "true") },
	reflect.TypeFor[user.Opt[user.Links]](): func(s string) any {
		return user.Some(user.Links{UserConversations: user.Some(s), Unknown: s})
	},
	reflect.TypeFor[context.Context]():              func(string) any { return context.Background() },
	reflect.TypeFor[error]():                        func(s string) any { return validate.Code(s) },
	reflect.TypeFor[http.Header]():                  func(s string) any { return http.Header{"Content-Type": {s}, s: {s, s}} },
	reflect.TypeFor[url.Values]():                   func(s string) any { return url.Values{"Identity": {s}, "Attributes": {s, s}, s: {s}} },
	reflect.TypeFor[http.ResponseWriter]():          func(string) any { return httptest.NewRecorder() },
	reflect.TypeFor[*http.Request]():                func(s string) any { return hostileRequest(s) },
	reflect.TypeFor[*http.Response]():               func(s string) any { return hostileResponse(s) },
	reflect.TypeFor[http.Handler]():                 func(s string) any { return usertest.NewHandler(&usertest.Options{MaxUsers: len(s)}) },
	reflect.TypeFor[*usertest.Handler]():            func(s string) any { return usertest.NewHandler(&usertest.Options{MaxUsers: len(s)}) },
	reflect.TypeFor[*form.Encoder]():                func(string) any { return form.NewEncoder() },
	reflect.TypeFor[*form.Decoder]():                func(string) any { return form.NewDecoder() },
	reflect.TypeFor[*validator.Validate]():          func(string) any { return validator.New(validator.WithRequiredStructEnabled()) },
	reflect.TypeFor[validator.FieldError]():         func(s string) any { return fieldError(s) },
	reflect.TypeFor[ut.Translator]():                func(string) any { return translator() },
	reflect.TypeFor[func(*validate.Error) string](): func(string) any { return (*validate.Error).Error },
	reflect.TypeFor[func(*http.Request) (usertest.Failure, bool)](): func(s string) any {
		return usertest.RandomFailures(1, len(s), usertest.Failure{})
	},
	reflect.TypeFor[any](): func(s string) any { return &user.CreateRequest{Identity: s, FriendlyName: user.Some(s)} },
}

// stringOpt returns an Opt with the value s, or null for "null".
func stringOpt[T interface {
	user.Value
	~string
}](s string) any {
	if s == "null" {
		return user.Null[T]()
	}
	return user.Some(T(s))
}

func hostileRequest(s string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+httpwire.Path, strings.NewReader("Identity="+url.QueryEscape(s)+"&Attributes="+s))
	r.Host = s
	r.SetBasicAuth(s, s)
	r.Header.Set("Content-Type", httpwire.FormType)
	if s == "true" || s == "\x00" {
		r.Header.Set(user.WebhookHeader, s)
	}
	return r
}

func hostileResponse(s string) *http.Response {
	return &http.Response{
		StatusCode: 200 + len(s)%2, // 201 is no error
		Header:     http.Header{"Content-Type": {s}, "Retry-After": {s}, "Access-Control-Allow-Credentials": {s}},
		Body:       io.NopCloser(strings.NewReader(s)),
	}
}

// fieldError returns an error of validator/v10 for a field of a user.
func fieldError(s string) validator.FieldError {
	v := validator.New(validator.WithRequiredStructEnabled())
	_ = validatorv10.Register(v)
	all, _ := v.Struct(user.User{SID: user.Some(user.UserSID("-" + s))}).(validator.ValidationErrors)
	return all[0]
}

func translator() ut.Translator {
	t, _ := ut.New(en.New()).GetTranslator("en")
	return t
}

// zeros stand for nil where net/http promises a value, or where the method needs
// one.
var zeros = map[reflect.Type]func() any{
	reflect.TypeFor[http.ResponseWriter](): func() any { return httptest.NewRecorder() },
	reflect.TypeFor[http.Header]():         func() any { return http.Header{} },
	reflect.TypeFor[*http.Request]():       func() any { return &http.Request{URL: &url.URL{}} },
	reflect.TypeFor[*http.Response]():      func() any { return &http.Response{} },
	reflect.TypeFor[*usertest.Handler]():   func() any { return new(usertest.Handler) },
}

// zero returns the zero value of t, nil for a pointer.
func zero(t reflect.Type) reflect.Value {
	if f := zeros[t]; f != nil {
		return reflect.ValueOf(f())
	}
	return reflect.Zero(t)
}

// pointed returns the zero value of t, or a pointer to one if t points to a type of
// this library.
func pointed(t reflect.Type) reflect.Value {
	if pointsToOurs(t) {
		return reflect.New(t.Elem())
	}
	return zero(t)
}

func pointsToOurs(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && strings.HasPrefix(t.Elem().PkgPath(), modulePath)
}

// argument returns a value of type t with s in every place that can hold it.
func argument(t reflect.Type, s string) reflect.Value {
	v := reflect.New(t).Elem()
	fillWith(v, s)
	return v
}

// fillWith puts s into v. The first of two elements stays zero. A number is the
// length of s less 1, so that one is negative.
func fillWith(v reflect.Value, s string) {
	if f := makers[v.Type()]; f != nil {
		v.Set(reflect.ValueOf(f(s)))
		return
	}
	switch n := len(s) - 1; v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		v.SetBool(s != "")
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Uint8:
		v.SetUint(uint64(n) % (math.MaxUint8 + 1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillWith(v.Elem(), s)
	case reflect.Slice:
		fillSliceWith(v, s)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillWith(v.Field(i), s)
			}
		}
	default:
		panic("fuzz: makers lacks " + v.Type().String())
	}
}

func fillSliceWith(v reflect.Value, s string) {
	if v.Type().Elem().Kind() == reflect.Uint8 && v.Type().Elem().PkgPath() == "" {
		v.SetBytes(slices.Clip([]byte(s))) // no capacity for two goroutines to append to
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 2, 2))
	fillWith(v.Index(1), s)
}

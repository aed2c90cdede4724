package peers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/convuser/convuser/user"
)

// An Input is one request and one or many users, in every type that a contender
// takes. It is made without convuser's codecs, with members and pairs in the
// documentation's order.
type Input struct {
	Name string
	// Shape and Size describe the Attributes; Shape is empty for those of the
	// documentation.
	Shape string
	Size  int

	Request user.CreateRequest
	Plain   Request // the same
	Form    string  // the same

	Users    []user.User
	Models   []Model        // the same
	Pointers []PointerModel // the same
	Docs     []Document     // the same

	next *Input // read afterwards with the same reader, for a probe
}

// A Document is a JSON text, in both types so that no contender converts it.
type Document struct {
	Text  string
	Bytes []byte
}

// Request is the request as a struct for other libraries.
type Request struct {
	Identity     string `form:"Identity" schema:"Identity" validate:"required"`
	FriendlyName string `form:"FriendlyName" schema:"FriendlyName"`
	Attributes   string `form:"Attributes" schema:"Attributes" validate:"omitempty,json,startswith={"`
	RoleSid      string `form:"RoleSid" schema:"RoleSid" validate:"omitempty,role"`
}

// Model is the user with plain strings, the fastest type for decoders that fill
// a struct: they need not allocate for each string. It cannot tell null, absent
// and empty apart.
type Model struct {
	SID            string     `json:"sid"`
	URL            string     `json:"url"`
	Links          ModelLinks `json:"links"`
	Identity       string     `json:"identity"`
	RoleSID        string     `json:"role_sid"`
	IsOnline       *bool      `json:"is_online"`
	Attributes     string     `json:"attributes"`
	AccountSID     string     `json:"account_sid"`
	DateCreated    string     `json:"date_created"`
	DateUpdated    string     `json:"date_updated"`
	FriendlyName   string     `json:"friendly_name"`
	IsNotifiable   *bool      `json:"is_notifiable"`
	ChatServiceSID string     `json:"chat_service_sid"`
}

// ModelLinks is the member links of Model.
type ModelLinks struct {
	UserConversations string `json:"user_conversations"`
}

// PointerModel is the user with a nil pointer for null, the usual type where
// every member may be null. It cannot tell absent from null.
type PointerModel struct {
	SID            *string       `json:"sid"`
	URL            *string       `json:"url"`
	Links          *PointerLinks `json:"links"`
	Identity       *string       `json:"identity"`
	RoleSID        *string       `json:"role_sid"`
	IsOnline       *bool         `json:"is_online"`
	Attributes     *string       `json:"attributes"`
	AccountSID     *string       `json:"account_sid"`
	DateCreated    *string       `json:"date_created"`
	DateUpdated    *string       `json:"date_updated"`
	FriendlyName   *string       `json:"friendly_name"`
	IsNotifiable   *bool         `json:"is_notifiable"`
	ChatServiceSID *string       `json:"chat_service_sid"`
}

// PointerLinks is the member links of PointerModel.
type PointerLinks struct {
	UserConversations *string `json:"user_conversations"`
}

// Inputs returns all inputs; quick leaves out the largest.
func Inputs(quick bool) []*Input {
	const kb = 1 << 10
	list := []*Input{
		newInput("small", "", documentedAttributes),
		newInput("4 KB, flat records", "flat records", records(4*kb)),
		newInput("4 KB, escape-dense", "escape-dense", jsonInJSON(4*kb)),
		newInput("4 KB, ASCII prose", "ASCII prose", prose(4*kb, englishWords)),
		newInput("4 KB, CJK", "CJK", prose(4*kb, chineseWords)),
		newInput("64 KB, flat records", "flat records", records(64*kb)),
	}
	if !quick {
		list = append(list,
			newInput("64 KB, ASCII prose", "ASCII prose", prose(64*kb, englishWords)),
			newInput("1 MB, flat records", "flat records", records(1024*kb)),
			newInput("1 MB, ASCII prose", "ASCII prose", prose(1024*kb, englishWords)))
	}
	return append(list, manyUsers(50))
}

const (
	documentedAttributes = `{ "duty": "tech" }`
	documentedForm       = "RoleSid=RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&Identity=admin&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D&FriendlyName=name"
	userURL              = "https://conversations.twilio.com/v1/Users/"
)

// newInput returns the documentation's example with other Attributes.
func newInput(name, shape, attributes string) *Input {
	const sid = "USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	online := true
	m := Model{
		SID:            sid,
		URL:            userURL + sid,
		Links:          ModelLinks{userURL + sid + "/Conversations"},
		Identity:       "admin",
		RoleSID:        "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		IsOnline:       &online,
		Attributes:     attributes,
		AccountSID:     "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		DateCreated:    "2019-12-16T22:18:37Z",
		DateUpdated:    "2019-12-16T22:18:38Z",
		FriendlyName:   "name",
		ChatServiceSID: "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	}
	return inputOf(name, shape, len(attributes), m)
}

// manyUsers returns n different users, such as a page of them.
func manyUsers(n int) *Input {
	models := make([]Model, n)
	for i := range models {
		hex := fmt.Sprintf("%032x", uint64(i+1)*0x9e3779b97f4a7c15)
		online := i%2 == 0
		models[i] = Model{
			SID:            "US" + hex,
			URL:            userURL + "US" + hex,
			Links:          ModelLinks{userURL + "US" + hex + "/Conversations"},
			Identity:       fmt.Sprintf("user%d@example.com", i),
			RoleSID:        "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			IsOnline:       &online,
			Attributes:     fmt.Sprintf(`{ "duty": "%s", "desk": %d }`, pick(englishWords, i), 100+i),
			AccountSID:     "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			DateCreated:    fmt.Sprintf("2019-12-16T22:18:%02dZ", i%60),
			DateUpdated:    fmt.Sprintf("2019-12-17T22:18:%02dZ", i%60),
			FriendlyName:   "Name " + pick(englishWords, i),
			ChatServiceSID: "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		}
	}
	return inputOf(fmt.Sprintf("%d users", n), "", 0, models...)
}

func inputOf(name, shape string, size int, models ...Model) *Input {
	m := &models[0]
	in := &Input{
		Name: name, Shape: shape, Size: size,
		Plain:  Request{m.Identity, m.FriendlyName, m.Attributes, m.RoleSID},
		Models: models,
	}
	in.Request = in.Plain.request()
	in.Form = documentedForm
	if size > 0 {
		in.Form = "RoleSid=" + url.QueryEscape(m.RoleSID) + "&Identity=" + url.QueryEscape(m.Identity) +
			"&Attributes=" + url.QueryEscape(m.Attributes) + "&FriendlyName=" + url.QueryEscape(m.FriendlyName)
	}
	for i := range models {
		in.Users = append(in.Users, models[i].user())
		in.Pointers = append(in.Pointers, models[i].pointers())
		in.Docs = append(in.Docs, newDocument(marshal(&models[i])))
	}
	return in
}

func newDocument(text string) Document { return Document{text, []byte(text)} }

// marshal returns v as compact JSON without HTML escapes.
func marshal(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// userInput returns an input for probes of writing. A member that a model cannot
// express is empty in it, or null.
func userInput(u user.User) *Input {
	links := u.Links.Or(user.Links{})
	p := PointerModel{
		SID:            toPointer[string](u.SID),
		URL:            toPointer[string](u.URL),
		Links:          &PointerLinks{toPointer[string](links.UserConversations)},
		Identity:       toPointer[string](u.Identity),
		RoleSID:        toPointer[string](u.RoleSID),
		Attributes:     toPointer[string](u.Attributes),
		AccountSID:     toPointer[string](u.AccountSID),
		DateCreated:    toPointer[string](u.DateCreated),
		DateUpdated:    toPointer[string](u.DateUpdated),
		FriendlyName:   toPointer[string](u.FriendlyName),
		ChatServiceSID: toPointer[string](u.ChatServiceSID),
	}
	if b, ok := u.IsOnline.Get(); ok {
		p.IsOnline = &b
	}
	if b, ok := u.IsNotifiable.Get(); ok {
		p.IsNotifiable = &b
	}
	m := Model{
		SID:            string(u.SID.Or("")),
		URL:            u.URL.Or(""),
		Links:          ModelLinks{links.UserConversations.Or("")},
		Identity:       u.Identity.Or(""),
		RoleSID:        string(u.RoleSID.Or("")),
		IsOnline:       p.IsOnline,
		Attributes:     string(u.Attributes.Or("")),
		AccountSID:     string(u.AccountSID.Or("")),
		DateCreated:    string(u.DateCreated.Or("")),
		DateUpdated:    string(u.DateUpdated.Or("")),
		FriendlyName:   u.FriendlyName.Or(""),
		IsNotifiable:   p.IsNotifiable,
		ChatServiceSID: string(u.ChatServiceSID.Or("")),
	}
	return &Input{Users: []user.User{u}, Models: []Model{m}, Pointers: []PointerModel{p}}
}

// request returns r as convuser's type.
func (r *Request) request() user.CreateRequest {
	return user.CreateRequest{
		Identity:     r.Identity,
		FriendlyName: user.Some(r.FriendlyName),
		Attributes:   user.Some(user.Attributes(r.Attributes)),
		RoleSID:      user.Some(user.RoleSID(r.RoleSid)),
	}
}

// user returns m as convuser's type, with null for a nil pointer.
func (m *Model) user() user.User {
	return user.User{
		SID:            user.Some(user.UserSID(m.SID)),
		URL:            user.Some(m.URL),
		Links:          user.Some(user.Links{UserConversations: user.Some(m.Links.UserConversations)}),
		Identity:       user.Some(m.Identity),
		RoleSID:        user.Some(user.RoleSID(m.RoleSID)),
		IsOnline:       fromPointer(m.IsOnline),
		Attributes:     user.Some(user.Attributes(m.Attributes)),
		AccountSID:     user.Some(user.AccountSID(m.AccountSID)),
		DateCreated:    user.Some(user.DateTime(m.DateCreated)),
		DateUpdated:    user.Some(user.DateTime(m.DateUpdated)),
		FriendlyName:   user.Some(m.FriendlyName),
		IsNotifiable:   fromPointer(m.IsNotifiable),
		ChatServiceSID: user.Some(user.ChatServiceSID(m.ChatServiceSID)),
	}
}

// pointers returns m as the type with pointers.
func (m *Model) pointers() PointerModel {
	return PointerModel{
		SID:            &m.SID,
		URL:            &m.URL,
		Links:          &PointerLinks{&m.Links.UserConversations},
		Identity:       &m.Identity,
		RoleSID:        &m.RoleSID,
		IsOnline:       m.IsOnline,
		Attributes:     &m.Attributes,
		AccountSID:     &m.AccountSID,
		DateCreated:    &m.DateCreated,
		DateUpdated:    &m.DateUpdated,
		FriendlyName:   &m.FriendlyName,
		IsNotifiable:   m.IsNotifiable,
		ChatServiceSID: &m.ChatServiceSID,
	}
}

// user returns m as convuser's type.
func (m *PointerModel) user() user.User {
	u := user.User{
		SID:            textPointer[user.UserSID](m.SID),
		URL:            textPointer[string](m.URL),
		Links:          user.Null[user.Links](),
		Identity:       textPointer[string](m.Identity),
		RoleSID:        textPointer[user.RoleSID](m.RoleSID),
		IsOnline:       fromPointer(m.IsOnline),
		Attributes:     textPointer[user.Attributes](m.Attributes),
		AccountSID:     textPointer[user.AccountSID](m.AccountSID),
		DateCreated:    textPointer[user.DateTime](m.DateCreated),
		DateUpdated:    textPointer[user.DateTime](m.DateUpdated),
		FriendlyName:   textPointer[string](m.FriendlyName),
		IsNotifiable:   fromPointer(m.IsNotifiable),
		ChatServiceSID: textPointer[user.ChatServiceSID](m.ChatServiceSID),
	}
	if m.Links != nil {
		u.Links = user.Some(user.Links{UserConversations: textPointer[string](m.Links.UserConversations)})
	}
	return u
}

// text is the type of a user's member that is a string.
type text interface {
	user.Value
	~string
}

func textPointer[T text](p *string) user.Opt[T] {
	if p == nil {
		return user.Null[T]()
	}
	return user.Some(T(*p))
}

func toPointer[S ~string, T text](o user.Opt[T]) *S {
	if v, ok := o.Get(); ok {
		s := S(v)
		return &s
	}
	return nil
}

func fromPointer[T user.Value](p *T) user.Opt[T] {
	if p == nil {
		return user.Null[T]()
	}
	return user.Some(*p)
}

var (
	englishWords = strings.Fields("the conversation was handed over to a second agent at noon because the first one had left for lunch; " +
		"nobody minded, since every message is kept in order and each participant can read what was said before.")
	chineseWords = strings.Fields("会话 由 第二 位 客服 接手， 因为 第一 位 已经 下班； 没有 人 介意， 每 条 消息 都 按 顺序 保存， 参与者 可以 阅读 之前 的 内容。")
)

func pick(words []string, i int) string { return words[i*7%len(words)] }

// records returns an object with an array of small records, of at most n
// bytes and close to it.
func records(n int) string {
	return fill(n, `{"records":[`, `]}`, func(i int) string {
		comma := ","
		if i == 0 {
			comma = ""
		}
		return fmt.Sprintf(`%s{"id":%d,"name":"%s %s","score":%d.%02d,"active":%t,"team":null}`,
			comma, 1000+i, pick(englishWords, i), pick(englishWords, i+3), i%100, i%97, i%3 == 0)
	})
}

// jsonInJSON returns an object whose only value is a string with the JSON text of
// records, which have quotes and backslashes in strings of their own.
func jsonInJSON(n int) string {
	return fill(n, `{"payload":"[`, `]"}`, func(i int) string {
		comma := ","
		if i == 0 {
			comma = ""
		}
		return comma + quoteInner(fmt.Sprintf(`{"id":%d,"said":"\"%s\" and \\ %s\n","ok":true}`, 1000+i, pick(englishWords, i), pick(englishWords, i+1)))
	})
}

// quoteInner returns s escaped for a JSON string, without the quotes.
func quoteInner(s string) string {
	q := marshal(s)
	return q[1 : len(q)-1]
}

// prose returns an object with one string of about n bytes.
func prose(n int, words []string) string {
	space := " "
	if words[0][0] >= 0x80 {
		space = ""
	}
	return fill(n, `{"bio":"`, `"}`, func(i int) string {
		if i%60 == 59 {
			return words[i%len(words)] + `\n`
		}
		return words[i%len(words)] + space
	})
}

// fill returns before, as many parts as fit, and after, at most n bytes in all.
func fill(n int, before, after string, part func(i int) string) string {
	var b strings.Builder
	b.WriteString(before)
	for i := 0; ; i++ {
		p := part(i)
		if b.Len()+len(p)+len(after) > n {
			return b.String() + after
		}
		b.WriteString(p)
	}
}

package user

// A Kind is the type of a member and, for a text, its rule. The zero Kind is
// TextKind.
type Kind uint8

// The kinds.
const (
	TextKind       Kind = iota // any text, see [validate.Text]
	SIDKind                    // a SID, see [validate.SID]
	AttributesKind             // the JSON text of one object, see [validate.Attributes]
	DateTimeKind               // a date-time, see [validate.DateTime]
	URIKind                    // an absolute URI, see [validate.URI]
	BoolKind                   // true or false
	LinksKind                  // a [Links]
)

// A Member describes a member of a [User] or a [CreateRequest]. The zero
// Member is not valid.
type Member struct {
	Name   string // on the wire, such as "role_sid"
	Field  string // in Go, such as "RoleSID"
	Kind   Kind
	Prefix string // of a SID, such as "RL"; "" for another kind
}

// userMembers are the members of a User, in the order of its fields and of
// errors. A new member needs three edits, at the same place in each: a field of
// User, a row here and a row in Refs. "make generate" then updates JavaScript and
// wasm/ABI.md. It changes the numbers in answers, so abi in wasm/protocol.go is
// the fourth edit.
var userMembers = [...]Member{
	{"sid", "SID", SIDKind, "US"},
	{"account_sid", "AccountSID", SIDKind, "AC"},
	{"chat_service_sid", "ChatServiceSID", SIDKind, "IS"},
	{"role_sid", "RoleSID", SIDKind, "RL"},
	{"identity", "Identity", TextKind, ""},
	{"friendly_name", "FriendlyName", TextKind, ""},
	{"attributes", "Attributes", AttributesKind, ""},
	{"is_online", "IsOnline", BoolKind, ""},
	{"is_notifiable", "IsNotifiable", BoolKind, ""},
	{"date_created", "DateCreated", DateTimeKind, ""},
	{"date_updated", "DateUpdated", DateTimeKind, ""},
	{"url", "URL", URIKind, ""},
	{"links", "Links", LinksKind, ""},
}

// NumMembers is the number of members of a [User]. It grows with the API.
const NumMembers = len(userMembers)

// Refs returns a Ref to each member of u, in the order of [UserMembers]; zero
// Refs for a nil u.
func (u *User) Refs() [NumMembers]Ref {
	if u == nil {
		return [NumMembers]Ref{}
	}
	return [...]Ref{ // a table of functions would make u escape to the heap
		{text: (*string)(&u.SID.value), state: &u.SID.state},
		{text: (*string)(&u.AccountSID.value), state: &u.AccountSID.state},
		{text: (*string)(&u.ChatServiceSID.value), state: &u.ChatServiceSID.state},
		{text: (*string)(&u.RoleSID.value), state: &u.RoleSID.state},
		{text: &u.Identity.value, state: &u.Identity.state},
		{text: &u.FriendlyName.value, state: &u.FriendlyName.state},
		{text: (*string)(&u.Attributes.value), state: &u.Attributes.state},
		{Bool: &u.IsOnline},
		{Bool: &u.IsNotifiable},
		{text: (*string)(&u.DateCreated.value), state: &u.DateCreated.state},
		{text: (*string)(&u.DateUpdated.value), state: &u.DateUpdated.state},
		{text: &u.URL.value, state: &u.URL.state},
		{Links: &u.Links},
	}
}

// UserMembers returns the descriptions of the members of a [User], in the
// order of its fields.
func UserMembers() [NumMembers]Member { return userMembers }

// requestMembers are the members of a CreateRequest, in the order of its fields.
// A request has no Refs: a loop over them was slower than naming its members.
var requestMembers = [...]Member{
	{"Identity", "Identity", TextKind, ""},
	{"FriendlyName", "FriendlyName", TextKind, ""},
	{"Attributes", "Attributes", AttributesKind, ""},
	{"RoleSid", "RoleSID", SIDKind, "RL"},
	{WebhookHeader, "WebhookEnabled", BoolKind, ""},
}

// RequestMembers returns the descriptions of the members of a [CreateRequest],
// in the order of its fields. The last one is the header.
func RequestMembers() [len(requestMembers)]Member { return requestMembers }

// A Ref refers to a member of a [User], so that a loop can read and write members
// of all types. The zero Ref refers to no member.
type Ref struct {
	Bool  *Opt[bool]  // nil if the member is not a boolean
	Links *Opt[Links] // nil if the member is not links
	text  *string
	state *state
}

// Text returns the member if it is a text, else an absent one.
func (r Ref) Text() Opt[string] {
	if r.text == nil {
		return Opt[string]{}
	}
	return Opt[string]{*r.text, *r.state}
}

// IsNull reports whether the member is null.
func (r Ref) IsNull() bool {
	return r.Text().IsNull() || r.Bool != nil && r.Bool.IsNull() || r.Links != nil && r.Links.IsNull()
}

// SetText sets the member to o. It does nothing if the member is not a text.
func (r Ref) SetText(o Opt[string]) {
	if r.text != nil {
		*r.text, *r.state = o.value, o.state
	}
}

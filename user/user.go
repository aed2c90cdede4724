package user

import "github.com/convuser/convuser/validate"

// A User is the body of a 201. Every member may be absent or null: real answers
// lack some, and the contract allows null in all. The zero User is an empty
// object; a nil *User reads as the zero one.
type User struct {
	SID            Opt[UserSID]        `json:"sid,omitzero" form:"sid"`                           // the user: ^US[0-9a-fA-F]{32}$
	AccountSID     Opt[AccountSID]     `json:"account_sid,omitzero" form:"account_sid"`           // its account: ^AC[0-9a-fA-F]{32}$
	ChatServiceSID Opt[ChatServiceSID] `json:"chat_service_sid,omitzero" form:"chat_service_sid"` // its Conversation Service: ^IS[0-9a-fA-F]{32}$
	RoleSID        Opt[RoleSID]        `json:"role_sid,omitzero" form:"role_sid"`                 // its service-level role: ^RL[0-9a-fA-F]{32}$
	Identity       Opt[string]         `json:"identity,omitzero" form:"identity"`                 // unique in the service, case-sensitive
	FriendlyName   Opt[string]         `json:"friendly_name,omitzero" form:"friendly_name"`       // describes the user
	Attributes     Opt[Attributes]     `json:"attributes,omitzero" form:"attributes"`             // JSON text of one object
	IsOnline       Opt[bool]           `json:"is_online,omitzero" form:"is_online"`               // connected now; null without reachability
	IsNotifiable   Opt[bool]           `json:"is_notifiable,omitzero" form:"is_notifiable"`       // has a push registration; null likewise
	DateCreated    Opt[DateTime]       `json:"date_created,omitzero" form:"date_created"`         // RFC 3339, in GMT
	DateUpdated    Opt[DateTime]       `json:"date_updated,omitzero" form:"date_updated"`         // RFC 3339, in GMT
	URL            Opt[string]         `json:"url,omitzero" form:"url"`                           // absolute URL of the user
	Links          Opt[Links]          `json:"links,omitzero" form:"links"`                       // absolute URLs of what belongs to it

	// Unknown holds the members that this version does not know, in order and
	// byte for byte, with commas between them: `"a":1,"b":{…}`. Package encode
	// writes them after the known ones, so that a gateway is lossless. Empty
	// means none.
	Unknown string `json:"-" form:"-"`
}

// Validate returns nil if the value of every member meets the contract, else
// [validate.Errors] with one error for each invalid member, in the order of the
// fields of [User]. Offsets are within the member's value. Members that are
// absent or null are valid, and Unknown is not checked.
func (u *User) Validate() error { return asError(u.AppendErrors(nil)) }

// AppendErrors appends the errors of [User.Validate] to dst, by value. With room
// in dst it allocates nothing.
func (u *User) AppendErrors(dst []validate.Error) []validate.Error {
	if u == nil {
		return dst
	}
	refs := u.Refs()
	for k := range refs {
		s, ok := refs[k].Text().Get()
		switch m := &userMembers[k]; {
		case m.Kind == LinksKind:
			if s, ok := u.Links.value.UserConversations.Get(); ok {
				dst = validate.AppendURI(dst, "links.user_conversations", s)
			}
		case !ok:
		case m.Kind == TextKind:
			dst = validate.AppendText(dst, m.Name, s)
		case m.Kind == SIDKind:
			dst = validate.AppendSID(dst, m.Name, m.Prefix, s)
		case m.Kind == AttributesKind:
			dst = validate.AppendAttributes(dst, m.Name, s)
		case m.Kind == DateTimeKind:
			dst = validate.AppendDateTime(dst, m.Name, s)
		case m.Kind == URIKind:
			dst = validate.AppendURI(dst, m.Name, s)
		}
	}
	return dst
}

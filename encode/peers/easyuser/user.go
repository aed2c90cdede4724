// Package easyuser holds the models that easyjson generated code for: the
// same members as the models of package peers, with easyjson's tag nocopy,
// its documented way of not copying strings that have no escape.
package easyuser

//lint:file-ignore SA5008 nocopy is an option of easyjson

// To generate again, with easyjson of the version in go.mod:
//
//	easyjson -all easyuser/user.go

// User has plain strings: it cannot tell null from empty.
type User struct {
	SID            string `json:"sid,nocopy"`
	URL            string `json:"url,nocopy"`
	Links          Links  `json:"links"`
	Identity       string `json:"identity,nocopy"`
	RoleSID        string `json:"role_sid,nocopy"`
	IsOnline       *bool  `json:"is_online"`
	Attributes     string `json:"attributes,nocopy"`
	AccountSID     string `json:"account_sid,nocopy"`
	DateCreated    string `json:"date_created,nocopy"`
	DateUpdated    string `json:"date_updated,nocopy"`
	FriendlyName   string `json:"friendly_name,nocopy"`
	IsNotifiable   *bool  `json:"is_notifiable"`
	ChatServiceSID string `json:"chat_service_sid,nocopy"`
}

// Links is the member links of User.
type Links struct {
	UserConversations string `json:"user_conversations,nocopy"`
}

// PointerUser has a nil pointer for null.
type PointerUser struct {
	SID            *string       `json:"sid,nocopy"`
	URL            *string       `json:"url,nocopy"`
	Links          *PointerLinks `json:"links"`
	Identity       *string       `json:"identity,nocopy"`
	RoleSID        *string       `json:"role_sid,nocopy"`
	IsOnline       *bool         `json:"is_online"`
	Attributes     *string       `json:"attributes,nocopy"`
	AccountSID     *string       `json:"account_sid,nocopy"`
	DateCreated    *string       `json:"date_created,nocopy"`
	DateUpdated    *string       `json:"date_updated,nocopy"`
	FriendlyName   *string       `json:"friendly_name,nocopy"`
	IsNotifiable   *bool         `json:"is_notifiable"`
	ChatServiceSID *string       `json:"chat_service_sid,nocopy"`
}

// PointerLinks is the member links of PointerUser.
type PointerLinks struct {
	UserConversations *string `json:"user_conversations,nocopy"`
}

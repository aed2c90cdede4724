package peers

import (
	"encoding/json"
	"time"

	twilio "github.com/twilio/twilio-go/rest/conversations/v1"

	"github.com/convuser/convuser/encode/peers/easyuser"
	"github.com/convuser/convuser/encode/peers/ogenuser"
	"github.com/convuser/convuser/user"
)

// Conversions of users from and to the types of other packages.

func toEasy(m *Model) easyuser.User {
	return easyuser.User{
		SID: m.SID, URL: m.URL, Links: easyuser.Links(m.Links), Identity: m.Identity, RoleSID: m.RoleSID,
		IsOnline: m.IsOnline, Attributes: m.Attributes, AccountSID: m.AccountSID,
		DateCreated: m.DateCreated, DateUpdated: m.DateUpdated, FriendlyName: m.FriendlyName,
		IsNotifiable: m.IsNotifiable, ChatServiceSID: m.ChatServiceSID,
	}
}

func fromEasy(e *easyuser.User) user.User {
	m := Model{
		SID: e.SID, URL: e.URL, Links: ModelLinks(e.Links), Identity: e.Identity, RoleSID: e.RoleSID,
		IsOnline: e.IsOnline, Attributes: e.Attributes, AccountSID: e.AccountSID,
		DateCreated: e.DateCreated, DateUpdated: e.DateUpdated, FriendlyName: e.FriendlyName,
		IsNotifiable: e.IsNotifiable, ChatServiceSID: e.ChatServiceSID,
	}
	return m.user()
}

func fromEasyPointers(e *easyuser.PointerUser) user.User {
	m := PointerModel{
		SID: e.SID, URL: e.URL, Links: (*PointerLinks)(e.Links), Identity: e.Identity, RoleSID: e.RoleSID,
		IsOnline: e.IsOnline, Attributes: e.Attributes, AccountSID: e.AccountSID,
		DateCreated: e.DateCreated, DateUpdated: e.DateUpdated, FriendlyName: e.FriendlyName,
		IsNotifiable: e.IsNotifiable, ChatServiceSID: e.ChatServiceSID,
	}
	return m.user()
}

func toOgen(u *user.User) (g ogenuser.User) {
	g = ogenuser.User{
		Sid: ogenText(u.SID), URL: ogenText(u.URL), Identity: ogenText(u.Identity), RoleSid: ogenText(u.RoleSID),
		IsOnline: ogenBool(u.IsOnline), Attributes: ogenText(u.Attributes), AccountSid: ogenText(u.AccountSID),
		DateCreated: ogenText(u.DateCreated), DateUpdated: ogenText(u.DateUpdated), FriendlyName: ogenText(u.FriendlyName),
		IsNotifiable: ogenBool(u.IsNotifiable), ChatServiceSid: ogenText(u.ChatServiceSID),
	}
	if l, ok := u.Links.Get(); ok {
		g.Links = ogenuser.NewOptNilUserLinks(ogenuser.UserLinks{UserConversations: ogenText(l.UserConversations)})
	} else if u.Links.IsNull() {
		g.Links.SetToNull()
	}
	return g
}

func fromOgen(g *ogenuser.User) user.User {
	u := user.User{
		SID: fromOgenText[user.UserSID](g.Sid), URL: fromOgenText[string](g.URL),
		Identity: fromOgenText[string](g.Identity), RoleSID: fromOgenText[user.RoleSID](g.RoleSid),
		IsOnline: fromOgenBool(g.IsOnline), Attributes: fromOgenText[user.Attributes](g.Attributes),
		AccountSID: fromOgenText[user.AccountSID](g.AccountSid), DateCreated: fromOgenText[user.DateTime](g.DateCreated),
		DateUpdated: fromOgenText[user.DateTime](g.DateUpdated), FriendlyName: fromOgenText[string](g.FriendlyName),
		IsNotifiable: fromOgenBool(g.IsNotifiable), ChatServiceSID: fromOgenText[user.ChatServiceSID](g.ChatServiceSid),
	}
	if l, ok := g.Links.Get(); ok {
		u.Links = user.Some(user.Links{UserConversations: fromOgenText[string](l.UserConversations)})
	} else if g.Links.Null {
		u.Links = user.Null[user.Links]()
	}
	return u
}

func ogenText[T text](o user.Opt[T]) ogenuser.OptNilString {
	v, ok := o.Get()
	return ogenuser.OptNilString{Value: string(v), Set: ok || o.IsNull(), Null: o.IsNull()}
}

func ogenBool(o user.Opt[bool]) ogenuser.OptNilBool {
	v, ok := o.Get()
	return ogenuser.OptNilBool{Value: v, Set: ok || o.IsNull(), Null: o.IsNull()}
}

func fromOgenText[T text](o ogenuser.OptNilString) user.Opt[T] {
	switch {
	case o.Null:
		return user.Null[T]()
	case o.Set:
		return user.Some(T(o.Value))
	}
	return user.Opt[T]{}
}

func fromOgenBool(o ogenuser.OptNilBool) user.Opt[bool] {
	switch {
	case o.Null:
		return user.Null[bool]()
	case o.Set:
		return user.Some(o.Value)
	}
	return user.Opt[bool]{}
}

func toSDK(p *PointerModel) twilio.ConversationsV1User {
	s := twilio.ConversationsV1User{
		Sid: p.SID, AccountSid: p.AccountSID, ChatServiceSid: p.ChatServiceSID, RoleSid: p.RoleSID,
		Identity: p.Identity, FriendlyName: p.FriendlyName, Attributes: p.Attributes,
		IsOnline: p.IsOnline, IsNotifiable: p.IsNotifiable,
		DateCreated: sdkTime(p.DateCreated), DateUpdated: sdkTime(p.DateUpdated), Url: p.URL,
	}
	if p.Links != nil && p.Links.UserConversations != nil {
		s.Links = &map[string]any{"user_conversations": *p.Links.UserConversations}
	}
	return s
}

func sdkTime(s *string) *time.Time {
	if s == nil {
		return nil
	}
	t := must(time.Parse(time.RFC3339Nano, *s))
	return &t
}

func fromSDK(s *twilio.ConversationsV1User) user.User {
	p := PointerModel{
		SID: s.Sid, AccountSID: s.AccountSid, ChatServiceSID: s.ChatServiceSid, RoleSID: s.RoleSid,
		Identity: s.Identity, FriendlyName: s.FriendlyName, Attributes: s.Attributes,
		IsOnline: s.IsOnline, IsNotifiable: s.IsNotifiable,
		DateCreated: sdkDate(s.DateCreated), DateUpdated: sdkDate(s.DateUpdated), URL: s.Url,
	}
	if s.Links != nil {
		p.Links = new(PointerLinks)
		if link, ok := (*s.Links)["user_conversations"].(string); ok {
			p.Links.UserConversations = &link
		}
	}
	return p.user()
}

func sdkDate(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.Format(time.RFC3339Nano)
	return &s
}

// withoutNulls replaces null members of users by absent ones.
func withoutNulls(answer any) any {
	users, ok := answer.([]user.User)
	if !ok {
		return answer
	}
	var list []any
	for i := range users {
		var v any
		must(0, json.Unmarshal(must(json.Marshal(&users[i])), &v))
		list = append(list, dropNulls(v))
	}
	return list
}

func dropNulls(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name, member := range m {
		if member == nil {
			delete(m, name)
		} else {
			m[name] = dropNulls(member)
		}
	}
	return m
}

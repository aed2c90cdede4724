package user

import "strings"

// Clone returns a copy of r that does not share memory with the text that r was
// parsed from. Its strings share one allocation.
func (r CreateRequest) Clone() CreateRequest {
	cloneTexts(&r.Identity, &r.FriendlyName.value, (*string)(&r.Attributes.value), (*string)(&r.RoleSID.value))
	return r
}

// Clone returns a copy of u that does not share memory with the text that u was
// parsed from. Its strings share one allocation.
func (u User) Clone() User {
	refs := u.Refs()
	texts := [...]*string{len(refs): &u.Links.value.UserConversations.value, &u.Links.value.Unknown, &u.Unknown}
	for k := range refs {
		texts[k] = refs[k].text
	}
	cloneTexts(texts[:]...)
	return u
}

// cloneTexts replaces each text by a copy, in one allocation. It skips nil
// pointers.
func cloneTexts(texts ...*string) {
	n := 0
	for _, s := range texts {
		if s != nil {
			n += len(*s)
		}
	}
	var b strings.Builder
	b.Grow(n)
	for _, s := range texts {
		if s != nil {
			b.WriteString(*s)
			*s = b.String()[b.Len()-len(*s):]
		}
	}
}

package user

import "strings"

// Clone returns a copy of r that no longer holds on to the text that it was
// parsed from. All its strings share one allocation.
func (r CreateRequest) Clone() CreateRequest {
	k := keeper{}
	for range 2 {
		k.turn()
		k.keep(&r.Identity)
		k.keep(&r.FriendlyName.value)
		k.keep((*string)(&r.Attributes.value))
		k.keep((*string)(&r.RoleSID.value))
	}
	return r
}

// Clone returns a copy of u that no longer holds on to the text that it was
// parsed from. All its strings share one allocation.
func (u User) Clone() User {
	k := keeper{}
	for range 2 {
		k.turn()
		k.keep((*string)(&u.SID.value))
		k.keep((*string)(&u.AccountSID.value))
		k.keep((*string)(&u.ChatServiceSID.value))
		k.keep((*string)(&u.RoleSID.value))
		k.keep(&u.Identity.value)
		k.keep(&u.FriendlyName.value)
		k.keep((*string)(&u.Attributes.value))
		k.keep((*string)(&u.DateCreated.value))
		k.keep((*string)(&u.DateUpdated.value))
		k.keep(&u.URL.value)
		k.keep(&u.Links.value.UserConversations.value)
		k.keep(&u.Links.value.Unknown)
		k.keep(&u.Unknown)
	}
	return u
}

// A keeper copies strings into one allocation. It sees each twice: in the
// first turn it adds up their lengths, in the second it copies them.
type keeper struct {
	total int
	turns int
	b     strings.Builder
}

func (k *keeper) turn() {
	if k.turns++; k.turns == 2 {
		k.b.Grow(k.total)
	}
}

func (k *keeper) keep(s *string) {
	if k.turns == 1 {
		k.total += len(*s)
		return
	}
	start := k.b.Len()
	k.b.WriteString(*s)
	*s = k.b.String()[start:]
}

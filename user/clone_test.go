package user_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/convuser/convuser/user"
)

// TestCloneSharesNoMemory with the original, whichever members there are, so that
// the source can be freed.
func TestCloneSharesNoMemory(t *testing.T) {
	text := func() string { return strings.Repeat("a", 8) }
	r := user.CreateRequest{Identity: text(), FriendlyName: user.Some(text()), Attributes: user.Some(user.Attributes(text())), RoleSID: user.Some(user.RoleSID(text()))}
	noneShared(t, requestTexts(r), requestTexts(r.Clone()))
	u := user.User{
		SID: user.Some(user.UserSID(text())), AccountSID: user.Some(user.AccountSID(text())),
		ChatServiceSID: user.Some(user.ChatServiceSID(text())), RoleSID: user.Some(user.RoleSID(text())),
		Identity: user.Some(text()), FriendlyName: user.Some(text()), Attributes: user.Some(user.Attributes(text())),
		DateCreated: user.Some(user.DateTime(text())), DateUpdated: user.Some(user.DateTime(text())), URL: user.Some(text()),
		Links: user.Some(user.Links{UserConversations: user.Some(text()), Unknown: text()}), Unknown: text(),
	}
	noneShared(t, userTexts(u), userTexts(u.Clone()))
}

// TestCloneAllocates: all texts of a copy are in one allocation.
func TestCloneAllocates(t *testing.T) {
	text := strings.Repeat("a", 100)
	r := user.CreateRequest{Identity: text, FriendlyName: user.Some(text)}
	u := user.User{Identity: user.Some(text), Attributes: user.Some(user.Attributes(text)), Unknown: text[:1]}
	for k, clone := range []func(){func() { _ = r.Clone() }, func() { _ = u.Clone() }} {
		if n := testing.AllocsPerRun(9, clone); n != 1 {
			t.Errorf("copy %d: %v allocations", k, n)
		}
	}
}

func requestTexts(r user.CreateRequest) []string {
	return []string{r.Identity, r.FriendlyName.Or(""), string(r.Attributes.Or("")), string(r.RoleSID.Or(""))}
}

func userTexts(u user.User) []string {
	l := u.Links.Or(user.Links{})
	return []string{
		string(u.SID.Or("")), string(u.AccountSID.Or("")), string(u.ChatServiceSID.Or("")), string(u.RoleSID.Or("")),
		u.Identity.Or(""), u.FriendlyName.Or(""), string(u.Attributes.Or("")), string(u.DateCreated.Or("")),
		string(u.DateUpdated.Or("")), u.URL.Or(""), l.UserConversations.Or(""), l.Unknown, u.Unknown,
	}
}

func noneShared(t *testing.T, original, kept []string) {
	t.Helper()
	for k := range original {
		if kept[k] != original[k] || original[k] == "" {
			t.Errorf("text %d: %q became %q", k, original[k], kept[k])
		}
		if unsafe.StringData(kept[k]) == unsafe.StringData(original[k]) {
			t.Errorf("text %d is not a copy", k)
		}
	}
}

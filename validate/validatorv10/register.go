package validatorv10

import (
	"errors"
	"reflect"
	"strconv"

	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// TagPrefix is what the tag of an error in one of the types begins with; the
// [validate.Code] follows.
const TagPrefix = "convuser_"

// Unreadable is the tag of a value in an unexported field that could not be
// read and was refused for that: see the package comment.
const Unreadable = TagPrefix + "unreadable"

// ErrLate says that the validator had met one of the types before it was
// registered, so that the rules would never run.
var ErrLate = errors.New("validatorv10: register before the first validation")

var errNil = errors.New("validatorv10: the validator or the translator is nil")

// Register makes v validate [user.CreateRequest] and [user.User] by their own
// rules, and know the field tags sid, json_object, rfc3339 and
// webhook_enabled. Registering twice does no harm. The error is [ErrLate], or
// that v is nil.
func Register(v *validator.Validate) error {
	if v == nil {
		return errNil
	}
	v.RegisterStructValidation(checkStruct[user.CreateRequest], user.CreateRequest{})
	v.RegisterStructValidation(checkStruct[user.User], user.User{})
	for _, tag := range fieldTags {
		if err := v.RegisterValidation(tag, checkField); err != nil {
			return err
		}
	}
	return probe(v)
}

// probe lets v look at a value of each type that is at fault. A validator
// that has met the type before does not ask the new rules.
func probe(v *validator.Validate) error {
	if v.Struct(user.CreateRequest{}) == nil || v.Struct(user.User{SID: user.Some(user.UserSID(""))}) == nil {
		return ErrLate
	}
	return nil
}

// checkStruct reports what T's own rules say.
func checkStruct[T any, P interface {
	*T
	Validate() error
}](sl validator.StructLevel) {
	value, ok := readable[T](sl.Current())
	if !ok {
		sl.ReportError(nil, "", "", Unreadable, strconv.Itoa(-1))
		return
	}
	all, _ := errors.AsType[validate.Errors](P(value).Validate())
	for _, e := range all {
		sl.ReportError(nil, e.Field, memberOf(e.Field).Field, TagPrefix+string(e.Code), strconv.Itoa(e.Offset))
	}
}

// readable returns a T that is v or a copy of it. Reflection hands out what
// is in an unexported field only where it has an address.
func readable[T any](v reflect.Value) (*T, bool) {
	if v.CanAddr() {
		p, ok := reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Interface().(*T)
		return p, ok
	}
	if !v.CanInterface() {
		return nil, false
	}
	t, ok := v.Interface().(T)
	return &t, ok
}

// members are those of both types, and that of a user's links.
var members = func() []user.Member {
	request, users := user.RequestMembers(), user.UserMembers()
	return append(append(request[:], users[:]...), user.Member{Name: "links.user_conversations", Field: "Links.UserConversations"})
}()

// memberOf returns the member with a name on the wire.
func memberOf(name string) user.Member {
	for _, m := range members {
		if m.Name == name {
			return m
		}
	}
	return user.Member{Name: name, Field: name}
}

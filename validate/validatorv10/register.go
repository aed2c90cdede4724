package validatorv10

import (
	"errors"
	"reflect"
	"strconv"

	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// TagPrefix comes before the [validate.Code] in the tag of an error in one of the
// types.
const TagPrefix = "convuser_"

// Unreadable is the tag of a value of one of the types that is in an unexported
// field and cannot be read: see the package comment.
const Unreadable = TagPrefix + "unreadable"

// ErrLate means that the validator has validated one of the types before the call
// of Register, so that it would never apply the rules.
var ErrLate = errors.New("validatorv10: register before the first validation")

var errNil = errors.New("validatorv10: the validator or the translator is nil")

// Register makes v apply the rules of [user.CreateRequest] and [user.User], and
// adds the tags sid, json_object, rfc3339 and webhook_enabled. It may be called
// twice. The error is [ErrLate], or says that v is nil.
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

// probe validates an invalid value of each type. A validator that has cached the
// type before accepts it.
func probe(v *validator.Validate) error {
	if v.Struct(user.CreateRequest{}) == nil || v.Struct(user.User{SID: user.Some(user.UserSID(""))}) == nil {
		return ErrLate
	}
	return nil
}

// checkStruct reports the errors of T's Validate method.
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

// readable returns the T at v or a copy of it. Reflection gives access to a value
// in an unexported field only through its address.
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

// members are the members of both types, and that of a user's links.
var members = func() []user.Member {
	request, users := user.RequestMembers(), user.UserMembers()
	return append(append(request[:], users[:]...), user.Member{Name: "links.user_conversations", Field: "Links.UserConversations"})
}()

// memberOf returns the member with this wire name.
func memberOf(name string) user.Member {
	for _, m := range members {
		if m.Name == name {
			return m
		}
	}
	return user.Member{Name: name, Field: name}
}

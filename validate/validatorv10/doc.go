// Package validatorv10 makes github.com/go-playground/validator/v10 apply the
// rules of this library.
//
//	v := validator.New(validator.WithRequiredStructEnabled())
//	if err := validatorv10.Register(v); err != nil { … }
//
// # Types
//
// Wherever v then meets a [user.CreateRequest] or a [user.User], it calls the
// value's Validate method: at the top, in a named or embedded field, behind a
// pointer, in an interface, and in a slice, array or map with dive. Each error is
// a [validator.FieldError]:
//
//	Field       the wire name: RoleSid, role_sid, links.user_conversations
//	StructField the name in Go: RoleSID, Links.UserConversations
//	Tag         convuser_ and the code: convuser_hex
//	Param       the byte offset within the value, or -1
//	Value       nil, never the value
//
// [ErrorOf] returns it as an error of package validate.
//
// # Tags
//
// For fields of your own structs that are strings of any type, pointers to them,
// or a [user.Opt]:
//
//	sid=RL           validate.SID("RL", value); any two capital letters
//	json_object      validate.Attributes
//	rfc3339          validate.DateTime
//	webhook_enabled  validate.WebhookEnabled; a bool is always valid
//
// Their errors have the tag's own name and parameter and, as all errors of
// validator, the value. An empty string, a nil pointer and an Opt that is absent
// or null are errors, unless omitempty comes first. Validator cannot tell null
// from absent, a CreateRequest can.
//
// A tag on a field that is not a string, and a sid whose parameter is not two
// capital letters, fail for every value instead of panicking as validator's own
// tags do: the first test finds the mistake, and until then no value passes.
//
// # Limits
//
//   - Call Register before v validates one of the types, since validator caches
//     what it knows of a type. Register detects this and returns [ErrLate]. To
//     do so it validates one value of each type, so register map rules for
//     these types before it. A struct-level function for them is not called.
//   - In a slice, array or map without dive, and in a field with the tag "-" or
//     nostructlevel, validator checks nothing.
//   - A defined type, such as type Mine user.CreateRequest, is another type for
//     validator and is not checked. An alias, type Mine = user.CreateRequest, is.
//   - StructPartial, StructExcept and StructFiltered select among the fields of
//     your structs. Where they reach one of the types, all of its rules apply.
//   - A value in an unexported field (with WithPrivateFieldValidation, or an
//     embedded alias with a lower-case name) can be read only if Struct is given
//     a pointer. Otherwise it is refused with the tag convuser_unreadable.
//
// # Languages
//
// [RegisterTranslations] adds English, with the texts of package validate.
// [RegisterWords] adds another language by a function that returns the text of an
// error. Neither changes the texts of other tags.
//
// As in validator itself, call these functions before using v; what they register
// is safe for concurrent use.
package validatorv10

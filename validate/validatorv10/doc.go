// Package validatorv10 plugs the rules of this library into
// github.com/go-playground/validator/v10: one line for a server that is
// already on it.
//
//	v := validator.New(validator.WithRequiredStructEnabled())
//	if err := validatorv10.Register(v); err != nil { … }
//
// # The types
//
// From then on a [user.CreateRequest] and a [user.User] obey their own
// Validate wherever v meets them: on their own, in a named or an embedded
// field, behind a pointer, in an interface, and in a slice, an array or a map
// under dive. Each fault is one [validator.FieldError]:
//
//	Field       the wire name: RoleSid, role_sid, links.user_conversations
//	StructField the name in Go: RoleSID, Links.UserConversations
//	Tag         convuser_ and the code: convuser_hex
//	Param       the byte offset within the value, -1 where there is no place
//	Value       nil, never what was given
//
// [ErrorOf] turns one back into the error of package validate.
//
// # The tags
//
// For strings in structs of your own, of any string type, behind pointers
// and in a [user.Opt]:
//
//	sid=RL           validate.SID("RL", value); any two capital letters
//	json_object      validate.Attributes
//	rfc3339          validate.DateTime
//	webhook_enabled  validate.WebhookEnabled; a bool always passes
//
// Their errors carry the tag's own name and parameter and, as validator/v10
// does it for every tag, the value. An empty string breaks all four: write
// omitempty before them where a field is optional. A nil pointer and an Opt
// that is absent or null break them too, and pass with omitempty: validator
// cannot tell null from absent, a CreateRequest can.
//
// A tag on something else than a string, and a sid with a parameter that is
// not two capital letters, or with none, fails for every value. Validator's
// own habit is to panic in the middle of a request; a mistake in a tag then
// refuses too much, never too little, and the first test finds it.
//
// # What does not work
//
//   - Registering after v has seen one of the types: validator/v10 keeps what
//     it knew at that time. Register notices and returns [ErrLate]. To notice
//     it validates one value of each type, so that map rules or a struct-level
//     function of your own for these types must come before as well, and
//     Register replaces such a function.
//   - A slice, an array or a map without dive: validator/v10 does not look in,
//     so nothing is checked and nothing is said.
//   - The tag nostructlevel, and "-": they switch validator off for the field,
//     these rules included.
//   - A type defined as another name for ours, such as type Mine
//     user.CreateRequest: validator/v10 goes by the exact type. An alias, type
//     Mine = user.CreateRequest, is the same type and works.
//   - StructPartial, StructExcept and StructFiltered choose among the fields
//     of your structs. Where they reach one of our types, all of its rules run.
//   - A value in an unexported field (with WithPrivateFieldValidation, or an
//     alias with a lower-case name that is embedded) cannot be read unless
//     Struct is given a pointer. Then it is refused with the tag
//     convuser_unreadable rather than passed.
//
// # Languages
//
// [RegisterTranslations] adds English, in the words of package validate.
// [RegisterWords] adds any other language: give it one function that turns an
// error into a sentence. Neither touches a tag that is not of this package.
//
// Like all registration in validator/v10, the functions here must be called
// before v is used; what they register is then safe for concurrent use.
package validatorv10

// Package formv4 makes github.com/go-playground/form/v4 read and write the types
// of this library, for a server that uses form/v4.
//
// [Register] adds the types to your own encoder and decoder: an absent
// [user.Opt] writes no value, a null one is an error, a bool must be exactly true
// or false, and text must be valid UTF-8. [user.Links] cannot be in a form, and
// are an error.
//
// [Decode] and [Encode] also protect against hostile forms.
//
// # Decode
//
// Names that dst does not have are dropped, as form/v4 ignores them. These are
// errors, beside which dst is unchanged:
//
//   - A repeated name, of which form/v4 takes the first value:
//     [validate.CodeRepeated]. A slice may repeat, an array up to its length, but
//     not in addition to indexed names of the same field.
//   - A value that is not valid UTF-8: [validate.CodeUTF8].
//   - A value of the wrong type: [validate.CodeBoolean] with its offset for an
//     Opt, else [validate.CodeType] or [validate.CodeDateTime], without the value,
//     which form/v4's own error quotes.
//   - A name that is longer than [MaxName], is not UTF-8, or has brackets that do
//     not match, on which form/v4 panics: [ErrName].
//   - An index that is not a plain number, or is above [MaxIndex]: [ErrIndex].
//     form/v4 alone allocates 10,000 elements for x[9999].
//   - More than [MaxIndexed] names with brackets, or names that cost more than
//     [MaxWork] visits: [ErrTooMany]. form/v4 alone decodes an element once for
//     each name in it, and multiplies that with each level of nesting.
//   - A dst that is not a pointer to a struct, or whose struct can hold itself or
//     has an interface field: [ErrType]. On those, form/v4 recurses as deep as the
//     longest name is long, or without end.
//
// Errors of values are [validate.Errors], sorted by Field, so that errors.As
// finds a *validate.Error. Field is the name in dst, such as Items[3].Name,
// without the key of a map, which comes from the form: Labels[]. No error holds a
// value or a name of the form.
//
// The fields of an embedded struct are read under their own names only; form/v4
// alone also reads CreateRequest.Identity as Identity.
//
// Decode does not validate: call Validate of the request, or use package
// validatorv10. A field of dst that the form does not name keeps its value; a
// slice is appended to, as form/v4 does. What dst already has behind pointers, in
// maps and in slices may change even beside an error.
//
// # Encode
//
// Encode leaves out an absent Opt, for which form/v4 writes an empty key, and an
// empty Identity, which means missing in a [user.CreateRequest]. The limits above
// apply to its result, so that Decode reads what it writes.
//
// # Cost
//
// Decode and Encode make a decoder or an encoder for each call, which takes ten
// to thirty microseconds. Both are safe for concurrent use. A panic of form/v4
// becomes [ErrPanic]. Package encode reads a request alone in a fraction of that
// time.
package formv4

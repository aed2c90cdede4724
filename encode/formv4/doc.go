// Package formv4 plugs the types of this library into
// github.com/go-playground/form/v4, for a server that reads its forms with
// it.
//
// [Register] teaches an encoder and a decoder of yours the types: a
// [user.Opt] that is absent writes no value, one that is null is an error, a
// bool is exactly true or false, and text must be valid UTF-8. A [user.Links]
// has no form: as a value it is an error.
//
// [Decode] and [Encode] add what registration alone cannot.
//
// # Decode
//
// Only names that dst has reach form/v4; others are dropped, as form/v4 itself
// ignores them. These are errors, and dst is then as it was:
//
//   - A name twice, which form/v4 answers with the first value: the code
//     [validate.CodeRepeated]. Fields that are slices may repeat, and arrays up to
//     their length; not in addition to indexed names of the same field.
//   - A value that is not valid UTF-8: the code [validate.CodeUTF8].
//   - A value of the wrong type: [validate.CodeBoolean] with its offset for an
//     Opt, else [validate.CodeType] or [validate.CodeDateTime], without the value that
//     form/v4's own error quotes.
//   - A name that is longer than [MaxName], not UTF-8, or has brackets that do
//     not match, on which form/v4 panics: [ErrName].
//   - An index that is no plain number or above [MaxIndex]: [ErrIndex]. Where
//     form/v4 is on its own, x[9999] allocates 10,000 elements.
//   - More than [MaxIndexed] names with brackets, or names that cost more than
//     [MaxWork] visits: [ErrTooMany]. Left alone, form/v4 decodes an element
//     once for each name in it, and what is nested in it as often again.
//   - A dst that is no pointer to a struct, or a struct that can hold itself
//     or has an interface field: [ErrType]. On those, form/v4 recurses as deep
//     as the longest name is long, or without an end.
//
// What is at fault in the values comes as [validate.Errors], sorted by Field,
// so that errors.As finds a *validate.Error. Field is a name of dst's own,
// such as Items[3].Name; the key of a map, which somebody else chose, is left
// out: Labels[]. No error holds a value or a name that was given.
//
// An embedded struct's fields are read under their own names only; form/v4 on
// its own also reads CreateRequest.Identity, a second name for Identity.
//
// Decode does not validate: call Validate of the request, or package
// validatorv10. A field that dst had set before stays where the form does not
// name it; a slice is appended to, as form/v4 does it. What dst brought along
// behind pointers, in maps and in slices may be changed beside an error.
//
// # Encode
//
// Encode leaves no empty key for an Opt that is absent, leaves out an Identity
// that is empty, which in a [user.CreateRequest] means missing, and holds its
// result to the limits above, so that Decode reads what it writes.
//
// # Cost
//
// Decode and Encode make a decoder or encoder for each call, ten to thirty
// microseconds, and keep nothing. Both are safe for concurrent use and let no
// panic of form/v4 through: it becomes [ErrPanic]. Where speed counts, package
// encode reads the request alone in a fraction of that.
package formv4

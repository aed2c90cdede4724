// Package validate says what makes a value acceptable to the Create User
// call of Twilio Conversations, POST /v1/Users, and locates what does not.
//
// # Two levels
//
// A rule rejects what the contract rejects: [SID], [Attributes], [DateTime],
// [URI], [WebhookEnabled] and, for every string, [Text]. Three limits go
// beyond it and are called house limits: text is valid UTF-8, an escaped
// surrogate in JSON is one of a pair, and JSON nests at most 10,000 deep.
//
// Advice is about what is valid, but may cause problems, such as an identity
// that the service reserves: see [Advice].
//
// # Errors
//
// Every rule returns nil or an [*Error] with a field, a code and a byte
// offset. It never holds or prints the value, which may be personal data or
// an attack on a log, and its text is at most 256 bytes long. The earliest
// fault wins, so that a correction only ever moves the offset to the right.
//
// To ask for a kind of fault, use the code as the target:
//
//	errors.Is(err, validate.CodeHex)
//
// Where the mistake behind an error shows from what is around its place, such as
// single quotes in JSON or the SID of another resource, [Error.Hint] names it.
// [All] lists the errors of [Errors] and of whatever wraps them.
//
// All functions are safe for concurrent use; a rule that finds nothing wrong
// does not allocate.
package validate

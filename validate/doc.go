// Package validate checks single values of the Create User call of Twilio
// Conversations, POST /v1/Users, and reports where they break the contract.
//
// # Rules and advice
//
// The rules are [SID], [Attributes], [DateTime], [URI], [WebhookEnabled] and, for
// every string, [Text]. They reject what the contract rejects. Three limits go
// beyond it and are called house limits: text is valid UTF-8, an escaped
// surrogate in JSON is one of a pair, and JSON nests at most 10,000 deep. Package
// user applies the rules to a whole request or response.
//
// Advice is about values that are valid, but may cause problems, such as an
// identity that the service reserves: see [Advice].
//
// # Errors
//
// A rule returns nil or an [*Error] for the first error in the value, with a code
// and a byte offset, so that a correction moves the offset only to the right. An
// Error never contains the value, which may be personal data or an attack on a
// log, and its text is at most 256 bytes long. To test for a code, use it as the
// target:
//
//	errors.Is(err, validate.CodeHex)
//
// Where the text around the offset shows the mistake, such as single quotes in
// JSON or the SID of another resource, [Error.Hint] names it. [Errors] holds
// all errors of a request or response, and [All] returns each of them.
//
// All functions are safe for concurrent use. A rule that accepts a value does not
// allocate.
package validate

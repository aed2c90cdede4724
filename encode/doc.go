// Package encode reads and writes the wire formats of the Create User call:
// the request as a form ([AppendForm], [ParseForm]) and as JSON
// ([AppendRequest], [ParseRequest]), the user as JSON ([AppendUser],
// [ParseUser]), a whole answer with its status ([ParseResponse]), and an error
// answer of any shape ([ParseError], [AppendError]). Package httpwire does the
// same over net/http.
//
// Reading and validating are two steps. A parser accepts what is well-formed and
// has the right types, so that it can read what the real service sends; the
// Validate methods of package user check it against the contract. Both ways are
// lossless: to parse and to append gives an equal value, unknown members
// included.
//
// # Errors
//
// An error is a [*validate.Error] with a field, a code and an offset in the
// source, or a [*user.APIError] from ParseResponse. The method Syntax tells
// malformed bytes from well-formed bytes that break the contract. A parser
// returns the first error, with the zero value. An Append function checks UTF-8
// and null only. Beside an error it returns its buffer unchanged; what it writes,
// its parser accepts.
//
// # Cost
//
// The strings that a parser returns share the memory of its source, and keep all
// of it alive: the Clone methods of package user return copies that do not.
// Only text with escapes is copied, into one allocation; without escapes, a
// parser does not allocate. For n bytes of source it takes O(n) time and
// at most 2n + 1 KiB of memory, whatever the source holds.
//
// All functions are safe for concurrent use.
package encode

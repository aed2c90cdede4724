// Package encode reads and writes the wire formats of the Create User call:
// the request as a form ([AppendForm], [ParseForm]) and as JSON
// ([AppendRequest], [ParseRequest]), the user as JSON ([AppendUser],
// [ParseUser]), a whole answer with its status ([ParseResponse]), and every
// shape of an error answer ([ParseError]).
//
// Reading and checking are two steps. A parser takes what is well-formed and
// fits the types, so that it can read what the real service sends; the
// Validate methods of package user say whether it is what the contract asks.
// Nothing is lost in between: parse and append give back an equal value,
// members that this version does not know included.
//
// # Errors
//
// Every error is a [*validate.Error], with a field, a code and an offset in
// the source; its Syntax method tells malformed bytes from well-formed bytes
// that break the contract. A parser reports the first and returns the zero
// value beside it. An Append
// function checks UTF-8 and null only, returns its buffer as it was beside
// an error, and what it writes its own parser always accepts.
//
// # Cost
//
// The strings that a parser returns share the memory of its source, for as
// long as they live: use the Clone methods of package user to let go of it.
// Only text with escapes is copied, all of it into one allocation; without,
// a parser does not allocate. For n bytes of source it takes O(n) time and
// at most 2n + 1 KiB of memory, whatever the source holds.
package encode

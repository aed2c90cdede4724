// Package user defines the request and the response of the Create User call
// of Twilio Conversations, POST /v1/Users, and validates them.
//
// A [CreateRequest] is the request, a [User] the body of a 201, an [APIError]
// any other answer. Package encode reads and writes them, package httpwire sends
// and receives them.
//
// Validate methods return what breaks the contract. [CreateRequest.Advise]
// returns what is valid, but may cause problems.
//
// Strings are kept as they are given: nothing is trimmed, folded or reformatted.
// A member that may be missing or null is an [Opt], because absent, null and
// empty mean different things on the wire:
//
//	            form             JSON
//	absent      no pair          no member
//	null        an error         null in a User, an error in a request
//	empty       Name=            "Name":""
//
// The types have struct tags for encoding/json, which however ignores the case
// of names, takes the last of repeated members and drops unknown ones. Package
// encode is strict and lossless.
//
// All types but [Ref] are plain values, which can be copied, and compared with ==
// or with go-cmp without options. Methods are safe for concurrent use as long as
// the value is not written to.
package user

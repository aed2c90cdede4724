// Package user defines the request and the response of the Create User call
// of Twilio Conversations, POST /v1/Users, and says what is wrong with one.
//
// A [CreateRequest] is what the call sends, a [User] what a 201 answers, an
// [APIError] what any other answer says. Package encode reads and writes
// them; this package only holds and checks them.
//
// Every string stays as it was given: nothing is trimmed, folded, re-cased
// or re-formatted. A member that may be missing or null is an [Opt], because
// absent, null and empty mean different things on the wire:
//
//	            form             JSON
//	absent      no pair          no member
//	null        an error         null in a User, an error in a request
//	empty       Name=            "Name":""
//
// The types work with encoding/json and carry its struct tags, but that
// reader folds the case of names, lets the last of repeated members win and
// drops unknown ones: package encode is the strict way that loses nothing.
//
// All types but [Ref] are plain values: copy them, compare them with == or go-cmp
// (no options needed). Methods are safe for concurrent use as long as nobody
// writes to the value.
package user

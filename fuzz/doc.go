// Package fuzz tests the codecs with fuzz targets that compare them with oracles,
// with suites written by others, and with bounds of memory and work. It exports
// nothing. Package vectors, below it, reads the tables of test cases.
//
// # Oracles
//
// An oracle is another way to the same answer that shares no code with the core:
// the standard library, a regular expression taken from the grammar, or a few
// plain lines. No oracle is in the core. Where possible it gives the whole answer,
// so that a target finds a wrong verdict, code, offset or value. Where an oracle
// is more lenient than the contract, one function names each difference.
//
//	FuzzSID           regexp, and whether the text before the error can be completed
//	FuzzAttributes    encoding/json for verdict, code and offset; utf8; a regexp for lone surrogates
//	FuzzText          unicode/utf8
//	FuzzDateTime      a regexp and time.Parse; completions of the text before the error
//	FuzzURI           the ABNF of RFC 3986 as a regexp; net/url; completions
//	FuzzParseForm     a plain parser for verdict, code and offset; url.ParseQuery; form/v4
//	FuzzAppendForm    url.QueryEscape, url.ParseQuery, ParseForm
//	FuzzParseUser     encoding/json by tokens for verdict, code, offset and values, and into a struct; rearranged, with unknown members; round trip
//	FuzzAppendUser    encoding/json for whether Unknown is a list of members; ParseUser
//	FuzzParseRequest  encoding/json by tokens and into a struct; round trip
//	FuzzValidate      validator/v10 with independent rules; the oracles of the fields for code and offset
//	FuzzValidateUser  the same for the members of a user
//	FuzzReadRequest   net/http's request and form; the rules in plain code; sent again
//	FuzzOpt           encoding/json into plain types, for every type of Opt; round trip
//	FuzzAdvise        encoding/json by tokens, math/big, unicode, regexps, x/text
//	FuzzHints         the text without the mistake that the hint names
//	FuzzNFC           x/text/unicode/norm, and UAX #15 for long runs of marks
//	FuzzParseError    encoding/json by tokens; AppendError
//	FuzzParseResponse ParseUser, ParseError and a regexp for the sid; httpwire.ReadResponse
//
// Others are next to what they need: FuzzCall in wasm decodes the answers as
// JavaScript does and sends malformed calls; FuzzDecode is in encode/formv4; and
// FuzzAttributesOffset in encode/peers compares offsets with those of jsontext.
//
// Run one target with
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzParseUser$' -fuzztime 1m
//
// Without -fuzz each target runs its seeds: the vectors of the unit tests, the
// suites if they are there, and what runs have found, under testdata/fuzz.
//
// # Bounds
//
// TestMemoryIsBounded and TestWorkIsLinear count memory and work on hostile input,
// TestPaths the work of each special path of the core. TestWalk, TestTogether and
// TestErrors call all of the exported API: with hostile values, from many
// goroutines, and for errors that hold their input.
//
// # Suites
//
// The suites are not part of the project: the runners look in $SUITES, by default
// ../shared/suites, and skip if it is missing. Each checks how many cases of each
// kind it has run. testdata/suites.json has the cases for which a suite leaves the
// answer open or wants another than ours, with the rule; .github/SUITES.md prints
// it.
package fuzz

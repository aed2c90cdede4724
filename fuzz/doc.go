// Package fuzz tests the codecs across packages: fuzz targets that compare them
// with oracles, suites written by others, and bounds of memory and work on
// hostile input. It exports nothing. Package vectors, below it, reads the tables
// that feed the tests of all packages.
//
// # Oracles
//
// An oracle is another way to the same answer, which shares no code with the
// core: the standard library, a regular expression taken from the grammar,
// or a few plain lines. No oracle is in the core, and each states the whole
// answer wherever it can, so that a target finds a wrong verdict, a wrong
// code, a wrong offset and a wrong value alike. Where an oracle is more
// lenient than the contract, one function names each difference.
//
//	FuzzSID           regexp, and whether the text before the fault can be completed
//	FuzzAttributes    encoding/json for verdict, code and offset; utf8; a regexp for lone surrogates
//	FuzzText          unicode/utf8
//	FuzzDateTime      a regexp and time.Parse; completions of the text before the fault
//	FuzzURI           the ABNF of RFC 3986 as a regexp; net/url; completions
//	FuzzParseForm     a plain parser for verdict, code and offset; url.ParseQuery; form/v4
//	FuzzAppendForm    url.QueryEscape, url.ParseQuery, ParseForm
//	FuzzParseUser     encoding/json by tokens for verdict, code, offset and values; and into a struct; rearranged, with unknown ones; round trip
//	FuzzAppendUser    encoding/json says which Unknown is a list of members; ParseUser
//	FuzzParseRequest  encoding/json by tokens and into a struct; round trip
//	FuzzValidate      validator/v10 with independent rules; the oracles of the fields for code and offset
//	FuzzValidateUser  the same for the members of an answer
//	FuzzReadRequest   net/http's reading and its form, and the rules stated once more; sent again
//	FuzzOpt           encoding/json into plain types, for every type of Opt; round trip
//	FuzzAdvise        encoding/json by tokens, math/big, unicode, regexps, x/text
//	FuzzNFC           x/text/unicode/norm, and UAX #15 for long runs of marks
//	FuzzParseError    encoding/json by tokens; AppendError
//	FuzzParseResponse ParseUser, ParseError and a regexp for the sid; httpwire.ReadResponse
//
// Three more stand where what they need is: FuzzMachine in wasm, which is the
// decoder of what JavaScript sends and gives it records that lie; FuzzDecode in
// encode/formv4; and FuzzAttributesOffset in encode/peers, which compares
// offsets with those of jsontext.
//
// TestValidatorOracle holds 100,000 random requests against validator/v10 with
// independent rules, TestWorkIsLinear and TestMemoryIsBounded count work and
// memory on hostile input, and TestErrors looks for the input in every error.
//
// Run one target with
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzParseUser$' -fuzztime 1m
//
// Without -fuzz each target runs its seeds: the vectors of the unit tests, the
// suites where they are, and what runs have found, under testdata/fuzz.
//
// # Suites
//
// The suites stay outside of the project: the runners look in $SUITES, by
// default ../shared/suites, and skip where that is missing. Each asserts how
// many cases of each kind it has run. Where a case leaves the answer open or
// asks for another one than ours, one table, testdata/suites.json, names the
// rule; .github/SUITES.md prints it.
package fuzz

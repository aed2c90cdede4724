// Package fuzz tests the core across packages: fuzz targets that compare it with
// oracles, suites written by others, and bounds of memory and work on hostile
// input. It exports nothing. Package vectors, in the folder below, reads the
// tables that the tests of all packages share.
//
// # Oracles
//
// An oracle is another way to the same result that shares no code with the core:
// the standard library, another library, a regular expression taken from the
// grammar, or a few plain lines. The oracles are all here, and none in the core.
// Each has the whole result where it can, so that a target finds a wrong value, a
// missing error, and an error with the wrong code or offset. Where the core is
// stricter than the oracle, one function or table lists the differences.
//
//	FuzzSID           a regular expression, and which prefixes of a text can be completed
//	FuzzAttributes    encoding/json and utf8 for code and offset; a regular expression for unpaired surrogates
//	FuzzText          unicode/utf8
//	FuzzDateTime      a regular expression and time.Parse; which prefixes of a text can be completed
//	FuzzURI           the ABNF of RFC 3986 as a regular expression; net/url; which prefixes can be completed
//	FuzzHints         the text with the mistake undone is valid, or its first error is later
//	FuzzParseForm     a plain parser for code and offset; url.ParseQuery and form/v4 for values; round trip
//	FuzzAppendForm    url.QueryEscape; url.ParseQuery and form/v4; round trip
//	FuzzParseUser     encoding/json by tokens for code, offset and values, and into a struct; members in other orders; round trip
//	FuzzAppendUser    encoding/json for which Unknown is a list of members; round trip
//	FuzzParseRequest  encoding/json by tokens and into a struct; members in other orders; round trip
//	FuzzValidate      the oracles of the fields for code and offset; validator/v10 with rules of its own
//	FuzzValidateUser  the oracles of the members for code and offset
//	FuzzReadRequest   the rules written once more; net/http for the values; written and read again
//	FuzzOpt           encoding/json into plain types, for every type of Opt; round trip
//	FuzzAdvise        encoding/json by tokens, math/big, unicode, regular expressions, x/text
//	FuzzNFC           x/text/unicode/norm, and UAX #15 for long runs of marks
//	FuzzParseError    encoding/json by tokens; round trip
//	FuzzParseResponse ParseUser and ParseError, which have their own targets; a regular expression for the SID
//
// Targets that need unexported functions or dependencies of another package are
// there: FuzzCall in wasm calls the operations as a loader does, and as none
// would; FuzzHost in wasm/hosts compares the module with package encode;
// FuzzDecode is in encode/formv4; FuzzAttributesOffset, in encode/peers, compares
// offsets with jsontext's; and FuzzJSON, FuzzForm and FuzzBytes in
// encode/wire/internal/kernel compare each kernel with a plain loop.
//
// Other tests compare with oracles on random input: TestValidatorOracle has
// 100,000 requests, and TestNFCOfRandomText and TestAdviceOfRandomText have names.
//
// Run one target with
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzParseUser$' -fuzztime 1m
//
// Without -fuzz, each target runs its seeds: the vectors of the unit tests, the
// suites if they are there, and inputs that earlier runs found, in testdata/fuzz.
//
// # Hostile input
//
// TestWorkIsLinear and TestMemoryIsBounded count work and memory on hostile input,
// TestWalk and TestTogether call every exported function with it, and TestErrors
// looks for parts of the input in every error. TestPaths counts the work of each
// fast path and compares it with testdata/paths.txt.
//
// # Suites
//
// The suites are not in the repository. Their tests read them from $SUITES, by
// default ../shared/suites, and are skipped without them. Each compares the number
// of cases of each kind that ran with testdata/suites.json. Where a case leaves the
// result open, or wants another than ours, that table has the rule that decides.
// SUITES.md, in .github, is generated from it.
package fuzz

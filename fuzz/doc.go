// Package fuzz holds the proof of the codecs: fuzz targets that compare
// them with oracles, and runners over suites that others have written. There
// is nothing in it to import. Package vectors, below it, reads the tables.
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
//	FuzzParseForm     a plain parser for verdict, code and offset; url.ParseQuery
//	FuzzAppendForm    url.QueryEscape, url.ParseQuery, ParseForm
//	FuzzParseUser     encoding/json by tokens for verdict, code, offset and values; permuted; round trip
//	FuzzAppendUser    encoding/json says which Unknown is a list of members; ParseUser
//	FuzzParseRequest  encoding/json by tokens and into a struct; round trip
//	FuzzAdvise        encoding/json by tokens, math/big, unicode
//	FuzzParseError    encoding/json by tokens; AppendError
//
// TestValidatorOracle holds 100,000 random requests against validator/v10 with
// independent rules, TestWorkIsLinear counts the work on adversarial input,
// and TestErrors looks for the input in every error.
//
// Run one target with
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzParseUser$' -fuzztime 1m
//
// Without -fuzz each target runs its seeds, which are the vectors of the unit
// tests.
//
// # Suites
//
// The suites stay outside of the project: the runners look in $SUITES, by
// default ../shared/suites, and skip where that is missing. Each asserts how
// many cases of each kind it has run. Where a case leaves the answer open or
// asks for another one than ours, one table, differences, names the rule.
package fuzz

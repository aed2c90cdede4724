package validate

import (
	"strconv"

	"github.com/convuser/convuser/encode/wire"
)

// The codes of [Advice].
const (
	CodeLong         Code = "long"          // longer than the service is known to take
	CodeReserved     Code = "reserved"      // an identity that the service reserves
	CodeSIDShaped    Code = "sid_shaped"    // an identity that looks like a user SID
	CodeCharacter    Code = "character"     // a character that the documentation advises against
	CodeControl      Code = "control"       // a control character
	CodeBidi         Code = "bidi"          // a character that turns the direction of text
	CodeRepeatedName Code = "repeated_name" // a name twice in one JSON object
	CodeBigInteger   Code = "big_integer"   // an integer beyond ±2^53
	CodeOverflow     Code = "overflow"      // a number beyond the range of a float64
	CodeEscape       Code = "escape"        // \/ or \u of printable text, which the service refused according to one report
	CodeSpace        Code = "space"         // white space at an end, or two in a row
	CodeInvisible    Code = "invisible"     // an invisible character that neither its script nor an emoji needs
	CodeReplacement  Code = "replacement"   // U+FFFD or a noncharacter: text was lost before
	CodeMojibake     Code = "mojibake"      // UTF-8 that was read as Windows-1252
	CodeNotNFC       Code = "not_nfc"       // not in Normalization Form C
	CodeMixedScript  Code = "mixed_script"  // a word with Latin letters and Greek or Cyrillic ones that look like them
	CodePath         Code = "path"          // an identity that cannot be used as it is in the path of a URL
	CodePlaceholder  Code = "placeholder"   // what a program sends in place of a missing value
)

// Advice is about a value that is valid, but may cause problems. Like an [Error]
// it never contains the value. The zero Advice is not valid.
type Advice struct {
	// Field is the wire name, as in an Error.
	Field string
	// Code is what the advice is about.
	Code Code
	// Offset is where that is first found, in bytes from 0 within the value.
	Offset int
	// Server is the error code that the service is known to answer with, such
	// as 50207, or 0.
	Server int
	// Source says how this is known: "documented" on the vendor's pages,
	// "seen" on the wire, "inferred", or a standard.
	Source string
}

// String returns one line such as "Identity: byte 0: reserved by the service;
// choose another name (server code 50203; documented)". It has at most 256 bytes
// for advice that this package returns.
func (a Advice) String() string {
	var field, server string
	if a.Field != "" {
		field = a.Field + ": "
	}
	if a.Server != 0 {
		server = "server code " + strconv.Itoa(a.Server) + "; "
	}
	return field + "byte " + strconv.Itoa(a.Offset) + ": " + a.Message() + "; " + a.Remedy() + " (" + server + a.Source + ")"
}

// Message returns what the advice is about, such as "reserved by the service". It
// returns "" for a code that is not one of advice.
func (a Advice) Message() string { return messageOf(a.Code).text }

// Remedy returns what to do about it, such as "choose another name". It returns ""
// for a code that is not one of advice.
func (a Advice) Remedy() string { return messageOf(a.Code).remedy }

type message struct {
	code         Code
	text, remedy string
}

var messages = [...]message{
	{CodeLong, "longer than the service is known to take", "shorten it"},
	{CodeReserved, "reserved by the service", "choose another name"},
	{CodeSIDShaped, "looks like a user SID", "choose another name"},
	{CodeCharacter, "a character that the documentation advises against", "use another character"},
	{CodeControl, "a control character", "remove it"},
	{CodeBidi, "a character that turns the direction of text", "remove it"},
	{CodeRepeatedName, "a name for the second time; which one counts differs between readers", "keep one of them"},
	{CodeBigInteger, "an integer beyond 2^53, which JavaScript rounds", "write it as a string"},
	{CodeOverflow, "a number beyond the range of a float64", "write it as a string"},
	{CodeEscape, "an escape that is not needed; raw UTF-8 is safer", "write the character itself"},
	{CodeSpace, "white space at an end or two in a row, which looks the same as without", "remove it"},
	{CodeInvisible, "an invisible character", "remove it"},
	{CodeReplacement, "a replacement character or noncharacter: text was lost before", "send the original text"},
	{CodeMojibake, "UTF-8 that was read as Windows-1252", "read the source as UTF-8"},
	{CodeNotNFC, "not in Unicode Normalization Form C, which looks the same", "normalize it to NFC"},
	{CodeMixedScript, "Latin letters in one word with Greek or Cyrillic ones that look like them", "use letters of one script"},
	{CodePath, "not usable as it is in the path of a URL", "choose another name"},
	{CodePlaceholder, "what a program sends in place of a missing value", "send the real value"},
}

// messageOf returns the row of a code, or the zero message.
func messageOf(c Code) (m message) {
	for i := range messages {
		if messages[i].code == c {
			m = messages[i]
		}
	}
	return m
}

// The limits that the documentation states for this resource or a similar one.
const (
	maxCodePoints = 256
	maxAttributes = 16_384
)

// AdviseIdentity returns advice on an Identity, at most one for each code, or
// nil. The order is: [CodeLong], [CodeReserved], [CodeSIDShaped]; then
// [CodeCharacter], [CodeControl] and [CodeBidi] by their offsets; then
// [CodeSpace], [CodeInvisible], [CodeReplacement], [CodeMojibake],
// [CodeNotNFC], [CodeMixedScript], [CodePath] and [CodePlaceholder]. Characters
// are those of Unicode 15.0.0. For n bytes it takes O(n) time, and it allocates
// only the result.
func AdviseIdentity(s string) []Advice {
	var list []Advice
	list = adviseLong(list, "Identity", s, 50207, "code documented; the figure for a Participant's identity")
	switch s {
	case "system", "private", "unique":
		list = append(list, Advice{"Identity", CodeReserved, 0, 50203, "code documented; the names from a sister product"})
	}
	if isUserSID(s) {
		list = append(list, Advice{"Identity", CodeSIDShaped, 0, 50206, "documented"})
	}
	return adviseName(list, "Identity", s)
}

// AdviseFriendlyName is [AdviseIdentity] for a FriendlyName, without
// [CodeReserved], [CodeSIDShaped] and [CodePath].
func AdviseFriendlyName(s string) []Advice {
	list := adviseLong(nil, "FriendlyName", s, 50003, "code documented; the figure for a Conversation's")
	return adviseName(list, "FriendlyName", s)
}

// AdviseAttributes returns advice on Attributes, at most one for each code, or
// nil, also for a text that [Attributes] rejects. The order is: [CodeLong] beyond
// 16,384 bytes, [CodeRepeatedName], [CodeBigInteger], [CodeOverflow],
// [CodeEscape]; then, in strings, [CodeControl], [CodeBidi], [CodeReplacement]
// and [CodeMojibake]. For n bytes it takes O(n log n) time and O(n) memory.
func AdviseAttributes(s string) []Advice {
	if _, f := wire.ConsumeObjectText(s); f != wire.OK {
		return nil
	}
	w := attributesWalk{s: s}
	for k := range w.first {
		w.first[k] = -1
	}
	if len(s) > maxAttributes {
		w.note(long, maxAttributes)
	}
	w.tokens()
	w.findRepeated()
	return w.advice()
}

package wire

// Fault says what is wrong with a text at an offset. The zero Fault, [OK],
// means that nothing is.
type Fault uint8

// The faults. The JSON grammar's come first, then the house limits, then the
// form's, then those of an [Object] with known members.
const (
	OK             Fault = iota
	BOM                  // a byte order mark, which RFC 8259 section 8.1 forbids
	WantValue            // no JSON value starts here
	WantName             // an object wants a name in quotes, or its end
	WantNextName         // after a comma, an object wants a name in quotes
	WantColon            // a name wants a colon behind it
	WantMemberEnd        // an object wants a comma or its end
	WantElementEnd       // an array wants a comma or its end
	WantQuote            // the text ends inside a string
	WantEscape           // no escape sequence has this byte
	WantHex              // a \u escape wants four hex digits
	WantDigit            // a number wants a digit
	WantLiteral          // no literal but true, false and null exists
	Control              // a control character inside a string must be escaped
	Trailing             // something follows the end of the text

	Surrogate // an escaped surrogate is not one of a pair
	Depth     // containers nest deeper than MaxDepth
	UTF8      // not valid UTF-8

	Percent   // a percent sign wants two hex digits behind it
	Semicolon // a raw semicolon, which some readers take for a separator

	Repeated  // a known name for the second time
	Unknown   // a name that is not known
	Null      // a null that the contract does not allow
	WrongType // a value of another JSON type than the contract's

	// needSpill never leaves the package: more than 64 open containers.
	needSpill
)

// faultWords are the words of each fault: for people, and for programs where
// JSON's grammar wants something.
var faultWords = [...]struct{ text, expected string }{
	OK:             {"nothing wrong", ""},
	BOM:            {"byte order mark", "no_byte_order_mark"},
	WantValue:      {"want a value", "value"},
	WantName:       {"want a name in quotes or }", "name_or_end"},
	WantNextName:   {"want a name in quotes", "name"},
	WantColon:      {"want a colon", "colon"},
	WantMemberEnd:  {"want a comma or }", "comma_or_brace"},
	WantElementEnd: {"want a comma or ]", "comma_or_bracket"},
	WantQuote:      {"want a closing quote", "quote"},
	WantEscape:     {`want one of "\/bfnrtu after a backslash`, "escape"},
	WantHex:        {`want four hex digits after \u`, "hex_digits"},
	WantDigit:      {"want a digit", "digit"},
	WantLiteral:    {"want true, false or null", "literal"},
	Control:        {"raw control character in a string", "no_control_character"},
	Trailing:       {"something after the end", "end"},
	Surrogate:      {"unpaired surrogate escape", ""},
	Depth:          {"nested deeper than 10000", ""},
	UTF8:           {"invalid UTF-8", ""},
	Percent:        {"want two hex digits after %", ""},
	Semicolon:      {"raw semicolon, want %3B", ""},
	Repeated:       {"repeated name", ""},
	Unknown:        {"unknown name", ""},
	Null:           {"null", ""},
	WrongType:      {"wrong type", ""},
	needSpill:      {"nested deeper than 64", ""},
}

// String returns what f says in a few English words, never any of the text
// that is at fault.
func (f Fault) String() string {
	if int(f) < len(faultWords) {
		return faultWords[f].text
	}
	return "unknown fault"
}

// Expected returns what JSON's grammar wants where f is, as a word that is
// stable, such as "comma_or_brace"; "" for a fault that is none of the grammar's.
func (f Fault) Expected() string {
	if int(f) < len(faultWords) {
		return faultWords[f].expected
	}
	return ""
}

package wire

// A Fault says what is wrong with a text at an offset. The zero Fault, [OK], means
// that it is valid.
type Fault uint8

// The faults: those of the JSON grammar, the house limits, those of forms, and
// those of an [Object].
const (
	OK             Fault = iota
	BOM                  // a byte order mark, which RFC 8259 section 8.1 forbids
	WantValue            // no JSON value starts here
	WantName             // an object wants a name in quotes or its end
	WantNextName         // after a comma, an object wants a name in quotes
	WantColon            // a name wants a colon after it
	WantMemberEnd        // an object wants a comma or its end
	WantElementEnd       // an array wants a comma or its end
	WantQuote            // the text ends inside a string
	WantEscape           // no escape sequence has this byte
	WantHex              // a \u escape wants four hex digits
	WantDigit            // a number wants a digit
	WantLiteral          // the literals are true, false and null
	Control              // a control character inside a string must be escaped
	Trailing             // something follows the end of the text

	Surrogate // an escaped surrogate is not one of a pair
	Depth     // containers nest deeper than MaxDepth
	UTF8      // not valid UTF-8

	Percent   // a percent sign wants two hex digits after it
	Semicolon // a raw semicolon, which some readers take for a separator

	Repeated  // a known name for the second time
	Unknown   // an unknown name
	Null      // a null that the contract does not allow
	WrongType // a value of another JSON type than the contract's

	// needSpill never leaves the package: more than 64 open containers.
	needSpill
)

// faultWords has what [Fault.String] returns.
var faultWords = [...]string{
	OK:             "ok",
	BOM:            "no_byte_order_mark",
	WantValue:      "value",
	WantName:       "name_or_end",
	WantNextName:   "name",
	WantColon:      "colon",
	WantMemberEnd:  "comma_or_brace",
	WantElementEnd: "comma_or_bracket",
	WantQuote:      "quote",
	WantEscape:     "escape",
	WantHex:        "hex_digits",
	WantDigit:      "digit",
	WantLiteral:    "literal",
	Control:        "no_control_character",
	Trailing:       "end",
	Surrogate:      "surrogate",
	Depth:          "depth",
	UTF8:           "utf8",
	Percent:        "percent",
	Semicolon:      "semicolon",
	Repeated:       "repeated",
	Unknown:        "unknown",
	Null:           "null",
	WrongType:      "wrong_type",
	needSpill:      "spill",
}

// String returns, for a fault of the JSON grammar, a stable word for what is wanted,
// such as "comma_or_brace"; for another fault, its name.
func (f Fault) String() string {
	if int(f) < len(faultWords) {
		return faultWords[f]
	}
	return "unknown_fault"
}

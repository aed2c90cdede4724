package encode

import "github.com/convuser/convuser/encode/wire"

// What writes an object writes every member with a comma before it, and
// closeObject makes a brace of the first.

// appendText appends a member that is a string, or returns dst as it was and an
// error.
func appendText(dst []byte, key *wire.Key, s string, htmlSafe bool) ([]byte, error) {
	dst, _, f := wire.AppendMember(dst, key, s, htmlSafe)
	if f != wire.OK {
		return dst, textError(key.Name(), s)
	}
	return dst, nil
}

// closeObject ends the object that starts at dst[start].
func closeObject(dst []byte, start int) []byte {
	if len(dst) == start {
		return append(dst, "{}"...)
	}
	dst[start] = '{'
	return append(dst, '}')
}

package encode

import "github.com/convuser/convuser/encode/wire"

// appendText appends a member that is a string, or returns dst unchanged and an
// error.
func appendText(dst []byte, key *wire.Key, s string, htmlSafe bool) ([]byte, error) {
	dst, _, f := wire.AppendMember(dst, key, s, htmlSafe)
	if f != wire.OK {
		return dst, textError(key.Name(), s)
	}
	return dst, nil
}

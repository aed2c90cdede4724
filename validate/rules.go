package validate

import "github.com/convuser/convuser/encode/wire"

// SIDLen is the length of a SID in bytes: a prefix of two letters and 32 hex
// digits.
const SIDLen = 34

// SID returns nil if s is the prefix followed by as many hex digits as make
// 34 bytes: for the prefix "RL" the contract's ^RL[0-9a-fA-F]{32}$, from the
// first to the last byte, so that no newline may follow. Else it returns an
// [*Error] with the code [Prefix], [Hex] or [Length]; Length is at the end
// of s where it is too short, at byte 34 where it is too long. Case counts
// in the prefix and not in the digits; the empty string is not a SID.
func SID(prefix, s string) error {
	return orNil(FindSID(prefix, s))
}

// orNil returns an error where one was found. It allocates no sooner.
func orNil(e Error, found bool) error {
	if !found {
		return nil
	}
	kept := e
	return &kept
}

// FindSID returns what [SID] returns, by value, and whether there is a fault:
// for those who look at many values and want no allocation.
func FindSID(prefix, s string) (e Error, found bool) {
	if i, c := sid(prefix, s); c != "" {
		return sidError(prefix, i, c), true
	}
	return Error{}, false
}

// sidError is apart from SID so that the good path stays small.
func sidError(prefix string, i int, c Code) Error {
	const length = "34" // SIDLen, in words
	switch c {
	case Prefix:
		return Error{Code: c, Offset: i, Want: prefix}
	case Length:
		return Error{Code: c, Offset: i, Want: length}
	}
	return Error{Code: c, Offset: i}
}

// sid returns the offset and the code of the first fault, "" for none.
func sid(prefix, s string) (int, Code) {
	if len(s) == SIDLen && len(prefix) == 2 && s[0] == prefix[0] && s[1] == prefix[1] && wire.IsHex32(s[2:]) {
		return 0, ""
	}
	i := 0
	for ; i < len(prefix) && i < len(s); i++ {
		if s[i] != prefix[i] {
			return i, Prefix
		}
	}
	for ; i < len(s) && i < SIDLen; i++ {
		if !wire.IsHex(s[i]) {
			return i, Hex
		}
	}
	if len(s) != SIDLen {
		return i, Length
	}
	return 0, ""
}

// Attributes returns nil if s is a JSON text (RFC 8259) that is one object,
// within the house limits of the package comment. White space may stand
// around it, a byte order mark may not. Else it returns an [*Error] with the
// code [JSON], [Object], [UTF8], [Surrogate] or [Depth].
func Attributes(s string) error {
	return orNil(FindAttributes(s))
}

// FindAttributes returns what [Attributes] returns as [FindSID] does.
func FindAttributes(s string) (e Error, found bool) {
	if i, f := wire.ConsumeObjectText(s); f != wire.OK {
		return attributesError(i, f), true
	}
	return Error{}, false
}

func attributesError(i int, f wire.Fault) Error {
	if f == wire.WrongType {
		return Error{Code: Object, Offset: i}
	}
	c, want := Fault(f)
	return Error{Code: c, Offset: i, Want: want}
}

// Text returns nil if s is valid UTF-8 (RFC 3629), which is a house limit,
// else an [*Error] with the code [UTF8] at the first byte of the first
// sequence that is not. The empty string is valid.
func Text(s string) error {
	if i, f := wire.ConsumeUTF8(s); f != wire.OK {
		return &Error{Code: UTF8, Offset: i}
	}
	return nil
}

// WebhookEnabled returns nil if s is a value of the header
// X-Twilio-Webhook-Enabled: exactly "true" or "false". Else it returns an
// [*Error] with the code [Boolean] at the first byte that fits neither.
func WebhookEnabled(s string) error {
	if s == "true" || s == "false" {
		return nil
	}
	return &Error{Code: Boolean, Offset: max(common(s, "true"), common(s, "false"))}
}

// common returns the length of the longest common prefix.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

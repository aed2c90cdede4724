package validate

import "github.com/convuser/convuser/encode/wire"

// SIDLen is the length of a SID in bytes: a prefix of two letters and 32 hex
// digits.
const SIDLen = 34

// SID returns nil if s is the prefix and as many hex digits as make 34 bytes:
// for the prefix "RL", the contract's ^RL[0-9a-fA-F]{32}$ without a newline at
// the end. Otherwise it returns an [*Error] with the code [CodePrefix], [CodeHex]
// or [CodeLength], whose offset is the end of a short s and 34 in a long one.
// Case counts in the prefix, but not in the digits. The empty string is not a SID.
func SID(prefix, s string) error {
	if IsSID(prefix, s) {
		return nil
	}
	e := sidError("", prefix, s)
	return &e
}

// IsSID reports whether [SID] returns nil. Like [IsText] and [IsAttributes], it
// never allocates.
func IsSID(prefix, s string) bool {
	if len(prefix) == 2 && len(s) == SIDLen {
		return s[0] == prefix[0] && s[1] == prefix[1] && wire.ConsumeHex(s, 2) == SIDLen
	}
	_, c, _ := sid(prefix, s)
	return c == ""
}

// AppendSID appends the error that [SID] returns, if any, with its Field set to
// field. Like the other Append functions it allocates only where dst has no room.
func AppendSID(dst []Error, field, prefix, s string) []Error {
	if IsSID(prefix, s) {
		return dst
	}
	return append(dst, sidError(field, prefix, s))
}

func sidError(field, prefix, s string) Error {
	e := Error{Field: field}
	e.Offset, e.Code, e.Want = sid(prefix, s)
	e.Hint, e.Found = sidHint(prefix, s, e.Offset, e.Code)
	return e
}

// newError returns the error with this code, nil for "".
func newError(offset int, c Code, want string) error {
	if c == "" {
		return nil
	}
	return &Error{Code: c, Offset: offset, Want: want}
}

func appendError(dst []Error, field string, offset int, c Code, want string) []Error {
	if c == "" {
		return dst
	}
	return append(dst, Error{Field: field, Code: c, Offset: offset, Want: want})
}

// sid returns the offset and code of the first error, and what was wanted there.
// The code is "" where there is none.
func sid(prefix, s string) (int, Code, string) {
	const length = "34" // SIDLen, in words
	i := 0
	for ; i < len(prefix) && i < len(s); i++ {
		if s[i] != prefix[i] {
			return i, CodePrefix, prefix
		}
	}
	i = min(wire.ConsumeHex(s, i), SIDLen)
	switch {
	case i < SIDLen && i < len(s):
		return i, CodeHex, ""
	case len(s) != SIDLen:
		return i, CodeLength, length
	}
	return 0, "", ""
}

// Attributes returns nil if s is a JSON text (RFC 8259) that is one object,
// within the house limits of the package comment, with or without white space
// around it, but no byte order mark. Otherwise it returns an [*Error] with the
// code [CodeJSON], [CodeObject], [CodeUTF8], [CodeSurrogate] or [CodeDepth].
func Attributes(s string) error {
	i, f := wire.ConsumeObjectText(s)
	if f == wire.OK {
		return nil
	}
	e := attributesError("", s, i, f)
	return &e
}

// IsAttributes reports whether [Attributes] returns nil.
func IsAttributes(s string) bool {
	_, f := wire.ConsumeObjectText(s)
	return f == wire.OK
}

// AppendAttributes is [AppendSID] for [Attributes].
func AppendAttributes(dst []Error, field, s string) []Error {
	if i, f := wire.ConsumeObjectText(s); f != wire.OK {
		dst = append(dst, attributesError(field, s, i, f))
	}
	return dst
}

func attributesError(field, s string, i int, f wire.Fault) Error {
	e := jsonError(field, s, i, f, "object")
	if f == wire.WrongType {
		e.Code, e.Want = CodeObject, ""
	}
	return e
}

// Text returns nil if s is valid UTF-8 (RFC 3629), which is a house limit.
// Otherwise it returns an [*Error] with the code [CodeUTF8] at the first byte of
// the first invalid sequence. The empty string is valid.
func Text(s string) error {
	if IsText(s) {
		return nil
	}
	e := textError("", s)
	return &e
}

// IsText reports whether [Text] returns nil.
func IsText(s string) bool { return wire.ConsumeUTF8(s) == len(s) }

// AppendText is [AppendSID] for [Text].
func AppendText(dst []Error, field, s string) []Error {
	if !IsText(s) {
		dst = append(dst, textError(field, s))
	}
	return dst
}

func textError(field, s string) Error {
	return jsonError(field, s, wire.ConsumeUTF8(s), wire.UTF8, "")
}

// WebhookEnabled returns nil if s is a value of the header
// X-Twilio-Webhook-Enabled: exactly "true" or "false". Otherwise it returns an
// [*Error] with the code [CodeBoolean] at the first byte that fits neither.
func WebhookEnabled(s string) error {
	if s == "true" || s == "false" {
		return nil
	}
	return &Error{Code: CodeBoolean, Offset: max(common(s, "true"), common(s, "false"))}
}

// common returns the length of the longest common prefix.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

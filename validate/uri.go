package validate

import "github.com/convuser/convuser/encode/wire"

// URI returns nil if s is a URI of RFC 3986 section 3, which begins with a scheme
// and may have a fragment; a relative reference is not one. It does not access the
// network. Otherwise it returns an [*Error] with the code [CodeURI].
func URI(s string) error { return newError(address(s)) }

// AppendURI is [AppendSID] for [URI].
func AppendURI(dst []Error, field, s string) []Error {
	i, c, want := address(s)
	return appendError(dst, field, i, c, want)
}

func address(s string) (int, Code, string) {
	if i, want := uri(s); want != "" {
		return i, CodeURI, want
	}
	return 0, "", ""
}

// The words of [Error.Want] for a URI.
const (
	wantScheme    = "scheme"
	wantCharacter = "character"
	wantHostEnd   = "host_end"
	wantHexDigits = "hex_digits"
	wantIPv6      = "ipv6"
	wantVersion   = "version"
	wantAddress   = "address"
	wantBracket   = "bracket"
)

// The sets of bytes that the parts of a URI may contain (RFC 3986 appendix A). All
// of these parts may contain percent-encoded bytes, too.
const (
	inUserinfo = 1 << iota // also a reg-name, but for the colon
	inRegName
	inPath
	inQuery
	inIPFuture
)

var uriBytes = func() (t [256]uint8) {
	set := func(chars string, in uint8) {
		for i := range len(chars) {
			t[chars[i]] |= in
		}
	}
	const all = inUserinfo | inRegName | inPath | inQuery | inIPFuture
	set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", all) // unreserved
	set("!$&'()*+,;=", all)                                                        // sub-delims
	set(":", all&^inRegName)
	set("@/", inPath|inQuery)
	set("?", inQuery)
	return t
}()

// uri returns the offset of the first error and what was wanted there, "" for none.
func uri(s string) (int, string) {
	i, want := uriScheme(s)
	if want != "" {
		return i, want
	}
	if pairAt(s, i, '/') {
		if i, want = uriAuthority(s, i+2); want != "" {
			return i, want
		}
	}
	if i, want = uriRun(s, i, inPath); want == "" && i < len(s) && s[i] == '?' {
		i, want = uriRun(s, i+1, inQuery)
	}
	if want == "" && i < len(s) && s[i] == '#' {
		i, want = uriRun(s, i+1, inQuery)
	}
	if want == "" && i < len(s) {
		want = wantCharacter
	}
	return i, want
}

// uriScheme reads a scheme (section 3.1) and its colon.
func uriScheme(s string) (int, string) {
	for i := range len(s) {
		switch c := s[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return i + 1, ""
		default:
			return i, wantScheme
		}
	}
	return len(s), wantScheme
}

// uriRun reads bytes of a set and percent-encoded bytes.
func uriRun(s string, i int, in uint8) (int, string) {
	for i < len(s) && (uriBytes[s[i]]&in != 0 || s[i] == '%') {
		if i++; s[i-1] != '%' {
			continue
		}
		for end := i + 2; i < end; i++ {
			if i >= len(s) || !wire.IsHex(s[i]) {
				return i, wantHexDigits
			}
		}
	}
	return i, ""
}

// uriAuthority reads an authority (section 3.2).
func uriAuthority(s string, i int) (int, string) {
	if end, want := uriRun(s, i, inUserinfo); want != "" {
		return end, want
	} else if end < len(s) && s[end] == '@' {
		i = end + 1
	}
	var want string
	if i < len(s) && s[i] == '[' {
		i, want = uriIPLiteral(s, i+1)
	} else {
		i, want = uriRun(s, i, inRegName)
	}
	if want != "" {
		return i, want
	}
	if i < len(s) && s[i] == ':' {
		for i++; i < len(s) && s[i]-'0' <= 9; i++ {
		}
	}
	if i < len(s) && s[i] != '/' && s[i] != '?' && s[i] != '#' {
		return i, wantHostEnd
	}
	return i, ""
}

// pairAt reports whether s[i:] begins with c twice.
func pairAt(s string, i int, c byte) bool { return i+1 < len(s) && s[i] == c && s[i+1] == c }

// uriIPLiteral reads an IP-literal (section 3.2.2) after its opening bracket.
func uriIPLiteral(s string, i int) (int, string) {
	end := i
	for end < len(s) && s[end] != ']' {
		end++
	}
	var want string
	if i < end && s[i]|0x20 == 'v' {
		i, want = uriIPFuture(s[:end], i+1)
	} else {
		i, want = ipv6(s[:end], i)
	}
	switch {
	case want != "":
		return i, want
	case end == len(s):
		return end, wantBracket
	}
	return end + 1, ""
}

// uriIPFuture reads s[i:], an IPvFuture after its v: hex digits, a point, and at
// least one more byte.
func uriIPFuture(s string, i int) (int, string) {
	start := i
	for i < len(s) && wire.IsHex(s[i]) {
		i++
	}
	if i == start || i == len(s) || s[i] != '.' {
		return i, wantVersion
	}
	start = i + 1
	for i = start; i < len(s) && uriBytes[s[i]]&inIPFuture != 0; i++ {
	}
	if i == start || i < len(s) {
		return i, wantAddress
	}
	return i, ""
}

// ipv6 reads s[i:], an IPv6address: eight groups of one to four hex digits. The
// last two may be an IPv4address, and "::" may replace one run of groups.
func ipv6(s string, i int) (int, string) {
	if at, ok := isIPv6(s, i); !ok {
		return at, wantIPv6
	}
	return len(s), ""
}

// isIPv6 reports whether s[i:] is an IPv6address, and otherwise returns the offset
// of the first byte that is wrong.
func isIPv6(s string, i int) (int, bool) {
	groups, gap := 0, false
	if pairAt(s, i, ':') {
		gap, i = true, i+2
		if i == len(s) {
			return i, true
		}
	}
	if !gap && i < len(s) && s[i] == ':' {
		return i + 1, false
	}
	for { // groups is below 8
		start := i
		for i < len(s) && i < start+4 && wire.IsHex(s[i]) {
			i++
		}
		if i < len(s) && s[i] == '.' && (groups == 6 && !gap || gap && groups < 6) {
			at, ok := ipv4(s, start)
			return max(at, i), ok // the digits before the point could have been a group
		}
		if i == start {
			return i, false
		}
		groups++
		if i == len(s) {
			return i, groups == 8 || gap && groups < 8
		}
		if s[i] != ':' || groups == 8 || gap && groups == 7 {
			return i, false
		}
		i++
		if i < len(s) && s[i] == ':' && !gap {
			gap, i = true, i+1
			if i == len(s) || groups == 7 {
				return i, i == len(s) && groups < 8
			}
		}
	}
}

// ipv4 is isIPv6 for an IPv4address: four decimal octets without leading zeros.
func ipv4(s string, i int) (int, bool) {
	for octet := range 4 {
		if octet > 0 {
			if i >= len(s) || s[i] != '.' {
				return i, false
			}
			i++
		}
		start, v := i, 0
		for i < len(s) && s[i]-'0' <= 9 && i < start+3 {
			if v = v*10 + int(s[i]-'0'); v > 255 || i > start && s[start] == '0' {
				return i, false
			}
			i++
		}
		if i == start {
			return i, false
		}
	}
	return i, i == len(s)
}

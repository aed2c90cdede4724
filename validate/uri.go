package validate

import "github.com/convuser/convuser/encode/wire"

// URI returns nil if s is a URI of RFC 3986 section 3: a scheme, a colon,
// and what the grammar allows behind it, so that a reference without a
// scheme is rejected and a fragment is not. It looks nothing up. Else it
// returns an [*Error] with the code [CodeURI].
func URI(s string) error { return newError(address(s)) }

// AppendURI appends what [URI] returns, as [AppendSID] does.
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

// What a URI wants at its first fault: see [Error.Want].
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

// Sets of the bytes that a part of a URI may hold, RFC 3986 appendix A. A
// percent-encoded byte may stand in each of them but the port.
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

// uri returns the offset of the first fault and what was wanted there, "" for none.
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

// uriAuthority reads an authority (section 3.2) from s[i] up to the path.
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

// pairAt reports whether c stands twice at s[i].
func pairAt(s string, i int, c byte) bool { return i+1 < len(s) && s[i] == c && s[i+1] == c }

// uriIPLiteral reads an IPv6 address or a later one (section 3.2.2) and its
// closing bracket.
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

// uriIPFuture reads s[i:], an IPvFuture behind its v: hex digits, a point,
// and at least one byte more.
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

// ipv6 reads s[i:], an IPv6address: eight groups of one to four hex digits,
// the last two of which may be an IPv4address, and one run of groups may be
// left out as "::".
func ipv6(s string, i int) (int, string) {
	if at, ok := isIPv6(s, i); !ok {
		return at, wantIPv6
	}
	return len(s), ""
}

// isIPv6 reports whether s[i:] is one and, where it is not, the offset of the
// first byte that cannot be.
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
			return max(at, i), ok // up to the point it could have been a group
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

// ipv4 reports whether s[i:] is an IPv4address: four decimal octets without
// leading zeros.
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

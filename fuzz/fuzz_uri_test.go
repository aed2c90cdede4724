package fuzz_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/validate"
)

func FuzzURI(f *testing.F) {
	add(f, seeds(f, "validate/testdata/uri.json"), []string{
		"a:b|", "a://h:1x", "a://u:p%4", "a://[1:2:3:4:5::192.0.2.1]",
		"a://[::1:2:3:4:5:192.0.2.1]", "a://[::1:2:3:4:5:6:7]", "a://[1::2::3]",
	})
	f.Fuzz(func(t *testing.T, s string) {
		err := validate.URI(s)
		if (err == nil) != isURI(s) {
			t.Fatalf("%q: %v", s, err)
		}
		if err == nil {
			if u, err := url.Parse(s); (err != nil || !u.IsAbs()) && !urlRejects(s) {
				t.Errorf("%q: accepted, and net/url says: %v", s, err)
			}
			return
		}
		got := violationOf(t, err)
		if got.code != validate.CodeURI || got.at < 0 || got.at > len(s) {
			t.Fatalf("%q: %+v", s, got)
		}
		if !completed(s[:got.at], isURI, uriEnds) {
			t.Errorf("%q: byte %d, but nothing completes what is before it", s, got.at)
		}
		if got.at < len(s) && completed(s[:got.at+1], isURI, uriEnds[len(userEnds):]) {
			t.Errorf("%q: byte %d is allowed there", s, got.at)
		}
	})
}

// uriPattern returns the ABNF of a URI, RFC 3986 appendix A, as a regexp.
func uriPattern() string {
	const (
		pct   = `%[0-9A-Fa-f]{2}`
		plain = `A-Za-z0-9\-._~!$&'()*+,;=` // unreserved and sub-delims
		pchar = `(?:[` + plain + `:@]|` + pct + `)`
		query = `(?:[` + plain + `:@/?]|` + pct + `)*`
		octet = `(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`
		ipv4  = octet + `(?:\.` + octet + `){3}`
		h16   = `[0-9A-Fa-f]{1,4}`
		ls32  = `(?:` + h16 + `:` + h16 + `|` + ipv4 + `)`
	)
	ipv6 := []string{`(?:` + h16 + `:){6}` + ls32, `::(?:` + h16 + `:){5}` + ls32}
	for before := range 5 { // at most one more group than this before the ::
		ipv6 = append(ipv6, fmt.Sprintf(`(?:(?:%s:){0,%d}%s)?::(?:%s:){%d}%s`, h16, before, h16, h16, 4-before, ls32))
	}
	ipv6 = append(ipv6,
		`(?:(?:`+h16+`:){0,5}`+h16+`)?::`+h16,
		`(?:(?:`+h16+`:){0,6}`+h16+`)?::`)
	later := `[vV][0-9A-Fa-f]+\.[` + plain + `:]+`
	host := `(?:\[(?:` + strings.Join(ipv6, "|") + `|` + later + `)\]|(?:[` + plain + `]|` + pct + `)*)`
	authority := `(?:(?:[` + plain + `:]|` + pct + `)*@)?` + host + `(?::[0-9]*)?`
	path := `(?://` + authority + `(?:/` + pchar + `*)*|/(?:` + pchar + `+(?:/` + pchar + `*)*)?|` + pchar + `+(?:/` + pchar + `*)*|)`
	return `^[A-Za-z][A-Za-z0-9+.\-]*:` + path + `(?:\?` + query + `)?(?:#` + query + `)?$`
}

var uri = regexp.MustCompile(uriPattern())

func isURI(s string) bool { return uri.MatchString(s) }

// urlRejects reports whether s has what RFC 3986 allows and net/url rejects: an
// address of a later version in brackets, or a percent-encoded byte of ASCII in a
// host.
func urlRejects(s string) bool {
	return laterAddress.MatchString(s) || escapedHost.MatchString(s)
}

var (
	laterAddress = regexp.MustCompile(`^[^:/?#]+://(?:[^/?#]*@)?\[[vV]`)
	escapedHost  = regexp.MustCompile(`^[^:/?#]+://(?:[^/?#]*@)?[^/?#]*%[0-7]`)
)

// userEnds make a user of what looks like a host and a port. An error in the port
// is one, although an @ after it would make the port part of a user.
var userEnds = []string{"@", "0@", "00@"}

// uriEnds may complete the start of a URI: of a scheme, a user, a % or an address
// in brackets, which may lack up to eight groups or four octets.
var uriEnds = func() []string {
	ends := append(slices.Clone(userEnds), "", ":", "a:", "0", "00", "]", "::]", ":]", ".a]", "0.a]", "a]")
	for n := range 9 {
		for _, start := range []string{"", "0"} {
			ends = append(ends, start+strings.Repeat(":0", n)+"]", start+strings.Repeat(".0", n)+"]")
		}
	}
	return ends
}()

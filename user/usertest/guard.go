package usertest

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// Guard returns a handler that protects next as h protects itself, for a program
// that serves more than the endpoint. A nil next means h.
//
//   - A Host that is not allowed is answered 421 (20421), without CORS headers.
//     This stops a page whose name resolves to this computer (DNS rebinding): to
//     its browser it has the endpoint's origin, but its Host is that name. Allowed
//     are, with any port, localhost, names below it, 127.0.0.0/8, [::1] and
//     [Options].Hosts; not an empty Host or an address with a zone. For a target
//     without a host, [httptest.NewRequest] sets example.com: write
//     http://localhost/v1/Users.
//   - The answer to a chunked request or to one of HTTP/1.0 closes the connection.
//     RFC 9112, section 6.1, requires it if there is a Content-Length besides
//     Transfer-Encoding, which net/http hides, or if the version is 1.0.
//   - X-Content-Type-Options is nosniff and Cache-Control is no-store, unless next
//     sets others.
func (h *Handler) Guard(next http.Handler) http.Handler {
	h.once.Do(h.setUp)
	if next == nil {
		next = http.HandlerFunc(h.route)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if len(r.TransferEncoding) > 0 || !r.ProtoAtLeast(1, 1) {
			w.Header().Set("Connection", "close")
		}
		if !allowsHost(r.Host, h.opts.Hosts) {
			h.fail(w, http.StatusMisdirectedRequest, codeMisdirected, "Host: want a loopback host, or one that the endpoint was set up for")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// allowsHost reports whether host, with or without a port, is loopback or in more.
// An allowed host is valid in a URL.
func allowsHost(host string, more []string) bool {
	name, port := host, ""
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		name, port = host[:i], host[i+1:]
	}
	if _, err := strconv.ParseUint("0"+port, 10, 16); err != nil { // a port may be empty
		return false
	}
	bracketed := strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]")
	if bracketed {
		name = name[1 : len(name)-1]
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.Is6() == bracketed && ip.Zone() == "" && (ip.IsLoopback() || hasAddr(more, ip))
	}
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-."
	name = strings.ToLower(name)
	if bracketed || strings.Trim(name, letters) != "" {
		return false
	}
	name = strings.TrimSuffix(name, ".")
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || hasName(more, name)
}

func hasAddr(hosts []string, ip netip.Addr) bool {
	for _, host := range hosts {
		if a, err := netip.ParseAddr(host); err == nil && (a == ip || a.IsUnspecified()) {
			return true
		}
	}
	return false
}

func hasName(hosts []string, name string) bool {
	for _, host := range hosts {
		if name != "" && strings.EqualFold(strings.TrimSuffix(host, "."), name) {
			return true
		}
	}
	return false
}

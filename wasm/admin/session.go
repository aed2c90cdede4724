package main

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"sync"
)

// linkPath is the path of the link that the program prints.
const linkPath = "/_convuser/session"

// A session lets one browser use the gateway: the one with its cookie, which a
// link that works once sets. There is one session at a time, so it is noticed
// if somebody else opens the link. The zero session has no browser.
type session struct {
	name   string // of the cookie, with the port: all ports of a host share their cookies
	secure bool   // over TLS

	mu     sync.Mutex
	token  string // of the link; "" once it was opened
	cookie string // value of the cookie; "" before the first link was opened
}

func newSession(port string, secure bool) *session {
	s := &session{name: "convuser_" + port, secure: secure}
	if secure {
		s.name = "__Host-" + s.name // browsers refuse such a cookie from another host or without TLS
	}
	return s
}

// newLink returns the path and query of a new link, and makes the link before
// it invalid. The browser in use keeps the session until the link is opened.
func (s *session) newLink() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = rand.Text() // 130 bits
	return linkPath + "?token=" + s.token
}

// open handles the link. The redirect removes the token from the address bar.
func (s *session) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Referrer-Policy", "no-referrer")
	if !same(r.URL.Query().Get("token"), s.token) {
		http.Error(w, "This link was already used, or a newer one was printed.\n"+
			"Press Enter in the terminal in which the program runs to get another, or restart the program.", http.StatusForbidden)
		return
	}
	s.token, s.cookie = "", rand.Text()
	http.SetCookie(w, &http.Cookie{Name: s.name, Value: s.cookie, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// has reports whether r comes from the browser with the session.
func (s *session) has(r *http.Request) bool {
	c, err := r.Cookie(s.name)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return same(c.Value, s.cookie)
}

// same compares secrets in constant time. Nothing is the same as "".
func same(given, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(given), []byte(want)) == 1
}

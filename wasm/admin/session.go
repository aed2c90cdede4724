package main

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"sync"
)

// linkPath is that of the link which the program prints.
const linkPath = "/_convuser/session"

// A session is what a browser needs to use the gateway: a cookie, which it
// gets for a link that works once. There is one at a time, so that somebody
// who opens a link that was meant for another does not stay unnoticed. The
// zero session lets nobody in.
type session struct {
	name   string // of the cookie: browsers keep one jar for all ports of a host
	secure bool   // over TLS

	mu     sync.Mutex
	token  string // of the link; "" when it has been used
	cookie string // its value; "" before the first link was opened
}

func newSession(port string, secure bool) *session {
	s := &session{name: "convuser_" + port, secure: secure}
	if secure {
		s.name = "__Host-" + s.name // which no other host, and nothing without TLS, can set
	}
	return s
}

// newLink returns the path of a link that works once. The link before it does
// not work any more; the browser that has opened it still does.
func (s *session) newLink() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = rand.Text() // 130 bits
	return linkPath + "?token=" + s.token
}

// open answers the link. The redirect takes the token out of the address bar.
func (s *session) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Referrer-Policy", "no-referrer")
	if !same(r.URL.Query().Get("token"), s.token) {
		http.Error(w, "This link was used before, or is not the newest one.\n"+
			"Press Enter in the terminal in which the program runs, and it prints another; or start the program again.", http.StatusForbidden)
		return
	}
	s.token, s.cookie = "", rand.Text()
	http.SetCookie(w, &http.Cookie{Name: s.name, Value: s.cookie, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// has reports whether r is of the browser that has opened the link.
func (s *session) has(r *http.Request) bool {
	c, err := r.Cookie(s.name)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return same(c.Value, s.cookie)
}

// same compares in a time that does not depend on how much is right. Nothing
// is the same as "".
func same(given, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(given), []byte(want)) == 1
}

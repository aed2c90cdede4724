package usertest

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// Options are the settings of a [Handler]. The zero Options are good for a
// test. The tags are rules of validator/v10, for [CheckSettings].
type Options struct {
	// Username and Password are the credentials to ask for. Where one is
	// empty, any that is not empty will do.
	Username string `setting:"username" validate:"excludes=:"`
	Password string `setting:"password"`
	// MaxUsers bounds the users that are kept; 0 means 100,000.
	MaxUsers int `setting:"max-users" validate:"min=0,max=10000000"`
	// MaxBytes bounds the bytes of their strings; 0 means 64 MiB.
	MaxBytes int `setting:"max-bytes" validate:"min=0,max=4294967296"`
	// MaxBody bounds the bytes of a request's body; 0 means 1 MiB.
	MaxBody int `setting:"max-body" validate:"min=0,max=67108864"`
}

// Codes of the service that the endpoint answers with.
const (
	codeInvalid      = 20001
	codeUnauthorized = 20003
	codeMethod       = 20004
	codeNotFound     = 20404
	codeServer       = 20500
	codeUnavailable  = 20503
	codeRateLimit    = 20429
	codeExists       = 50201
	codeIdentity     = 50204
	codeAttributes   = 50304
)

// A Handler is the endpoint. It is safe for concurrent use. The zero Handler
// is one with the zero [Options]; [NewHandler] takes others.
type Handler struct {
	once    sync.Once // for setUp
	opts    Options
	account user.AccountSID
	service user.ChatServiceSID
	role    user.RoleSID // the default
	control http.Handler

	mu     sync.Mutex
	users  map[string]user.User // by identity; nil for none
	order  []string             // identities as they came
	bytes  int                  // of all strings of users
	faults []Fault              // still to come, in order
}

// NewHandler returns an endpoint without users. Settings below 0 are taken
// as 0; use [CheckSettings] to tell a person what is out of range.
func NewHandler(o Options) *Handler {
	h := &Handler{opts: o}
	h.once.Do(h.setUp)
	return h
}

// setUp completes a Handler that has its options only.
func (h *Handler) setUp() {
	h.opts.MaxUsers = orDefault(h.opts.MaxUsers, 100_000)
	h.opts.MaxBytes = orDefault(h.opts.MaxBytes, 64<<20)
	h.opts.MaxBody = orDefault(h.opts.MaxBody, httpwire.DefaultMaxBody)
	h.account = user.AccountSID(newSID("AC"))
	h.service = user.ChatServiceSID(newSID("IS"))
	h.role = user.RoleSID(newSID("RL"))
	h.control = newControl(h)
}

func orDefault(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}

// newSID returns a fresh SID with the prefix, in lower case as the service's.
func newSID(prefix string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return prefix + hex.EncodeToString(b[:])
}

// A Server is an [httptest.Server] around a [Handler].
type Server struct {
	*httptest.Server
	// Handler is the endpoint behind the server: it holds the users and the
	// faults.
	Handler *Handler
}

// NewServer starts a server on a loopback address. The caller calls Close.
// Without options it has the zero [Options]; only the first are looked at.
//
// A client has 10 seconds for a request's header and a minute for all of it,
// so that one which stops sending does not hold up Close for ever. No limit is
// set on the answer, which a [Fault] may delay.
func NewServer(opts ...Options) *Server {
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	h := NewHandler(o)
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ReadHeaderTimeout = 10 * time.Second
	srv.Config.ReadTimeout = time.Minute
	srv.Config.IdleTimeout = 2 * time.Minute
	srv.Start()
	return &Server{srv, h}
}

// Users returns the users that were created, in order. Changing the slice
// does not change the endpoint.
func (h *Handler) Users() []user.User {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]user.User, len(h.order))
	for i, identity := range h.order {
		list[i] = h.users[identity]
	}
	return list
}

// Reset forgets all users and all faults still to come.
func (h *Handler) Reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users, h.order, h.bytes, h.faults = nil, nil, 0, nil
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.once.Do(h.setUp)
	switch {
	case r.URL.Path == ControlPath:
		h.control.ServeHTTP(w, r)
	case r.URL.Path != httpwire.Path:
		h.fail(w, http.StatusNotFound, codeNotFound, "The requested resource was not found")
	case r.Method == http.MethodOptions:
		httpwire.SetHeader(w.Header(), httpwire.DefaultHeader())
		w.Header().Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST, OPTIONS")
		h.fail(w, http.StatusMethodNotAllowed, codeMethod, "Method not allowed")
	default:
		if !h.inject(w, r) {
			h.create(w, r)
		}
	}
}

// create answers POST /v1/Users.
func (h *Handler) create(w http.ResponseWriter, r *http.Request) {
	if !h.authorized(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
		h.fail(w, http.StatusUnauthorized, codeUnauthorized, "Authenticate")
		return
	}
	req, err := httpwire.ReadRequest(r, httpwire.MaxBody(int64(h.opts.MaxBody)))
	if err != nil {
		h.refuse(w, err)
		return
	}
	u := h.newUser(req.Clone(), baseURL(r), time.Now())
	switch err := h.add(&u); {
	case errors.Is(err, errExists):
		h.fail(w, http.StatusConflict, codeExists, "User already exists")
	case err != nil:
		h.fail(w, http.StatusServiceUnavailable, codeUnavailable, "No room for another user in this test endpoint")
	default:
		_ = httpwire.WriteUser(w, &u, httpwire.DefaultHeader()) // only a lost connection can fail here
	}
}

// authorized checks the credentials, in a time that does not depend on how
// much of them is right.
func (h *Handler) authorized(r *http.Request) bool {
	name, password, ok := r.BasicAuth()
	if !ok || name == "" || password == "" {
		return false
	}
	return matches(name, h.opts.Username)&matches(password, h.opts.Password) == 1
}

// matches returns 1 where given is what is wanted, or nothing is.
func matches(given, want string) int {
	if want == "" {
		return 1
	}
	return subtle.ConstantTimeCompare([]byte(given), []byte(want))
}

// refuse answers a request that httpwire.ReadRequest does not take.
func (h *Handler) refuse(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
		status, err = e.Status, e.Err
	}
	if all, ok := errors.AsType[validate.Errors](err); ok {
		err = all[0] // one fault is answered
	}
	h.fail(w, status, serverCode(err), err.Error())
}

// serverCode returns the service's code for a fault of the request.
func serverCode(err error) int {
	e, ok := errors.AsType[*validate.Error](err)
	switch {
	case !ok:
	case e.Field == "Identity" && e.Code == validate.Required:
		return codeIdentity
	case e.Field == "Attributes" && isAttributesFault(e.Code):
		return codeAttributes
	}
	return codeInvalid
}

// isAttributesFault reports whether the code is of the rule for Attributes,
// and not of the form around it.
func isAttributesFault(c validate.Code) bool {
	switch c {
	case validate.JSON, validate.Object, validate.Surrogate, validate.Depth:
		return true
	}
	return false
}

// fail answers with an error in the legacy envelope.
func (h *Handler) fail(w http.ResponseWriter, status, code int, message string) {
	e := apiError(status, code, message)
	_ = httpwire.WriteError(w, e, httpwire.DefaultHeader()) // only a lost connection can fail here
}

func apiError(status, code int, message string) *user.APIError {
	return &user.APIError{
		Status: status, Code: code, Message: message,
		MoreInfo: "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	}
}

// baseURL returns the URL that the client called, without the path. The Host
// header is the client's own word, so it must make a URI.
func baseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	if base := scheme + "://" + r.Host; r.Host != "" && validate.URI(base) == nil {
		return base
	}
	return scheme + "://localhost"
}

// newUser returns the user that the request asks for.
func (h *Handler) newUser(req user.CreateRequest, base string, now time.Time) user.User {
	sid := newSID("US")
	at := user.Some(user.DateTime(now.UTC().Format("2006-01-02T15:04:05Z")))
	u := user.User{
		SID:            user.Some(user.UserSID(sid)),
		AccountSID:     user.Some(h.account),
		ChatServiceSID: user.Some(h.service),
		RoleSID:        user.Some(req.RoleSID.Or(h.role)),
		Identity:       user.Some(req.Identity),
		FriendlyName:   req.FriendlyName,
		Attributes:     user.Some(req.Attributes.Or("{}")),
		IsOnline:       user.Null[bool](),
		IsNotifiable:   user.Null[bool](),
		DateCreated:    at,
		DateUpdated:    at,
		URL:            user.Some(base + httpwire.Path + "/" + sid),
	}
	if u.FriendlyName.IsZero() {
		u.FriendlyName = user.Null[string]()
	}
	u.Links = user.Some(user.Links{UserConversations: user.Some(u.URL.Or("") + "/Conversations")})
	return u
}

var (
	errExists = errors.New("usertest: identity taken")
	errFull   = errors.New("usertest: full")
)

// add keeps u unless its identity is taken or there is no room.
func (h *Handler) add(u *user.User) error {
	identity := u.Identity.Or("")
	size := 4*len(u.URL.Or("")) + len(identity) + len(u.FriendlyName.Or("")) + len(u.Attributes.Or(""))
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, taken := h.users[identity]; taken {
		return errExists
	}
	if len(h.users) >= h.opts.MaxUsers || h.bytes+size > h.opts.MaxBytes {
		return errFull
	}
	if h.users == nil {
		h.users = map[string]user.User{}
	}
	h.users[identity] = *u
	h.order = append(h.order, identity)
	h.bytes += size
	return nil
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

package usertest

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// Options are the options of a [Handler]. A nil *Options means the zero Options,
// whose defaults suit a test. The tags are for a
// program that takes the options from flags: the name of each, and the rules of
// validator/v10 for its value.
type Options struct {
	// Username and Password are the credentials that a request needs. If one
	// is empty, any that is not empty is valid.
	Username string `setting:"username" validate:"excludes=:"`
	Password string `setting:"password"`
	// MaxUsers is the maximum number of users; 0 means 100,000.
	MaxUsers int `setting:"max-users" validate:"min=0,max=10000000"`
	// MaxBytes is the maximum size of all their strings; 0 means 64 MiB.
	MaxBytes int `setting:"max-bytes" validate:"min=0,max=4294967296"`
	// MaxBody is the maximum size of a request's body; 0 means 1 MiB.
	MaxBody int `setting:"max-body" validate:"min=0,max=67108864"`
	// Hosts are host names and IP addresses, without a port, that are allowed
	// as Host besides loopback, see [Handler.Guard]. An unspecified address,
	// 0.0.0.0 or ::, allows every IP address.
	Hosts []string `setting:"hosts" validate:"dive,ip|hostname_rfc1123"`
}

// Codes of the service that the endpoint answers with.
const (
	codeInvalid      = 20001
	codeUnauthorized = 20003
	codeMethod       = 20004
	codeNotFound     = 20404
	codeMisdirected  = 20421
	codeServer       = 20500
	codeUnavailable  = 20503
	codeRateLimit    = 20429
	codeExists       = 50201
	codeIdentity     = 50204
	codeAttributes   = 50304
)

// A Handler is the endpoint. It is safe for concurrent use. The zero Handler is
// an endpoint without users and with the zero [Options].
type Handler struct {
	once    sync.Once // for setUp
	opts    Options
	account user.AccountSID
	service user.ChatServiceSID
	role    user.RoleSID // the default
	control http.Handler
	end     context.CancelFunc // of every request's context, see NewServer

	mu         sync.Mutex
	users      []user.User    // in order of creation
	byIdentity map[string]int // indexes of users
	bySID      map[string]int
	bytes      int                                 // of all strings of users
	failures   []Failure                           // pending, in order
	choose     func(*http.Request) (Failure, bool) // chooses when none is pending; may be nil
}

// NewHandler returns an endpoint without users. It copies opts; nil means the
// zero [Options]. Numbers below 0 are taken as 0.
func NewHandler(opts *Options) *Handler {
	h := new(Handler)
	if opts != nil {
		h.opts = *opts
	}
	h.once.Do(h.setUp)
	return h
}

// setUp initializes everything but the options.
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

// newSID returns a fresh SID with the prefix, in lower case like the service's.
func newSID(prefix string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return prefix + hex.EncodeToString(b[:])
}

// Users returns a copy of the users that were created, in order.
func (h *Handler) Users() []user.User {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]user.User{}, h.users...)
}

// Reset removes all users, all pending failures and the function of
// [Handler.FailFunc].
func (h *Handler) Reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users, h.byIdentity, h.bySID, h.bytes, h.failures, h.choose = nil, nil, nil, 0, nil, nil
}

// ServeHTTP answers a request, protected by [Handler.Guard].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.Guard(nil).ServeHTTP(w, r)
}

// route finds the resource, and makes the checks that creating and fetching have
// in common.
func (h *Handler) route(w http.ResponseWriter, r *http.Request) {
	path := sentPath(r.URL)
	if path == ControlPath {
		h.control.ServeHTTP(w, r)
		return
	}
	cors, serve, found := httpwire.DefaultHeader(), h.create, path == httpwire.Path
	allow, _ := cors.AllowMethods.Get()
	if key, ok := userKey(path); ok {
		allow, found = "GET, HEAD, OPTIONS", true
		cors.AllowMethods = user.Some(allow)
		serve = func(w http.ResponseWriter, _ *http.Request) { h.fetch(w, key) }
	}
	httpwire.SetHeader(w.Header(), cors)
	switch {
	case !found:
		h.notFound(w)
	case r.Method == http.MethodOptions:
		w.Header().Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	case !slices.Contains(strings.Split(allow, ", "), r.Method):
		w.Header().Set("Allow", allow)
		h.fail(w, http.StatusMethodNotAllowed, codeMethod, "Method not allowed")
	case !h.authorized(r):
		w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
		h.fail(w, http.StatusUnauthorized, codeUnauthorized, "Authenticate")
	case !h.inject(w, r, serve):
		serve(w, r)
	}
}

// sentPath returns the path as it was sent, so that a resource has one spelling.
// EscapedPath alone may decode a %2F if another byte of the path is not escaped
// as it should be.
func sentPath(u *url.URL) string {
	if p, err := url.PathUnescape(u.RawPath); err == nil && p == u.Path && u.RawPath != "" {
		return u.RawPath
	}
	return u.EscapedPath()
}

// userKey returns the SID or identity in the path of a user, percent-decoded once.
func userKey(path string) (key string, ok bool) {
	segment, ok := strings.CutPrefix(path, httpwire.Path+"/")
	if !ok || segment == "" || strings.Contains(segment, "/") {
		return "", false
	}
	key, err := url.PathUnescape(segment)
	return key, err == nil
}

// create answers POST /v1/Users.
func (h *Handler) create(w http.ResponseWriter, r *http.Request) {
	req, err := httpwire.ReadRequest(r, &httpwire.ReadOptions{MaxBody: int64(h.opts.MaxBody)})
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
		_ = httpwire.WriteUser(w, &u, httpwire.ResponseHeader{}) // only a lost connection can fail here
	}
}

// fetch answers GET /v1/Users/{SidOrIdentity}.
func (h *Handler) fetch(w http.ResponseWriter, key string) {
	u, ok := h.find(key)
	if !ok {
		h.notFound(w)
		return
	}
	body, err := encode.AppendUser(nil, &u)
	if err != nil { // impossible for a user that WriteUser wrote
		h.fail(w, http.StatusInternalServerError, codeServer, "Internal server error")
		return
	}
	w.Header().Set("Content-Type", httpwire.JSONType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// authorized checks the credentials, in a time that does not depend on how many
// bytes of them are right.
func (h *Handler) authorized(r *http.Request) bool {
	name, password, ok := r.BasicAuth()
	if !ok || name == "" || password == "" {
		return false
	}
	return matches(name, h.opts.Username)&matches(password, h.opts.Password) == 1
}

// matches returns 1 if given equals want, or want is empty, else 0.
func matches(given, want string) int {
	if want == "" {
		return 1
	}
	return subtle.ConstantTimeCompare([]byte(given), []byte(want))
}

// refuse answers a request that httpwire.ReadRequest refuses.
func (h *Handler) refuse(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
		status, err = e.Status, e.Err
	}
	if all, ok := errors.AsType[validate.Errors](err); ok {
		err = all[0] // one error is answered
	}
	h.fail(w, status, serverCode(err), err.Error())
}

// serverCode returns the service's code for an error of the request.
func serverCode(err error) int {
	e, ok := errors.AsType[*validate.Error](err)
	switch {
	case !ok:
	case e.Field == "Identity" && e.Code == validate.CodeRequired:
		return codeIdentity
	case e.Field == "Attributes" && isAttributesError(e.Code):
		return codeAttributes
	}
	return codeInvalid
}

// isAttributesError reports whether the code is from the rule for Attributes
// and not from the form around them.
func isAttributesError(c validate.Code) bool {
	switch c {
	case validate.CodeJSON, validate.CodeObject, validate.CodeSurrogate, validate.CodeDepth:
		return true
	}
	return false
}

// fail answers with an error in the legacy envelope.
func (h *Handler) fail(w http.ResponseWriter, status, code int, message string) {
	e := apiError(status, code, message)
	_ = httpwire.WriteError(w, e, httpwire.ResponseHeader{}) // only a lost connection can fail here
}

func (h *Handler) notFound(w http.ResponseWriter) {
	h.fail(w, http.StatusNotFound, codeNotFound, "The requested resource was not found")
}

func apiError(status, code int, message string) *user.APIError {
	return &user.APIError{
		Status: status, Code: code, Message: message,
		MoreInfo: "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	}
}

// baseURL returns the URL that the client called, without the path. Guard has
// checked the Host.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// newUser returns the user that the request describes.
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

// add stores u unless its identity is taken or there is no room.
func (h *Handler) add(u *user.User) error {
	identity := u.Identity.Or("")
	size := 4*len(u.URL.Or("")) + len(identity) + len(u.FriendlyName.Or("")) + len(u.Attributes.Or(""))
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, taken := h.byIdentity[identity]; taken {
		return errExists
	}
	if len(h.users) >= h.opts.MaxUsers || h.bytes+size > h.opts.MaxBytes {
		return errFull
	}
	if h.users == nil {
		h.byIdentity, h.bySID = map[string]int{}, map[string]int{}
	}
	h.byIdentity[identity], h.bySID[string(u.SID.Or(""))] = len(h.users), len(h.users)
	h.users = append(h.users, *u)
	h.bytes += size
	return nil
}

// find returns the user with the SID key or else with the identity key.
func (h *Handler) find(key string) (u user.User, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, ok := h.bySID[key]
	if !ok {
		i, ok = h.byIdentity[key]
	}
	if ok {
		u = h.users[i]
	}
	return u, ok
}

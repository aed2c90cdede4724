package httpwire

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// A ResponseHeader holds the five Access-Control headers that the contract
// documents for a 201. A header that was not sent is absent; none is ever null.
// Other headers are not kept. The zero ResponseHeader has none. ResponseHeaders
// can be compared with ==.
type ResponseHeader struct {
	AllowOrigin      user.Opt[string] // Access-Control-Allow-Origin: the origins that may read the answer
	AllowMethods     user.Opt[string] // Access-Control-Allow-Methods: the methods that they may use
	AllowHeaders     user.Opt[string] // Access-Control-Allow-Headers: the headers that they may send
	AllowCredentials user.Opt[bool]   // Access-Control-Allow-Credentials: whether a browser should send credentials
	ExposeHeaders    user.Opt[string] // Access-Control-Expose-Headers: the headers that they may read
}

// DefaultHeader returns the headers that let a page of any origin make this
// call, with the webhook header, but without the browser's own credentials.
func DefaultHeader() ResponseHeader {
	return ResponseHeader{
		AllowOrigin:      user.Some("*"),
		AllowMethods:     user.Some("POST, OPTIONS"),
		AllowHeaders:     user.Some("Content-Type, Authorization, " + user.WebhookHeader),
		AllowCredentials: user.Some(false),
		ExposeHeaders:    user.Some("Retry-After"),
	}
}

// corsHeaders pairs the string fields of a ResponseHeader with their names.
func corsHeaders(h *ResponseHeader) []corsHeader {
	return []corsHeader{
		{"Access-Control-Allow-Origin", &h.AllowOrigin},
		{"Access-Control-Allow-Methods", &h.AllowMethods},
		{"Access-Control-Allow-Headers", &h.AllowHeaders},
		{"Access-Control-Expose-Headers", &h.ExposeHeaders},
	}
}

type corsHeader struct {
	name  string
	value *user.Opt[string]
}

const credentialsHeader = "Access-Control-Allow-Credentials"

// SetHeader sets in dst the headers of h that have a value.
func SetHeader(dst http.Header, h ResponseHeader) {
	for _, c := range corsHeaders(&h) {
		if v, ok := c.value.Get(); ok {
			dst.Set(c.name, v)
		}
	}
	if on, ok := h.AllowCredentials.Get(); ok {
		dst.Set(credentialsHeader, strconv.FormatBool(on))
	}
}

// readHeader is the inverse of SetHeader. A value of
// Access-Control-Allow-Credentials that is not a boolean counts as absent.
func readHeader(src http.Header) (h ResponseHeader) {
	for _, c := range corsHeaders(&h) {
		if values := src.Values(c.name); len(values) > 0 {
			*c.value = user.Some(strings.Join(values, ", "))
		}
	}
	if v := src.Get(credentialsHeader); validate.WebhookEnabled(v) == nil {
		h.AllowCredentials = user.Some(v == "true")
	}
	return h
}

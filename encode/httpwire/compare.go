package httpwire

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/convuser/convuser/user"
)

// agrees reports whether u is what r requests. A member that r does not have agrees
// with any value, since the service fills it in. An empty friendly name is the
// same as none, and the case of a role is ignored.
func agrees(u *user.User, r *user.CreateRequest) bool {
	name, hasName := r.FriendlyName.Get()
	attributes, hasAttributes := r.Attributes.Get()
	role, hasRole := r.RoleSID.Get()
	return u.Identity == user.Some(r.Identity) &&
		(!hasName || u.FriendlyName.Or("") == name) &&
		(!hasAttributes || sameJSON(string(u.Attributes.Or("{}")), string(attributes))) &&
		(!hasRole || strings.EqualFold(string(u.RoleSID.Or("")), string(role)))
}

// sameJSON reports whether two texts are the same JSON value, since the service may
// reformat one: members of an object in any order, strings after unescaping,
// numbers by their exact value, the last of members with the same name. A text
// that is not JSON is the same only as an equal text.
func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	x, isJSON := decodeJSON(a)
	y, areBoth := decodeJSON(b)
	return isJSON && areBoth && sameValue(x, y)
}

func decodeJSON(s string) (v any, ok bool) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber() // different numbers may be equal as a float64
	err := d.Decode(&v)
	return v, err == nil && json.Valid([]byte(s)) // a Decoder does not read what follows the value
}

func sameValue(x, y any) bool {
	switch x := x.(type) {
	case map[string]any:
		y, ok := y.(map[string]any)
		return ok && maps.EqualFunc(x, y, sameValue)
	case []any:
		y, ok := y.([]any)
		return ok && slices.EqualFunc(x, y, sameValue)
	case json.Number:
		y, ok := y.(json.Number)
		return ok && decimal(string(x)) == decimal(string(y))
	}
	return x == y // string, bool or nil
}

// decimal returns the normal form of a JSON number: the sign, the digits without
// zeros at either end, and a power of ten; "0" for zero. A number with an exponent
// of more than nine digits is returned as it is.
func decimal(number string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	exponent = strings.TrimPrefix(exponent, "+")
	if len(strings.TrimPrefix(exponent, "-")) > 9 {
		return number
	}
	power, _ := strconv.Atoi(exponent) // 0 without an exponent
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimRight(whole+fraction, "0")
	power += len(whole) - len(digits)
	digits = strings.TrimLeft(digits, "0")
	switch {
	case digits == "":
		return "0"
	case negative:
		digits = "-" + digits
	}
	return digits + "e" + strconv.Itoa(power)
}

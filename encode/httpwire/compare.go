package httpwire

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/convuser/convuser/user"
)

// agrees reports whether u has what r asks for. A member that r does not have
// agrees with everything, since the service fills it in. An empty friendly
// name agrees with none, and a role with itself in other case: neither
// difference is one between two users.
func agrees(u *user.User, r *user.CreateRequest) bool {
	name, hasName := r.FriendlyName.Get()
	attributes, hasAttributes := r.Attributes.Get()
	role, hasRole := r.RoleSID.Get()
	return u.Identity == user.Some(r.Identity) &&
		(!hasName || u.FriendlyName.Or("") == name) &&
		(!hasAttributes || sameJSON(string(u.Attributes.Or("{}")), string(attributes))) &&
		(!hasRole || strings.EqualFold(string(u.RoleSID.Or("")), string(role)))
}

// sameJSON reports whether two texts are the same JSON value, since the
// service may write one anew: the members of an object in any order, strings
// by what their escapes stand for, numbers by their value, to the last digit.
// Of members with the same name the last counts. A text that is no JSON is the
// same as itself only.
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
	d.UseNumber() // a float64 would make equal what is not
	err := d.Decode(&v)
	return v, err == nil && json.Valid([]byte(s)) // a Decoder does not look at what is behind the value
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

// decimal returns a JSON number in one spelling of its value: the sign, the
// digits without zeros at either end, and a power of ten; "0" for zero. An
// exponent of more than nine digits stays as it is, and so does its number.
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

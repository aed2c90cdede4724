package validatorv10

import (
	"errors"
	"reflect"

	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/validate"
)

const (
	tagSID     = "sid"
	tagObject  = "json_object"
	tagDate    = "rfc3339"
	tagWebhook = "webhook_enabled"
)

var fieldTags = [...]string{tagSID, tagObject, tagDate, tagWebhook}

// misused returns the error of a tag that no value can satisfy.
func misused(c validate.Code, want string) error {
	return &validate.Error{Code: c, Offset: -1, Want: want}
}

// checkField is the validator function of all tags.
func checkField(f validator.FieldLevel) bool {
	return fieldRule(f.GetTag(), f.Param(), f.Field()) == nil
}

// fieldRule applies the rule of a tag to a value.
func fieldRule(tag, param string, v reflect.Value) error {
	if v.Kind() == reflect.Bool && tag == tagWebhook {
		return nil
	}
	if v.Kind() != reflect.String {
		return misused(validate.CodeType, "string")
	}
	switch s := v.String(); tag {
	case tagSID:
		if !isPrefix(param) {
			return misused(validate.CodePrefix, "any_prefix")
		}
		return validate.SID(param, s)
	case tagObject:
		return validate.Attributes(s)
	case tagDate:
		return validate.DateTime(s)
	case tagWebhook:
		return validate.WebhookEnabled(s)
	}
	return misused(validate.CodeType, "string")
}

// isPrefix reports whether p can be the prefix of a SID, of any resource.
func isPrefix(p string) bool {
	return len(p) == 2 && 'A' <= p[0] && p[0] <= 'Z' && 'A' <= p[1] && p[1] <= 'Z'
}

// fieldError returns the error of package validate for the error of a tag.
func fieldError(fe validator.FieldError) *validate.Error {
	e := &validate.Error{Code: validate.CodeRequired, Offset: -1} // a nil pointer, an absent Opt
	if v := reflect.ValueOf(fe.Value()); v.IsValid() && v.Kind() != reflect.Pointer {
		if found, ok := errors.AsType[*validate.Error](fieldRule(fe.ActualTag(), fe.Param(), v)); ok {
			e = found
		}
	}
	e.Field = fe.Field()
	return e
}

package validatorv10

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/validate"
)

// codes are the codes of the errors that the types' Validate methods return.
var codes = [...]validate.Code{
	validate.CodeRequired, validate.CodeNull, validate.CodeLength, validate.CodePrefix, validate.CodeHex,
	validate.CodeJSON, validate.CodeObject, validate.CodeDateTime, validate.CodeURI,
	validate.CodeUTF8, validate.CodeSurrogate, validate.CodeDepth,
}

// ErrorOf returns fe as an error of package validate, and false if fe's tag is not
// of this package. Field, Code and Offset are those of the rule. An error in one of
// the types has no Hint, and Want only for [validate.CodePrefix] and
// [validate.CodeLength].
func ErrorOf(fe validator.FieldError) (*validate.Error, bool) {
	if fe == nil {
		return nil, false
	}
	if slices.Contains(fieldTags[:], fe.ActualTag()) {
		return fieldError(fe), true
	}
	code, ours := strings.CutPrefix(fe.ActualTag(), TagPrefix)
	offset, err := strconv.Atoi(fe.Param())
	if !ours || err != nil {
		return nil, false
	}
	e := &validate.Error{Field: fe.Field(), Code: validate.Code(code), Offset: offset}
	switch e.Code {
	case validate.CodePrefix:
		e.Want = cmp.Or(memberOf(e.Field).Prefix, "any_prefix")
	case validate.CodeLength:
		e.Want = strconv.Itoa(validate.SIDLen)
	}
	return e, true
}

// RegisterTranslations translates errors with the tags of this package to the
// texts of package validate, such as "RoleSid: byte 7: want a hex digit". Where
// [ErrorOf] returns no Want, they are shorter: "Attributes: byte 10: not JSON".
func RegisterTranslations(v *validator.Validate, trans ut.Translator) error {
	return RegisterWords(v, trans, (*validate.Error).Error)
}

// RegisterWords translates errors with the tags of this package for trans: words
// returns the text of an error that [ErrorOf] returned. It is called when an error
// is translated and must be safe for concurrent use. A later call for the same
// translator replaces an earlier one.
func RegisterWords(v *validator.Validate, trans ut.Translator, words func(*validate.Error) string) error {
	if v == nil || trans == nil || words == nil {
		return errNil
	}
	tags := append(fieldTags[:len(fieldTags):len(fieldTags)], Unreadable)
	for _, c := range codes {
		tags = append(tags, TagPrefix+string(c))
	}
	for _, tag := range tags {
		if err := v.RegisterTranslation(tag, trans, addNothing, translation(words)); err != nil {
			return err
		}
	}
	return nil
}

// addNothing adds no texts to the translator, since words makes them.
func addNothing(ut.Translator) error { return nil }

// translation returns words in the form that validator/v10 wants.
func translation(words func(*validate.Error) string) validator.TranslationFunc {
	return func(_ ut.Translator, fe validator.FieldError) string {
		if e, ok := ErrorOf(fe); ok {
			return words(e)
		}
		return fe.Error()
	}
}

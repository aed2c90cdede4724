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

// codes are those that the rules of the types can give.
var codes = [...]validate.Code{
	validate.CodeRequired, validate.CodeNull, validate.CodeLength, validate.CodePrefix, validate.CodeHex,
	validate.CodeJSON, validate.CodeObject, validate.CodeDateTime, validate.CodeURI,
	validate.CodeUTF8, validate.CodeSurrogate, validate.CodeDepth,
}

// ErrorOf returns the error of package validate that fe stands for, and false
// where fe's tag is not of this package. Field, Code and Offset are those that
// the rule gave; an error of a type (see [TagPrefix]) does not carry Want, or Hint: Want
// is there for [validate.CodePrefix] and [validate.CodeLength] only.
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

// RegisterTranslations makes v's errors with the tags of this package read in
// English as package validate words them, such as "RoleSid: byte 7: want a
// hex digit". Where the words depend on what an error of a type does not
// carry, they are shorter: "Attributes: byte 10: not JSON".
func RegisterTranslations(v *validator.Validate, trans ut.Translator) error {
	return RegisterWords(v, trans, (*validate.Error).Error)
}

// RegisterWords makes v's errors with the tags of this package read as words
// says, for people who use the translator. Words gets the error as [ErrorOf]
// returns it; it is called while errors are translated, so it must be safe
// for concurrent use. A later call for the same translator replaces an
// earlier one.
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

// addNothing leaves the translator as it is: the words are made, not stored.
func addNothing(ut.Translator) error { return nil }

// translation is words as validator/v10 wants them.
func translation(words func(*validate.Error) string) validator.TranslationFunc {
	return func(_ ut.Translator, fe validator.FieldError) string {
		if e, ok := ErrorOf(fe); ok {
			return words(e)
		}
		return fe.Error()
	}
}

package main

import (
	"errors"
	"reflect"

	"github.com/go-playground/validator/v10"
)

// check checks s against the rules in its tags. It returns an error of one line
// for the first field that breaks one, with the name in its setting tag and the
// rule, never the value.
func (s *settings) check() error {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("setting") })
	all, ok := errors.AsType[validator.ValidationErrors](v.Struct(s))
	if !ok {
		return nil
	}
	return errors.New(all[0].Field() + ": want " + ruleText(all[0]))
}

// ruleText returns what a rule requires.
func ruleText(e validator.FieldError) string {
	switch e.Tag() {
	case "required":
		return "a value"
	case "min":
		return "at least " + e.Param()
	case "max":
		return "at most " + e.Param()
	case "excludes":
		return "no " + e.Param()
	case "ip|hostname_rfc1123":
		return "a host name or an IP address"
	}
	return e.Tag()
}

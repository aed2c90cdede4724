package validatorv10_test

import (
	"errors"
	"fmt"

	"github.com/go-playground/locales/en"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
	"github.com/convuser/convuser/validate/validatorv10"
)

func ExampleRegister() {
	v := validator.New(validator.WithRequiredStructEnabled())
	if err := validatorv10.Register(v); err != nil {
		fmt.Println(err)
		return
	}
	type signUp struct {
		user.CreateRequest
		Plan  string `validate:"oneof=free paid"`
		Admin string `validate:"omitempty,sid=RL"`
	}
	err := v.Struct(&signUp{
		CreateRequest: user.CreateRequest{
			Identity:   "ann",
			Attributes: user.Some(user.Attributes(`{"duty": tech}`)),
			RoleSID:    user.Some(user.RoleSID("RLxyz")),
		},
		Plan:  "free",
		Admin: "US1",
	})
	all, _ := errors.AsType[validator.ValidationErrors](err)
	for _, e := range all {
		fmt.Println(e.Field(), e.Tag(), e.Param())
	}
	// Output:
	// Attributes convuser_json 10
	// RoleSid convuser_hex 2
	// Admin sid RL
}

func ExampleRegisterTranslations() {
	v := validator.New(validator.WithRequiredStructEnabled())
	trans, _ := ut.New(en.New()).GetTranslator("en")
	if err := errors.Join(validatorv10.Register(v), validatorv10.RegisterTranslations(v, trans)); err != nil {
		fmt.Println(err)
		return
	}
	err := v.Struct(&user.CreateRequest{RoleSID: user.Some(user.RoleSID("RL12345x"))})
	all, _ := errors.AsType[validator.ValidationErrors](err)
	for _, e := range all {
		fmt.Println(e.Translate(trans))
	}
	// Output:
	// Identity: required
	// RoleSid: byte 7: want a hex digit
}

// Another language is one function.
func ExampleRegisterWords() {
	v := validator.New(validator.WithRequiredStructEnabled())
	trans, _ := ut.New(en.New()).GetTranslator("en") // in a program, de.New()
	german := func(e *validate.Error) string {
		switch e.Code {
		case validate.CodeRequired:
			return e.Field + " fehlt"
		case validate.CodeHex:
			return fmt.Sprintf("%s: an Byte %d fehlt eine Hexziffer", e.Field, e.Offset)
		}
		return e.Field + " ist nicht gültig"
	}
	if err := errors.Join(validatorv10.Register(v), validatorv10.RegisterWords(v, trans, german)); err != nil {
		fmt.Println(err)
		return
	}
	err := v.Struct(&user.CreateRequest{RoleSID: user.Some(user.RoleSID("RL12345x"))})
	all, _ := errors.AsType[validator.ValidationErrors](err)
	for _, e := range all {
		fmt.Println(e.Translate(trans))
	}
	// Output:
	// Identity fehlt
	// RoleSid: an Byte 7 fehlt eine Hexziffer
}

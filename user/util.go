package user

import "github.com/convuser/convuser/validate"

// asError returns list as [validate.Errors], nil for none.
func asError(list []validate.Error) error {
	if len(list) == 0 {
		return nil
	}
	errs := make(validate.Errors, len(list))
	for i := range list {
		errs[i] = &list[i]
	}
	return errs
}

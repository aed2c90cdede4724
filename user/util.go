package user

import "github.com/convuser/convuser/validate"

// asError returns the faults as [validate.Errors], nil for none.
func asError(faults []validate.Error) error {
	if len(faults) == 0 {
		return nil
	}
	errs := make(validate.Errors, len(faults))
	for i := range faults {
		errs[i] = &faults[i]
	}
	return errs
}

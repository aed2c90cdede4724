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

// appendSID appends what a SID's rule says of a member that has a value.
func appendSID[T interface {
	Value
	~string
}](dst []validate.Error, field, prefix string, o Opt[T]) []validate.Error {
	if o.state != set {
		return dst
	}
	return validate.AppendSID(dst, field, prefix, string(o.value))
}

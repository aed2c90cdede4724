package user

import "github.com/convuser/convuser/validate"

// A checker collects the errors of a value's fields.
type checker struct{ errs validate.Errors }

// add adds err, nil or a *validate.Error of its own, under the wire name.
func (c *checker) add(field string, err error) {
	if err == nil {
		return
	}
	if e, ok := err.(*validate.Error); ok {
		e.Field = field
		c.errs = append(c.errs, e)
	}
}

// checkSet adds what a member's own rule says of its value.
func checkSet[T interface {
	Value
	Validate() error
}](c *checker, field string, o Opt[T]) {
	if o.state == set {
		c.add(field, o.value.Validate())
	}
}

// err returns what was added, a nil error for nothing.
func (c *checker) err() error {
	if c.errs == nil {
		return nil
	}
	return c.errs
}

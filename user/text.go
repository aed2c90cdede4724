package user

import "github.com/convuser/convuser/validate"

// An AccountSID names the account that owns a user: ^AC[0-9a-fA-F]{32}$.
// The zero AccountSID is not valid, and neither is that of the other SIDs.
type AccountSID string

// A ChatServiceSID names a Conversation Service: ^IS[0-9a-fA-F]{32}$.
type ChatServiceSID string

// A RoleSID names a service-level role: ^RL[0-9a-fA-F]{32}$.
type RoleSID string

// A UserSID names a user: ^US[0-9a-fA-F]{32}$.
type UserSID string

// Validate returns nil or a [*validate.Error], see [validate.SID].
func (s AccountSID) Validate() error { return validate.SID("AC", string(s)) }

// Validate returns nil or a [*validate.Error], see [validate.SID].
func (s ChatServiceSID) Validate() error { return validate.SID("IS", string(s)) }

// Validate returns nil or a [*validate.Error], see [validate.SID].
func (s RoleSID) Validate() error { return validate.SID("RL", string(s)) }

// Validate returns nil or a [*validate.Error], see [validate.SID].
func (s UserSID) Validate() error { return validate.SID("US", string(s)) }

// Attributes is the JSON text of one object, kept byte for byte: the contract's
// "JSON Object string that stores application-specific data". The zero
// Attributes, "", is not valid; an empty object is "{}".
type Attributes string

// Validate returns nil or a [*validate.Error], see [validate.Attributes].
func (a Attributes) Validate() error { return validate.Attributes(string(a)) }

// DateTime is a date-time of RFC 3339 section 5.6, kept byte for byte, such as
// "2019-12-16T22:18:37Z". The zero DateTime, "", is not valid.
type DateTime string

// Validate returns nil or a [*validate.Error], see [validate.DateTime].
func (d DateTime) Validate() error { return validate.DateTime(string(d)) }

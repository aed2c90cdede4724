package user

import "github.com/convuser/convuser/validate"

// A CreateRequest is the request of the call. The zero CreateRequest is not
// valid: it has no identity. A nil *CreateRequest, which encoding/json makes of
// null, reads as the zero one.
type CreateRequest struct {
	// Identity uniquely identifies the user within the Conversation
	// Service, case-sensitive; often a user name or an email address. It is
	// required. Empty means missing: package encode leaves it out, and
	// Validate returns an error.
	Identity string `json:"Identity,omitzero" form:"Identity"`
	// FriendlyName describes the user.
	FriendlyName Opt[string] `json:"FriendlyName,omitzero" form:"FriendlyName"`
	// Attributes is the JSON text of one object with the application's own
	// data. The service answers {} if there are none.
	Attributes Opt[Attributes] `json:"Attributes,omitzero" form:"Attributes"`
	// RoleSID is the service-level role of the user: ^RL[0-9a-fA-F]{32}$.
	RoleSID Opt[RoleSID] `json:"RoleSid,omitzero" form:"RoleSid"`
	// WebhookEnabled is the header X-Twilio-Webhook-Enabled, and no part of
	// the form or the JSON. (echo takes the tag "-" as the name of a pair:
	// set this field from the header, after binding.)
	WebhookEnabled Opt[bool] `json:"-" form:"-"`
}

// WebhookHeader is the header of [CreateRequest.WebhookEnabled].
const WebhookHeader = "X-Twilio-Webhook-Enabled"

// Validate returns nil if r meets the contract, else [validate.Errors] with one
// error for each invalid field, in the order of the fields. Offsets are within
// the field's value.
func (r *CreateRequest) Validate() error { return asError(r.AppendErrors(nil)) }

// AppendErrors appends the errors of [CreateRequest.Validate] to dst, by value,
// for a program that checks many requests. With room in dst it allocates
// nothing, unless Attributes are a JSON string, which it unescapes to see
// whether they hold an object.
func (r *CreateRequest) AppendErrors(dst []validate.Error) []validate.Error {
	if r == nil {
		return new(CreateRequest).AppendErrors(dst)
	}
	// Testing a value first takes less time than passing dst.
	if r.Identity == "" {
		dst = appendCode(dst, "Identity", validate.CodeRequired)
	} else if !validate.IsText(r.Identity) {
		dst = validate.AppendText(dst, "Identity", r.Identity)
	}
	switch r.FriendlyName.state {
	case set:
		if !validate.IsText(r.FriendlyName.value) {
			dst = validate.AppendText(dst, "FriendlyName", r.FriendlyName.value)
		}
	case null:
		dst = appendNull(dst, "FriendlyName")
	}
	switch r.Attributes.state {
	case set:
		if !validate.IsAttributes(string(r.Attributes.value)) {
			dst = validate.AppendAttributes(dst, "Attributes", string(r.Attributes.value))
		}
	case null:
		dst = appendNull(dst, "Attributes")
	}
	switch r.RoleSID.state {
	case set:
		if !validate.IsSID("RL", string(r.RoleSID.value)) {
			dst = validate.AppendSID(dst, "RoleSid", "RL", string(r.RoleSID.value))
		}
	case null:
		dst = appendNull(dst, "RoleSid")
	}
	if r.WebhookEnabled.state == null {
		dst = appendNull(dst, WebhookHeader)
	}
	return dst
}

func appendNull(dst []validate.Error, field string) []validate.Error {
	return appendCode(dst, field, validate.CodeNull)
}

// appendCode is not inlined: AppendErrors would clear the space for an error in
// its frame on every call.
//
//go:noinline
func appendCode(dst []validate.Error, field string, c validate.Code) []validate.Error {
	return append(dst, validate.Error{Field: field, Code: c, Offset: -1})
}

// Advise returns what in r is valid, but may cause problems, in the order of the
// fields; nil for nothing. A value that Validate rejects may get advice or none.
func (r *CreateRequest) Advise() []validate.Advice {
	if r == nil {
		return nil
	}
	list := validate.AdviseIdentity(r.Identity)
	if s, ok := r.FriendlyName.Get(); ok {
		list = append(list, validate.AdviseFriendlyName(s)...)
	}
	if s, ok := r.Attributes.Get(); ok {
		list = append(list, validate.AdviseAttributes(string(s))...)
	}
	return list
}

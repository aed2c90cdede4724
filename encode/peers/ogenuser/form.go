// Package ogenuser is what ogen generates from openapi.json for this call:
// the types, their validation, their JSON and, from the client, the form.
// The rest of the client and the server are left out.
//
// To generate again, with ogen of the version in go.mod:
//
//	ogen -clean -package ogenuser -target ogenuser -config ogenuser/ogen.yml openapi.json
//
// and, for oas_request_encoders_gen.go alone, into another folder with the
// feature paths/client enabled in ogen.yml.
package ogenuser

import "net/http"

// EncodeForm sets the body of r to the form of req, as the generated client
// does.
func EncodeForm(req *CreateUserRequest, r *http.Request) error {
	return encodeCreateUserRequest(req, r)
}

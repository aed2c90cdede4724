// Package usertest is the Create User endpoint in memory, for tests and demos, as
// net/http/httptest is for HTTP. It answers POST /v1/Users as the real service
// documents it, and stores the users that it creates. GET
// /v1/Users/{SidOrIdentity} fetches one of them, for a client whose answer was
// lost.
//
//	srv := usertest.NewServer(nil)
//	defer srv.Close()
//	req, err := httpwire.NewRequest(ctx, srv.URL, &user.CreateRequest{Identity: "admin"})
//
// A request with several errors is answered with the first of these, always in
// the legacy envelope:
//
//	Host is not allowed               421  20421, see [Handler.Guard]
//	path is no such resource          404  20404
//	method is not the resource's      405  20004, with Allow
//	no credentials, or wrong ones     401  20003
//
// then, for a creation:
//
//	not a form                        415  20001
//	body too large                    413  20001
//	webhook header                    400  20001
//	form                              400  20001
//	Identity missing                  400  50204
//	Attributes not a JSON object      400  50304
//	RoleSid                           400  20001
//	identity taken, case-sensitive    409  50201
//	no room for another user          503  20503
//
// and for a fetch:
//
//	no such user                      404  20404
//
// The 503 is this endpoint's own, since its memory is bounded, and so is the 421.
// What the real service answers instead of 415, 413 and 20004 is not known.
//
// A path is compared as it was sent: /v1%2FUsers, //v1/Users and /v1/Users/ are
// 404. The last segment of a user's path is percent-decoded once, and a + is a
// plus: a%2Fb is the identity a/b, a%252Fb is a%2Fb. It is the sid of a user or
// else an identity, byte for byte. HEAD is answered like GET. For a user, Allow and
// Access-Control-Allow-Methods are GET, HEAD, OPTIONS; for everything else the
// latter is as documented, POST, OPTIONS.
//
// A 201 has fresh SIDs, dates, url and links. Absent attributes become {}, an
// absent friendly name null, an absent role the service's default role;
// is_online and is_notifiable are null.
//
// To test how a client handles a failure, inject one from Go with
// [Handler.Fail], or from any program with a form, see [ControlPath]. For many,
// in a random order that a seed repeats, use [Handler.FailFunc] and
// [RandomFailures].
package usertest

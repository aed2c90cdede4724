// Package interop has tests only. They use the library with other libraries and
// frameworks, over servers on a loopback address.
//
//   - gin and echo bind a form or JSON into a struct that embeds
//     user.CreateRequest, and validator/v10 applies the library's rules. The tests
//     list what the two frameworks accept and the strict readers do not.
//   - The official Go SDK creates users at the endpoint of package usertest. Its
//     results are compared with those of package httpwire.
//
// It is a module of its own, so that the library depends on none of these.
// README.md has the programs and the tables; the tests compare it, and
//
//	go test -update
//
// writes them.
package interop

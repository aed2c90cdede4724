// Package interop has no code of its own: its tests show the library at work
// in programs that people already have, with servers that really listen, on
// loopback.
//
//   - gin and echo bind a form or JSON into a struct that embeds
//     user.CreateRequest, and validator/v10 checks it by the library's rules;
//     what the two frameworks take that the strict readers do not is pinned.
//   - The official Go SDK creates users at the endpoint of package usertest,
//     and what it reports stands beside what package httpwire reports.
//
// It is a module of its own, so that none of these is a dependency of the
// library. README.md has the tables; the tests keep it true, and
//
//	go test -update
//
// writes it anew.
package interop

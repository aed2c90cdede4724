// Program wasm compiles convuser to WebAssembly, in two builds of the same
// operations:
//
//   - GOOS=wasip1: the module convuser.wasm, which needs no imports and runs in
//     any host. ABI.md specifies its exports.
//   - GOOS=js: the program convuser_js.wasm, for a page that has only Go's
//     wasm_exec.js. It sets the global convuser to an object with functions on
//     strings and plain objects.
//
// On any other system the program only prints what it is for, and the tests run
// the operations.
//
// Run "make wasm" to build both. It sets the tag convuser_bundle, which leaves
// out what needs encoding/json, log/slog and time. "make deps" checks that
// neither build has more of Go's runtime and library than the lists in .ci.
package main

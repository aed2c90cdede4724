// Program wasm is convuser for WebAssembly, built twice of the same operations:
// as a module without imports, whose exports ABI.md describes, and as a program
// for syscall/js with functions on an object, for a page that has nothing but
// wasm_exec.js. The operations themselves know no JavaScript.
//
// Build both with "make wasm", which adds the tag convuser_bundle: it leaves out
// what needs encoding/json, log/slog and time. Nor do they import fmt, reflect,
// net/url, regexp and net/http: "make deps" checks that.
package main

// Program wasm is the browser build of convuser. It has two doors onto the
// same operations: functions on an object for a page that has nothing but
// wasm_exec.js, and exports over linear memory for the loader of the package
// wasm/npm. The operations themselves know no JavaScript.
//
// Build it with "make wasm", which adds the tag convuser_bundle: it leaves out
// what needs encoding/json, log/slog and time. Nor does it import fmt, reflect,
// net/url, regexp and net/http: "make deps" checks that.
package main

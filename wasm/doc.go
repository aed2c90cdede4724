// Program wasm is the browser build of convuser: it registers the functions
// of the core on the JavaScript global object and waits for calls.
//
// Build it with "make wasm", which adds the tag convuser_bundle and leaves
// out what a browser does not need. It imports none of fmt, reflect,
// encoding/json, net/url, regexp, net/http and time: "make deps" checks that.
package main

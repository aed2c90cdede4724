//go:build js && wasm

// Program empty does nothing: it is what any Go program in a browser costs in
// bytes and in time to start, before the first line of convuser.
package main

import _ "syscall/js"

func main() { select {} }

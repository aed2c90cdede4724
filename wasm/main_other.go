//go:build !(js && wasm)

package main

import "os"

// main says what this program is for: natively it has nothing to do.
func main() {
	_, _ = os.Stderr.WriteString("convuser/wasm is the browser build: make wasm\n")
	os.Exit(2)
}

//go:build !wasm

package main

import (
	"fmt"
	"os"
)

// main says what this program is for: natively it has nothing to do.
func main() {
	fmt.Fprintf(os.Stderr, "convuser/wasm is built for WebAssembly, protocol %d: make wasm\n", abi)
	os.Exit(2)
}

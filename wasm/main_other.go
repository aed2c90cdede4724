//go:build !wasm

package main

import (
	"fmt"
	"os"
)

// main prints what this program is for.
func main() {
	fmt.Fprintf(os.Stderr, "convuser/wasm is built for WebAssembly, protocol %d: make wasm\n", abi)
	os.Exit(2)
}

//go:build js && wasm

package main

import (
	"runtime"
	"syscall/js"
)

// main registers the functions on the scope object that the loader hands in
// as globalThis, or on the real one where a page has only wasm_exec.js, and
// waits for calls.
func main() {
	loader := js.Global().Get("convuserExports").Truthy() // it needs no functions, and starts sooner
	js.Global().Set("convuser", newAPI(!loader))
	select {}
}

// newAPI returns the object with the functions: the door for a page without
// the loader, and for the loader what it cannot know.
func newAPI(withFunctions bool) js.Value {
	api := jsObject.New()
	api.Set("abi", abi)
	api.Set("record", recordAddress())
	api.Set("goVersion", runtime.Version())
	if withFunctions {
		for i := range functions {
			register(api, functions[i].name, functions[i].do)
		}
	}
	return api
}

package main

import (
	"runtime"
	"syscall/js"
)

// theMachine serves every call: the program has one thread, and no operation
// waits.
var theMachine machine

// main gives the page an object with the functions, and waits for calls.
func main() {
	js.Global().Set("convuser", newAPI())
	select {}
}

func newAPI() js.Value {
	api := jsObject.New()
	api.Set("goVersion", runtime.Version())
	for i := range functions {
		register(api, functions[i].name, functions[i].do)
	}
	return api
}

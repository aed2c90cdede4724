package main

import (
	"runtime"
	"syscall/js"
)

// instance serves every call: the program has one thread, and no operation
// waits.
var instance session

// main sets the global convuser, and then only serves calls.
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

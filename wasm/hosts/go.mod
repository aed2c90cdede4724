// A nested module, so that those who import the library do not see wazero.
module github.com/convuser/convuser/wasm/hosts

go 1.26.0

require (
	github.com/convuser/convuser v0.0.0
	github.com/tetratelabs/wazero v1.12.0
)

require golang.org/x/sys v0.49.0 // indirect

replace github.com/convuser/convuser => ../..

// A nested module, so that those who import the library do not see wazero.
module github.com/convuser/convuser/wasm/relink

go 1.26.0

require github.com/tetratelabs/wazero v1.12.0

require golang.org/x/sys v0.44.0 // indirect

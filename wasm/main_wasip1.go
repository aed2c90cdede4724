package main

// main is not called: this is a reactor, an input of wasm/relink, whose host
// calls the exports.
func main() {}

// exportABI tells the host the number of the protocol.
//
//go:wasmexport abi
func exportABI() int32 { return abi }

// exportRecord makes the input buffer, and returns the address of the record.
//
//go:wasmexport record
func exportRecord() int32 { return recordAddress() }

// exportReset forgets everything: what was allocated is free to be used again.
// The next call is record's.
//
//go:wasmexport reset
func exportReset() {
	theMachine, input = machine{}, nil
}

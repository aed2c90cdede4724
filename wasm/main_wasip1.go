package main

// main is not called: this is a reactor, an input of wasm/relink, whose host
// calls the exports.
func main() {}

// exportABI tells the host the number of the protocol.
//
//go:wasmexport abi
func exportABI() int32 { return abi }

// exportRecord returns the address of the record.
//
//go:wasmexport record
func exportRecord() int32 { return address(&record[0]) }

func init() { recordAddress() }

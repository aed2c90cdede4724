// Program hello ends at once. What a machine can run is found by running it:
// see run-on.
package main

func main() {}

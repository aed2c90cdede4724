//go:build !race

package fuzz_test

// underRace reports whether the race detector watches.
const underRace = false

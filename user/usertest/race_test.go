//go:build race

package usertest_test

// The race detector takes ten times as long, and knows 8,128 goroutines.
const (
	atOnce    = 4000 // requests in the handler at one time
	fireUsers = 1000 // users that clients under fire make, more than two requests each
)

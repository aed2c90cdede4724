//go:build race

package usertest_test

// The race detector takes ten times as long, and allows 8,128 goroutines.
const (
	atOnce    = 4000 // requests in the handler at one time
	loadUsers = 1000 // users that clients under load create, more than two requests each
)

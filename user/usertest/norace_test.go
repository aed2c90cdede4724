//go:build !race

package usertest_test

const (
	atOnce    = 10_000 // requests in the handler at one time
	loadUsers = 4000   // users that clients under load create, more than two requests each
)

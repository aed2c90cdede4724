//go:build !race

package usertest_test

const (
	atOnce    = 10_000 // requests in the handler at one time
	fireUsers = 4000   // users that clients under fire make, more than two requests each
)

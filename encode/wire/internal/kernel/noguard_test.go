//go:build !(darwin || linux)

package kernel

import "testing"

func newRoom(testing.TB) []byte { return make([]byte, 4096) }

func view(b []byte) string { return string(b) }

//go:build !convuser_bundle

package wire

// Native says that this is not the browser bundle, which leaves out what only
// saves time or memory and is not worth its bytes there.
const Native = true

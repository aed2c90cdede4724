//go:build !convuser_bundle

package encode

import "strings"

// reserves says whether an Append function makes room for all at once.
const reserves = true

// A builder makes strings that share one allocation. The zero builder is
// empty.
type builder struct{ strings.Builder }

// from returns what was written behind the first n bytes.
func (b *builder) from(n int) string { return b.String()[n:] }

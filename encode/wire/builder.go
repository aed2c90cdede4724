//go:build !convuser_bundle

package wire

import "strings"

// A Builder makes strings that share one allocation, as long as there is room
// in it. The zero Builder is empty.
type Builder struct{ strings.Builder }

// Text returns what was written from the offset start up to end.
func (b *Builder) Text(start, end int) string { return b.String()[start:end] }

// CountPercents returns how many of the bytes of s are a percent sign.
func CountPercents(s string) int { return strings.Count(s, "%") }

//go:build convuser_bundle

package wire

// A Builder makes strings that share one allocation while they are written
// and are copied as they are taken: package strings would be a tenth of the
// library's part of the browser bundle. The zero Builder is empty.
type Builder struct{ b []byte }

// Len returns how many bytes were written.
func (b *Builder) Len() int { return len(b.b) }

// Cap returns how many bytes there is room for, those that were written
// included.
func (b *Builder) Cap() int { return cap(b.b) }

// Grow makes room for n bytes more.
func (b *Builder) Grow(n int) { b.b = Grow(b.b, n) }

// Write appends p.
func (b *Builder) Write(p []byte) { b.b = append(b.b, p...) }

// WriteByte appends c.
func (b *Builder) WriteByte(c byte) { b.b = append(b.b, c) }

// WriteString appends s.
func (b *Builder) WriteString(s string) { b.b = append(b.b, s...) }

// Text returns what was written from the offset start up to end.
func (b *Builder) Text(start, end int) string { return string(b.b[start:end]) }

// CountPercents returns how many of the bytes of s are a percent sign.
func CountPercents(s string) (n int) {
	for i := range len(s) {
		if s[i] == '%' {
			n++
		}
	}
	return n
}

//go:build convuser_bundle

package encode

// reserves says whether an Append function makes room for all at once. The
// bundle appends to one buffer, which it keeps and which is soon large enough.
const reserves = false

// A builder makes strings that share one allocation while they are written
// and are copied as they are taken: package strings would be a tenth of the
// library's part of the browser bundle. The zero builder is empty.
type builder struct{ b []byte }

func (b *builder) Len() int             { return len(b.b) }
func (b *builder) Grow(n int)           { b.b = reserve(b.b, n) }
func (b *builder) Write(p []byte)       { b.b = append(b.b, p...) }
func (b *builder) WriteByte(c byte)     { b.b = append(b.b, c) }
func (b *builder) WriteString(s string) { b.b = append(b.b, s...) }

// from returns what was written behind the first n bytes.
func (b *builder) from(n int) string { return string(b.b[n:]) }

package wire

import "github.com/convuser/convuser/encode/wire/internal/kernel"

// ConsumeUTF8 returns the length of the longest prefix of s that is valid UTF-8
// (RFC 3629 section 4), which is the offset of the first invalid sequence.
func ConsumeUTF8(s string) (end int) { return kernel.UTF8(s) }

// UTF16Len returns the number of UTF-16 code units of s, which must be valid UTF-8:
// its length in JavaScript.
func UTF16Len(s string) int { return kernel.UTF16Len(s) }

package wire

import "github.com/convuser/convuser/encode/wire/internal/kernel"

// ConsumeUTF8 returns the length of the longest prefix of s that is valid UTF-8
// (RFC 3629 section 4): len(s) where all of it is, else the offset of the first
// sequence that is not.
func ConsumeUTF8(s string) (end int) { return kernel.UTF8(s) }

// UTF16Len returns how many UTF-16 code units s takes, which is valid UTF-8: the
// length that JavaScript gives it.
func UTF16Len(s string) int { return kernel.UTF16Len(s) }

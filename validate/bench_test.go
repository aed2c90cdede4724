package validate_test

import (
	"strings"
	"testing"

	"github.com/convuser/convuser/validate"
)

// BenchmarkAdvise has values without advice, as most are. The time for 256 code
// points depends on the script, since letters from U+0300 on are looked up in tables.
func BenchmarkAdvise(b *testing.B) {
	for _, c := range []struct {
		name   string
		advise func(string) []validate.Advice
		in     string
	}{
		{"identity", validate.AdviseIdentity, "alice.smith-42"},
		{"identity of 256", validate.AdviseIdentity, strings.Repeat("alicesmith_42xyz", 16)},
		{"identity of 256, Latin", validate.AdviseIdentity, strings.Repeat("Zoë_Müller-Núñez", 16)},
		{"identity of 256, Cyrillic", validate.AdviseIdentity, strings.Repeat("Анна_Достоевская", 16)},
		{"identity of 256, Devanagari", validate.AdviseIdentity, strings.Repeat("श्रीमती_लक्ष्मीक", 16)},
		{"identity of 256, Han", validate.AdviseIdentity, strings.Repeat("王小明的用户名是一个很长的名字啊", 16)},
		{"attributes", validate.AdviseAttributes, `{ "duty": "tech" }`},
		{"attributes of 10 KB, Latin", validate.AdviseAttributes, `{"text":"` + strings.Repeat("Zoë_Müller-Núñez ", 512) + `"}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.in)))
			b.ReportAllocs()
			for b.Loop() {
				if c.advise(c.in) != nil {
					b.Fatal("advice")
				}
			}
		})
	}
}

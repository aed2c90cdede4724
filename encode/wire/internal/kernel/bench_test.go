package kernel

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// to returns n bytes of a repeated text.
func to(n int, s string) string { return strings.Repeat(s, n/len(s)+1)[:n] }

const (
	prose = "The quick brown fox jumps over the lazy dog. "
	dense = `{\"id\":1000,\"said\":\"\\\"the\\\" and \\\\ conversation\\n\",\"ok\":true},`
	raw   = `{"id":1000,"said":"\"the\" and \\ conversation\n","ok":true},`
	cjk   = "会话由第二位客服接手因为第一位已经下班没有人介意"
)

// BenchmarkKernel runs each implementation on typical texts. Some JSON strings are
// followed by the rest of a JSON text, a quote first.
func BenchmarkKernel(b *testing.B) {
	dst := make([]byte, 1<<15)
	run := func(kernel, text, s string) {
		k := kernelOf(kernel)
		for _, body := range append([]namedBody{{"plain", k.plain}}, k.others[:len(k.others)-1]...) {
			b.Run(kernel+"/"+text+"/"+body.name, func(b *testing.B) {
				for b.Loop() {
					body.run(dst, s)
				}
			})
		}
	}
	for _, n := range []int{8, 18, 34, 100, 4096} {
		size := fmt.Sprint(n)
		run("JSONChars", "name"+size, to(n, prose)+`":"`+to(200, prose))
		for _, kernel := range []string{"JSONChars", "EscapeJSON", "UnescapeJSON", "UTF8", "FormPlain"} {
			run(kernel, "prose"+size, to(n, prose))
		}
		run("Hex", "hex"+size, to(n, "0123456789abcdef"))
		run("EscapeForm", "prose"+size, to(n, strings.Trim(prose, ". ")))
		run("UnescapeForm", "prose"+size, to(n, "The+quick+brown+fox+jumps+over+the+lazy+dog%2C+"))
		run("EscapeForm", "dense"+size, to(n, raw))
		run("UnescapeForm", "dense"+size, to(n, "%7B%22id%22%3A1000%2C%22name%22%3A%22the+conversation%22%7D"))
	}
	for _, n := range []int{18, 33, 99, 4095} {
		size := fmt.Sprint(n)
		for _, kernel := range []string{"JSONChars", "EscapeJSON", "UnescapeJSON", "UTF8"} {
			run(kernel, "cjk"+size, to(n, cjk))
		}
		run("JSONChars", "dense"+size, to(n, dense))
		run("UnescapeJSON", "dense"+size, to(n, dense))
		run("EscapeJSON", "dense"+size, to(n, raw))
		run("UnescapeForm", "cjk"+size, to(n, "%E6%9D%B1"))
		run("EscapeForm", "cjk"+size, to(n, cjk))
	}
}

// BenchmarkStandard runs similar functions of the standard library on the same texts.
func BenchmarkStandard(b *testing.B) {
	dst := make([]byte, 1<<15)
	for _, n := range []int{8, 18, 34, 100, 4096} {
		for name, f := range map[string]func(s string){
			"copy":        func(s string) { copy(dst, s) },
			"IndexByte":   func(s string) { strings.IndexByte(s, '"') },
			"ValidString": func(s string) { utf8.ValidString(s) },
		} {
			s := to(n, prose)
			b.Run(fmt.Sprintf("%s/prose%d", name, n), func(b *testing.B) {
				for b.Loop() {
					f(s)
				}
			})
		}
	}
	b.Run("ValidString/cjk4095", func(b *testing.B) {
		s := to(4095, cjk)
		for b.Loop() {
			utf8.ValidString(s)
		}
	})
}

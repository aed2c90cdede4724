package fuzz_test

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// A workload makes an input of about n bytes and hands it to the core.
type workload struct {
	name string
	run  func(n int)
}

func fill(before, unit, after string, n int) string {
	return before + strings.Repeat(unit, n/len(unit)) + after
}

func onForm(before, unit, after string) func(int) {
	return func(n int) { _, _ = encode.ParseForm(fill(before, unit, after, n), encode.AllowUnknown) }
}

func onUser(before, unit, after string) func(int) {
	return func(n int) { _, _ = encode.ParseUser(fill(before, unit, after, n)) }
}

func onAttributes(before, unit, after string) func(int) {
	return func(n int) { _ = validate.Attributes(fill(before, unit, after, n)) }
}

func onAppend(unit string) func(int) {
	return func(n int) {
		s := fill("", unit, "", n)
		r := user.CreateRequest{Identity: s, FriendlyName: user.Some(s), Attributes: user.Some(user.Attributes(s))}
		_, _ = encode.AppendForm(nil, &r)
		_, _ = encode.AppendRequest(nil, &r)
		_, _ = encode.AppendUser(nil, &user.User{Identity: user.Some(s)}, encode.HTMLSafe)
	}
}

var workloads = []workload{
	{"form, plain", onForm("Identity=", "abcdefgh", "")},
	{"form, all %", onForm("Identity=", "%41", "")},
	{"form, all % of characters", onForm("Identity=", "%E2%82%AC", "")},
	{"form, all +", onForm("Identity=", "+", "")},
	{"form, all &", onForm("", "&", "")},
	{"form, all =", onForm("Identity", "=", "")},
	{"form, all ' and $", onForm("Identity=", "'$", "")},
	{"form, unknown names", onForm("", "x%41=1&", "")},
	{"form, names that share a prefix", onForm("", "Identit=1&", "")},
	{"form, one long name", onForm("", "Identity", "=1")},
	{"form, bad at the end", onForm("Identity=", "%E2%82%AC", "%E2")},
	{"form, bad in two values", onForm("Identity=%FF", "%41", "&FriendlyName=%")},
	{"user, plain", onUser(`{"attributes":"`, "abcdefgh", `"}`)},
	{"user, all quotes", onUser("", `"`, "")},
	{"user, all escapes", onUser(`{"attributes":"`, `\"`, `"}`)},
	{"user, all backslashes", onUser(`{"attributes":"`, `\\`, `"}`)},
	{"user, escapes that words do not take", onUser(`{"attributes":"`, `\n\"abcdef`, `"}`)},
	{"user, surrogate pairs", onUser(`{"attributes":"`, `\ud83d\ude00`, `"}`)},
	{"user, characters of two bytes", onUser(`{"attributes":"`, "é\\\"", `"}`)},
	{"user, unknown members", onUser(`{"x":1`, `,"x":1`, "}")},
	{"user, members that share a prefix", onUser(`{"x":1`, `,"si":1,"sid2":2`, "}")},
	{"user, escaped names", onUser(`{"x":1`, `,"\u0073":1`, "}")},
	{"user, one long escaped name", onUser(`{"`, `\u0073`, `":1}`)},
	{"user, deep", onUser(`{"x":`, "[", "")},
	{"user, deep and wide", onUser(`{"x":[0`, ","+strings.Repeat("[", 500)+strings.Repeat("]", 500), "]}")},
	{"user, white space", onUser("{", " \n", "}")},
	{"attributes, records", onAttributes(`{"a":[0`, `,{"id":1,"name":"b"}`, "]}")},
	{"attributes, numbers", onAttributes(`{"a":[0`, ",-1.5e3", "]}")},
	{"attributes, one number", onAttributes(`{"a":1`, "0", "}")},
	{"append, plain", onAppend("abcdefgh")},
	{"append, quotes", onAppend(`"`)},
	{"append, controls", onAppend("\x01")},
	{"append, HTML", onAppend("<\u2028")},
	{"append, CJK", onAppend("東京都")},
}

// workVar asks TestWorkload for one of them: its index and a size.
const workVar = "CONVUSER_WORKLOAD"

// TestWorkload runs what TestWorkIsLinear asks for, in a process of its own.
func TestWorkload(t *testing.T) {
	var index, size int
	if n, _ := fmt.Sscan(os.Getenv(workVar), &index, &size); n == 2 && index >= 0 {
		workloads[index].run(size)
	}
}

// TestWorkIsLinear counts the statements that the core executes, with the
// counters of go test -cover: a figure that no clock is in and that is the
// same on every machine. Eight times the input must be eight times the work,
// and a byte a bounded amount of it.
func TestWorkIsLinear(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("needs a compiler")
	}
	binary := filepath.Join(t.TempDir(), "work.test")
	build := exec.Command("go", "test", "-c", "-o", binary, "-covermode=count",
		"-coverpkg=github.com/convuser/convuser/encode/wire,github.com/convuser/convuser/encode,github.com/convuser/convuser/validate,github.com/convuser/convuser/user", ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const n, times, mostPerByte = 1 << 15, 8, 40
	nothing := work(t, binary, -1, 0)
	for k, w := range workloads {
		small, large := work(t, binary, k, n)-nothing, work(t, binary, k, times*n)-nothing
		growth := float64(large) / float64(max(small, 1))
		t.Logf("%-40s %6.2f statements a byte, growth %5.2f", w.name, float64(large)/(times*n), growth)
		if growth > times*1.02 {
			t.Errorf("%s: %d times the input is %.2f times the work", w.name, times, growth)
		}
		if perByte := float64(large) / (times * n); perByte > cmp.Or(mostOf[w.name], mostPerByte) {
			t.Errorf("%s: %.1f statements a byte", w.name, perByte)
		}
	}
}

// mostOf has the workloads that may take more statements a byte than others:
// each of theirs writes seven texts, of up to six bytes for one.
var mostOf = map[string]float64{"append, quotes": 150, "append, controls": 150, "append, HTML": 150}

// work returns how many statements of the core a workload executes.
func work(t *testing.T, binary string, index, size int) (statements int) {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "cover.out")
	run := exec.Command(binary, "-test.run", "^TestWorkload$", "-test.coverprofile", profile)
	run.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d", workVar, index, size))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := os.Open(profile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text()) // place, statements, count
		var n, count int
		if len(fields) == 3 {
			if _, err := fmt.Sscan(fields[1]+" "+fields[2], &n, &count); err != nil {
				t.Fatal(err)
			}
			statements += n * count
		}
	}
	return statements
}

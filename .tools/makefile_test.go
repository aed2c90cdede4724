// Package tools tests the Makefile.
package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMakeSaysWhatIsMissing checks that make only builds what it cannot run, leaves
// out what it cannot build, and says so and why in a line; and that it stops with
// one line if a required program is missing.
func TestMakeSaysWhatIsMissing(t *testing.T) {
	const few = "PORTABLE=./user" // one package is enough
	for _, c := range []struct {
		name string
		args []string
		env  string
		ok   bool
		want string // the last line begins with it
	}{
		{"386 programs do not run", []string{"386", few}, "RUNNER=" + failing(t), true, "386: built only, this machine does not run it (exit status 1)"},
		{"programs of s390x do not run", []string{"platforms", few, "PLATFORMS=s390x"}, "RUNNER=" + failing(t), true, "s390x: built only, this machine does not run it (exit status 1)"},
		{"a compiler that does not work", []string{"race"}, "CC=" + failing(t), true, "race: neither built nor run, "},
		{"no compiler", []string{"race"}, "CC=nonesuch", true, "race: neither built nor run, "},
		{"no Go", []string{"need-go", "GO=nonesuch"}, "", false, "make: Go is missing; "},
		{"no Node.js", []string{"need-node"}, "PATH=" + t.TempDir(), false, "make: Node.js 20.10 or later with npm is missing; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, lines, err := runMake(t, c.args, c.env)
			last := lines[len(lines)-1]
			if !c.ok && len(lines) > 1 {
				last = lines[len(lines)-2] // the last is make's own on the failed target
			}
			if (err == nil) != c.ok || !strings.HasPrefix(last, c.want) {
				t.Errorf("%v\n%s\nwant %q", err, out, c.want)
			}
		})
	}
}

// TestMakeRun checks that make run starts the local endpoint or, with UPSTREAM, a
// gateway, without credentials on its command line.
func TestMakeRun(t *testing.T) {
	const program = `exec .build/admin -addr "127.0.0.1:8080" -package wasm/npm`
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, program},
		{[]string{"UPSTREAM=https://u.example"}, program + ` -upstream "https://u.example"`},
		{[]string{"UPSTREAM=https://u.example", "CREDENTIALS=my file", "ADDR=[::1]:1"}, `exec .build/admin -addr "[::1]:1" -package wasm/npm -upstream "https://u.example" -credentials "my file"`},
	} {
		out, lines, err := runMake(t, append([]string{"-n", "run", "GO=go"}, c.args...),
			"UPSTREAM=", "CREDENTIALS=", "TWILIO_ACCOUNT_SID=AC1", "TWILIO_AUTH_TOKEN=s3cret")
		if last := lines[len(lines)-1]; err != nil || last != c.want {
			t.Errorf("%v\n%s\nwant %s", err, last, c.want)
		}
		if strings.Contains(out, "s3cret") {
			t.Error("a credential is in a command")
		}
	}
}

// runMake runs make in the project's folder and returns its output, whole and by
// lines.
func runMake(t *testing.T, args []string, env ...string) (out string, lines []string, err error) {
	t.Helper()
	run, err := exec.LookPath("make")
	if err != nil {
		t.Skip("make is not in PATH")
	}
	cmd := exec.Command(run, append([]string{"--no-print-directory"}, args...)...)
	cmd.Dir = ".."
	// An outer make must not pass its job slots.
	cmd.Env = append(append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL="), env...)
	b, err := cmd.CombinedOutput()
	return string(b), strings.Split(strings.TrimSpace(string(b)), "\n"), err
}

// failing returns the path of a program that fails.
func failing(t *testing.T) string {
	file, err := exec.LookPath("false")
	if err != nil {
		t.Skip("no program false")
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

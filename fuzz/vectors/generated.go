package vectors

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is generated instead of comparing it")

// Update reports whether the test was started with -update.
func Update() bool { return *update }

// File returns a file by its path from the project's root, its lines ending in
// "\n" whatever the checkout has made of them.
func File(tb testing.TB, path string) string {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(root(tb), filepath.FromSlash(path)))
	if err != nil {
		tb.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// Generated compares a file with the text that it should have. With -update
// it writes the text instead.
func Generated(tb testing.TB, path, want string) {
	tb.Helper()
	if Update() {
		if err := os.WriteFile(filepath.Join(root(tb), filepath.FromSlash(path)), []byte(want), 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	got, wanted := strings.Split(File(tb, path), "\n"), strings.Split(want, "\n")
	for n := range max(len(got), len(wanted)) {
		if n == len(got) || n == len(wanted) || got[n] != wanted[n] {
			tb.Errorf("%s is out of date from line %d on; run this test with -update\ngot  %q\nwant %q", path, n+1, got[n:min(n+3, len(got))], wanted[n:min(n+3, len(wanted))])
			return
		}
	}
}

// Between returns doc with text in place of what is between two markers.
func Between(tb testing.TB, doc, begin, text, end string) string {
	tb.Helper()
	before, rest, found := strings.Cut(doc, begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		tb.Fatalf("no place between %q and %q", begin, end)
	}
	return before + begin + text + end + after
}

// Section is [Between] for a document in Markdown, with the comments name:begin and
// name:end as markers.
func Section(tb testing.TB, doc, name, text string) string {
	tb.Helper()
	return Between(tb, doc, "<!-- "+name+":begin -->\n", "\n"+strings.TrimSpace(text)+"\n\n", "<!-- "+name+":end -->")
}

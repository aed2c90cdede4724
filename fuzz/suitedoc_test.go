package fuzz_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

// figuresTable lists what each suite tests and how many cases it has.
func figuresTable(tables []suiteTable) string {
	var b strings.Builder
	b.WriteString("| suite | from | what it tests | cases | by a rule below |\n|---|---|---|---|---|\n")
	for _, s := range tables {
		all := 0
		for _, n := range s.Counts {
			all += n
		}
		fmt.Fprintf(&b, "| `%s` | %s (%s) | %s | %d: %s | %d |\n", s.Suite, s.From, s.Licence, s.Tests, all, counted(s.Counts), s.pins())
	}
	return b.String()
}

// differencesTable lists the expected differences by their rules.
func differencesTable(tables []suiteTable) string {
	var b strings.Builder
	b.WriteString("| suite | rule | our result | cases, with the byte of the error |\n|---|---|---|---|\n")
	for _, s := range tables {
		for _, d := range s.Differences {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Suite, d.Rule, d.answer(), d.list())
		}
	}
	return b.String()
}

// answer describes our result for the cases.
func (d difference) answer() string {
	switch {
	case d.Code == "":
		return "accepted"
	case d.Want == "":
		return fmt.Sprintf("`%s`", d.Code)
	case d.Inside == "":
		return fmt.Sprintf("`%s`, %s", d.Code, d.Want)
	}
	return fmt.Sprintf("`%s`, %s; as the value of a member: %s", d.Code, d.Want, d.Inside)
}

// list returns the names of the cases, with the offset of the error.
func (d difference) list() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(d.Cases)) {
		text := "`" + name + "`"
		if at := d.Cases[name]; at >= 0 {
			text += fmt.Sprintf(" %d", at)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// TestSuiteTables generates the tables of SUITES.md from the one that the runners read.
func TestSuiteTables(t *testing.T) {
	const path = ".github/SUITES.md"
	tables := suiteTables(t)
	for _, s := range tables {
		for _, d := range s.Differences {
			if d.Rule == "" || len(d.Cases) == 0 {
				t.Errorf("%s: a difference needs a rule and cases: %+v", s.Suite, d)
			}
		}
	}
	doc := vectors.Section(t, vectors.File(t, path), "figures", figuresTable(tables))
	vectors.Generated(t, path, vectors.Section(t, doc, "differences", differencesTable(tables)))
}

package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

var testHeader = header{Version: 1, Upstream: "https://u.example", Account: "AC1", Total: 3}

const headerLine = `{"version":1,"upstream":"https://u.example","account":"AC1","total":3}` + "\n"

// newJournal opens a journal. The caller closes it.
func newJournal(t testing.TB, path string) (*journal, []record) {
	t.Helper()
	j, records, err := openJournal(path, testHeader)
	if err != nil {
		t.Fatal(err)
	}
	return j, records
}

// TestJournal: what was written is read again, and only its owner can read it.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "x.jsonl")
	j, records := newJournal(t, path)
	diff(t, "records", 0, len(records))
	diff(t, "sent", nil, j.sent(7))
	if runtime.GOOS != "windows" { // where a locked file cannot be read
		text := read(t, path)
		if !strings.HasPrefix(text, headerLine+`{"row":7,"send":"2`) || !strings.HasSuffix(text, "Z\"}\n") {
			t.Errorf("on disk when sent returns: %s", text)
		}
		for p, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			info, err := os.Stat(p)
			diff(t, "error", nil, err)
			diff(t, "mode of "+filepath.Base(p), want, info.Mode().Perm())
		}
	}
	var ended error = errForeign
	j.append(record{Row: 7, Outcome: "created", SID: "US1"}, func(err error) { ended = err })
	j.close()
	diff(t, "ended", nil, ended)
	j, records = newJournal(t, path)
	j.close()
	records[0].Send = ""
	diff(t, "records", []record{{Row: 7}, {Row: 7, Outcome: "created", SID: "US1"}}, records)
}

// TestJournalTorn: an incomplete last line is removed, and the next line begins
// in its place.
func TestJournalTorn(t *testing.T) {
	const sent = `{"row":1,"send":"t"}` + "\n"
	for cut := range len(headerLine + sent) {
		path := filepath.Join(t.TempDir(), "x")
		write(t, path, (headerLine + sent)[:cut])
		j, records := newJournal(t, path)
		diff(t, "records", 0, len(records))
		j.append(record{Row: 2, Outcome: "refused"}, func(error) {})
		j.close()
		diff(t, "file", headerLine+`{"row":2,"outcome":"refused"}`+"\n", read(t, path))
	}
}

// TestJournalBad: a journal that is foreign or damaged is refused and not
// changed.
func TestJournalBad(t *testing.T) {
	for text, want := range map[string]string{
		strings.Replace(headerLine, "u.example", "v.example", 1): errForeign.Error(),
		strings.Replace(headerLine, "AC1", "AC2", 1) + "torn":    errForeign.Error(),
		strings.Replace(headerLine, ":1,", ":2,", 1):             errForeign.Error(),
		headerLine + "secret\n":                                  "journal: line 2 is damaged",
		headerLine + "{\"row\":1}\n":                             "journal: line 2 is damaged",
		headerLine + "{\"row\":1,\"send\":\"t\"}\n\n":            "journal: line 3 is damaged",
		headerLine + "{\"row\":1,\"outcome\":\"secret\"}\n":      "journal: line 2 has an unknown outcome",
	} {
		path := filepath.Join(t.TempDir(), "x")
		write(t, path, text)
		_, _, err := openJournal(path, testHeader)
		diffError(t, "error", want, err)
		diff(t, "file", text, read(t, path))
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	if _, _, err := openJournal(filepath.Join(file, "x"), testHeader); err == nil || strings.Contains(err.Error(), file) {
		t.Errorf("a file for a folder: %v", err)
	}
}

// TestJournalLock: a journal cannot be opened twice.
func TestJournalLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	j, _ := newJournal(t, path)
	if _, _, err := openJournal(path, testHeader); err != errLocked {
		t.Errorf("a second time: %v", err)
	}
	j.close()
	j, _ = newJournal(t, path)
	j.close()
}

// TestJournalFails: if a line cannot be written, each line that waits and each
// later one gets the error.
func TestJournalFails(t *testing.T) {
	j, _ := newJournal(t, filepath.Join(t.TempDir(), "x"))
	j.file.Close()
	for range 2 {
		if err := j.sent(1); !errors.Is(err, os.ErrClosed) || strings.Contains(err.Error(), "/") {
			t.Errorf("sent: %v", err)
		}
	}
	j.close()
}

// TestJournalSyncs: sent fails if the line is written but cannot be synced, as
// with a pipe.
func TestJournalSyncs(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a pipe of Windows can be synced")
	}
	j, _ := newJournal(t, filepath.Join(t.TempDir(), "x"))
	j.file.Close()
	r, w, err := os.Pipe()
	diff(t, "error", nil, err)
	defer r.Close()
	j.file = w
	if err := j.sent(1); err == nil {
		t.Error("a line that was not synced")
	}
	j.close()
}

// BenchmarkJournal compares one line at a time with 16 that share a Sync.
func BenchmarkJournal(b *testing.B) {
	for name, parallel := range map[string]int{"1": 1, "16": 16} {
		b.Run(name, func(b *testing.B) {
			j, _ := newJournal(b, filepath.Join(b.TempDir(), "x"))
			defer j.close()
			var group sync.WaitGroup
			rows := make(chan int)
			for range parallel {
				group.Go(func() {
					for row := range rows {
						if err := j.sent(row); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for i := range b.N {
				rows <- i
			}
			close(rows)
			group.Wait()
		})
	}
}

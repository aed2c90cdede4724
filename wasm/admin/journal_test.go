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

// newJournal opens a journal that is closed at the end of the test.
func newJournal(t testing.TB, path string) (*journal, []record) {
	t.Helper()
	j, records, err := openJournal(path, testHeader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sync.OnceFunc(func() { j.close() }))
	return j, records
}

// TestJournal: what was written is read again, and is nobody else's to read.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "x.jsonl")
	j, records, err := openJournal(path, testHeader)
	diff(t, "error", nil, err)
	diff(t, "records", 0, len(records))
	diff(t, "sent", nil, j.sent(7))
	text, err := os.ReadFile(path)
	if runtime.GOOS != "windows" { // which shares a locked file with nobody
		diff(t, "error", nil, err)
		if !strings.HasPrefix(string(text), headerLine+`{"row":7,"send":"2`) || !strings.HasSuffix(string(text), "Z\"}\n") {
			t.Errorf("on the disk when sent returns: %s", text)
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
	_, records = newJournal(t, path)
	records[0].Send = ""
	diff(t, "records", []record{{Row: 7}, {Row: 7, Outcome: "created", SID: "US1"}}, records)
}

// TestJournalTorn: a line that a crash has cut is dropped, and the next one
// does not join it.
func TestJournalTorn(t *testing.T) {
	const sent = `{"row":1,"send":"t"}` + "\n"
	for cut := range len(headerLine + sent) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, []byte((headerLine + sent)[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		j, records, err := openJournal(path, testHeader)
		if err != nil {
			t.Fatal(err)
		}
		diff(t, "records", 0, len(records))
		j.append(record{Row: 2, Outcome: "refused"}, func(error) {})
		j.close()
		text, err := os.ReadFile(path)
		diff(t, "error", nil, err)
		diff(t, "file", headerLine+`{"row":2,"outcome":"refused"}`+"\n", string(text))
	}
}

// TestJournalBad: a journal that is not what it should be is left as it is.
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
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := openJournal(path, testHeader)
		if err == nil {
			t.Fatal("no error")
		}
		diff(t, "error", want, err.Error())
		after, err := os.ReadFile(path)
		diff(t, "error", nil, err)
		diff(t, "file", text, string(after))
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := openJournal(filepath.Join(file, "x"), testHeader); err == nil || strings.Contains(err.Error(), file) {
		t.Errorf("a file for a folder: %v", err)
	}
}

// TestJournalLock: one journal is open once.
func TestJournalLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	j, _, err := openJournal(path, testHeader)
	diff(t, "error", nil, err)
	if _, _, err := openJournal(path, testHeader); err != errLocked {
		t.Errorf("a second time: %v", err)
	}
	j.close()
	newJournal(t, path)
}

// TestJournalFails: when a line cannot be written, each that waits is told so,
// and each that comes later.
func TestJournalFails(t *testing.T) {
	j, _, err := openJournal(filepath.Join(t.TempDir(), "x"), testHeader)
	diff(t, "error", nil, err)
	j.file.Close()
	for range 2 {
		if err := j.sent(1); !errors.Is(err, os.ErrClosed) || strings.Contains(err.Error(), "/") {
			t.Errorf("sent: %v", err)
		}
	}
	j.close()
}

// TestJournalSyncs: a line counts when it is on the disk. A pipe takes what is
// written, and has no disk.
func TestJournalSyncs(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a pipe of Windows can be synced")
	}
	j, _, err := openJournal(filepath.Join(t.TempDir(), "x"), testHeader)
	diff(t, "error", nil, err)
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

// BenchmarkJournal: a line at a time, beside 16 at once that share a Sync.
func BenchmarkJournal(b *testing.B) {
	for name, parallel := range map[string]int{"1": 1, "16": 16} {
		b.Run(name, func(b *testing.B) {
			j, _ := newJournal(b, filepath.Join(b.TempDir(), "x"))
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

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
)

// A journal is a file that records what a job has done, so that it continues
// where it was even if the program was killed. It has JSON lines: a header;
// before a row is sent, its number and the time; when it has ended, its outcome
// and the user's SID. It has no identity and no other value of a row.
//
//	{"version":1,"upstream":"https://conversations.twilio.com","account":"AC…","total":2}
//	{"row":1,"send":"2026-01-02T15:04:05Z"}
//	{"row":1,"outcome":"created","sid":"US…"}
//
// A row is not sent before its line is on disk. One goroutine writes, and syncs
// all lines that came in during the last sync together, which BenchmarkJournal
// measures. The file is locked while it is open.
type journal struct {
	file    *os.File
	entries chan entry
	written chan struct{} // closed when the goroutine has ended
}

// A header says which users a journal is about. A journal with another header
// is refused.
type header struct {
	Version  int    `json:"version"`
	Upstream string `json:"upstream"` // "" for the local endpoint
	Account  string `json:"account"`  // SID of the account or API key; random for the local endpoint
	Total    int    `json:"total"`    // rows
}

// A record is a line after the header, with either Send or Outcome.
type record struct {
	Row     int    `json:"row"`
	Send    string `json:"send,omitzero"`
	Outcome string `json:"outcome,omitzero"`
	SID     string `json:"sid,omitzero"`
}

// An entry is a line to write; done is called when it is on disk, or with the
// error.
type entry struct {
	line []byte
	done func(error)
}

var (
	errLocked  = errors.New("journal: another program is working on the same rows; stop it first")
	errForeign = errors.New("journal: it belongs to another upstream or account, or to another version of this program")
)

// openJournal opens or creates the journal at path, and locks it. It returns
// the records. If a crash has left an incomplete last line, it is removed.
func openJournal(path string, h header) (j *journal, records []record, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, journalError(err)
	}
	file, err := openLocked(path)
	if err != nil {
		return nil, nil, journalError(err)
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, nil, journalError(err)
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	first, rest, _ := bytes.Cut(whole, []byte("\n"))
	line, _ := json.Marshal(h) // of numbers and strings: no error
	if len(whole) > 0 && !bytes.Equal(first, line) {
		return nil, nil, errForeign
	}
	if records, err = parseRecords(rest); err != nil {
		return nil, nil, err
	}
	if err := file.Truncate(int64(len(whole))); err != nil {
		return nil, nil, journalError(err)
	}
	if _, err := file.Seek(0, io.SeekEnd); err != nil {
		return nil, nil, journalError(err)
	}
	if len(whole) == 0 {
		if _, err := file.Write(append(line, '\n')); err != nil {
			return nil, nil, journalError(err)
		}
		if err := errors.Join(file.Sync(), syncFolder(filepath.Dir(path))); err != nil {
			return nil, nil, journalError(err)
		}
	}
	j = &journal{file, make(chan entry, mostInBatch), make(chan struct{})}
	go j.write()
	return j, records, nil
}

func parseRecords(text []byte) (records []record, err error) {
	n := 1
	for line := range bytes.Lines(text) {
		n++
		var r record
		if err := json.Unmarshal(line, &r); err != nil || (r.Send == "") == (r.Outcome == "") {
			return nil, fmt.Errorf("journal: line %d is damaged", n)
		}
		if _, known := outcomeOf(r.Outcome); r.Outcome != "" && !known {
			return nil, fmt.Errorf("journal: line %d has an unknown outcome", n)
		}
		records = append(records, r)
	}
	return records, nil
}

// outcomeOf is the inverse of [httpwire.Outcome.String].
func outcomeOf(name string) (httpwire.Outcome, bool) {
	for o := range httpwire.Refused + 1 {
		if o.String() == name {
			return o, true
		}
	}
	return httpwire.Unknown, false
}

// journalError returns an error for the page, without the path, or nil for nil.
func journalError(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	if err == nil || err == errLocked {
		return err
	}
	return fmt.Errorf("journal: %w", err)
}

// sent records that a row is about to be sent, and returns when that is on
// disk.
func (j *journal) sent(row int) error {
	done := make(chan error, 1)
	j.append(record{Row: row, Send: time.Now().UTC().Format(time.RFC3339)}, func(err error) { done <- err })
	return <-done
}

// append adds a line. The journal's goroutine calls done when it is on disk, or
// with the error.
func (j *journal) append(r record, done func(error)) {
	line, _ := json.Marshal(r) // of numbers and strings: no error
	j.entries <- entry{append(line, '\n'), done}
}

// mostInBatch is how many lines are synced together at most.
const mostInBatch = 256

func (j *journal) write() {
	defer close(j.written)
	var failed error // after an error nothing is written, since the last line may be incomplete
	for e := range j.entries {
		batch := []entry{e}
		for len(j.entries) > 0 && len(batch) < mostInBatch {
			batch = append(batch, <-j.entries)
		}
		if failed == nil {
			failed = j.writeBatch(batch)
		}
		for _, e := range batch {
			e.done(failed)
		}
	}
}

func (j *journal) writeBatch(batch []entry) error {
	var lines []byte
	for _, e := range batch {
		lines = append(lines, e.line...)
	}
	_, err := j.file.Write(lines)
	if err == nil {
		err = j.file.Sync()
	}
	return journalError(err)
}

// close writes what was appended, and unlocks the file. Nothing may be appended
// during or after close.
func (j *journal) close() {
	close(j.entries)
	<-j.written
	j.file.Close()
}

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
)

// The limits of a file of rows.
const (
	mostRowsBytes = 256 << 20
	mostRows      = 1_000_000
	mostLineBytes = 4 << 20
)

// A row is a line of the file, see [jobsPath].
type row struct {
	Row            *int            `json:"row"`
	WebhookEnabled *bool           `json:"WebhookEnabled"`
	Request        json.RawMessage `json:"request"`
}

func parseRow(line []byte) (r row, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil || r.Row == nil || r.Request == nil {
		return row{}, errors.New(`want {"row":N,"request":{…}}, and "WebhookEnabled" if it is set`)
	}
	if _, err := d.Token(); err != io.EOF {
		return row{}, errors.New("want one object")
	}
	return r, nil
}

func (r *row) request() (user.CreateRequest, error) {
	u, err := encode.ParseRequest(string(r.Request))
	if r.WebhookEnabled != nil {
		u.WebhookEnabled = user.Some(*r.WebhookEnabled)
	}
	return u, err
}

// spool copies the rows of body to a temporary file that only this user can
// read, and returns it with their number and their SHA-256.
func spool(dir string, body io.Reader) (file *os.File, total int, id string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, 0, "", journalError(err)
	}
	file, err = os.CreateTemp(dir, "rows")
	if err != nil {
		return nil, 0, "", journalError(err)
	}
	os.Remove(file.Name()) // fails on Windows, where discard removes it
	defer func() {
		if err != nil {
			discard(file)
		}
	}()
	hash := sha256.New()
	out := bufio.NewWriter(io.MultiWriter(file, hash))
	lines := scan(body)
	last := math.MinInt
	for lines.Scan() {
		r, err := parseRow(lines.Bytes())
		switch {
		case err != nil:
		case total == mostRows:
			err = fmt.Errorf("want at most %d rows", mostRows)
		case total > 0 && *r.Row <= last:
			err = errors.New("want row numbers in ascending order")
		}
		if lines.Err() != nil { // which comes before err: the line is cut off
			break
		}
		if err != nil {
			return nil, 0, "", &requestError{http.StatusBadRequest, fmt.Sprintf("line %d: %v", total+1, err)}
		}
		total, last = total+1, *r.Row
		out.Write(lines.Bytes())
		out.WriteByte('\n')
	}
	_, tooLarge := errors.AsType[*http.MaxBytesError](lines.Err())
	switch err := out.Flush(); {
	case tooLarge || errors.Is(lines.Err(), bufio.ErrTooLong):
		return nil, 0, "", &requestError{http.StatusRequestEntityTooLarge, fmt.Sprintf("want at most %d bytes, and %d a line", mostRowsBytes, mostLineBytes)}
	case lines.Err() != nil:
		return nil, 0, "", &requestError{http.StatusBadRequest, "the rows are incomplete"}
	case total == 0:
		return nil, 0, "", &requestError{http.StatusBadRequest, "want at least one row"}
	case err != nil:
		return nil, 0, "", journalError(err)
	}
	return file, total, hex.EncodeToString(hash.Sum(nil)), nil
}

func scan(r io.Reader) *bufio.Scanner {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, mostLineBytes)
	return lines
}

// discard closes and removes a file that spool returned, or does nothing for
// nil.
func discard(file *os.File) {
	if file != nil {
		file.Close()
		os.Remove(file.Name())
	}
}

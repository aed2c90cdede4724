package fuzz_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

func FuzzDateTime(f *testing.F) {
	add(f, seeds(f, "validate/testdata/datetime.json"), vectors.SuiteTexts(f, "fmt_datetime"))
	f.Fuzz(func(t *testing.T, s string) {
		err := validate.DateTime(s)
		if (err == nil) != isDateTime(s) {
			t.Fatalf("%q: %v", s, err)
		}
		if err == nil {
			return
		}
		got := violationOf(t, err)
		if got.code != validate.CodeDateTime || got.at < 0 || got.at > len(s) {
			t.Fatalf("%q: %+v", s, got)
		}
		// That a second 60 is not the last of a day in UTC shows only at the end.
		if len(s) > 18 && s[17:19] == "60" && got.at > 18 {
			return
		}
		if !completed(s[:got.at], isDateTime, dateEnds(got.at)) {
			t.Errorf("%q: byte %d, but nothing completes what is before it", s, got.at)
		}
		if got.at < len(s) && completed(s[:got.at+1], isDateTime, dateEnds(got.at+1)) {
			t.Errorf("%q: byte %d is allowed there", s, got.at)
		}
	})
}

var dateTime = regexp.MustCompile(
	`^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(\.[0-9]+)?([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$`)

// isDateTime applies the grammar of RFC 3339 section 5.6 and leaves the ranges to
// time.Parse, which accepts no second 60. Section 5.7 allows that as the last of
// a day in UTC, so the second before it is 23:59:59 there.
func isDateTime(s string) bool {
	m := dateTime.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	leap := m[3] == "60"
	if leap {
		m[3] = "59"
	}
	at, err := time.Parse(time.RFC3339, m[1]+"T"+m[2]+":"+m[3]+m[4]+strings.ToUpper(m[5]))
	if err != nil {
		return false
	}
	at = at.UTC()
	return !leap || at.Hour() == 23 && at.Minute() == 59
}

// dateEnds returns the ends of some date-times, from an offset. The days are
// chosen so that one completes each start of a month or day.
func dateEnds(at int) (ends []string) {
	for _, date := range []string{"0000-01-01", "0000-10-10"} {
		for _, zone := range []string{"Z", "+00:00", "+10:00"} {
			if s := date + "T00:00:00" + zone; at <= len(s) {
				ends = append(ends, s[at:])
			}
		}
	}
	// A fraction shifts the zone, and a second that starts with 6 needs the last minute.
	ends = append(ends, "", "0", "Z", "0Z", ":00", "0:00", "00:00", "00")
	for minute := range 24 * 60 {
		if at == 18 {
			ends = append(ends, fmt.Sprintf("0+%02d:%02d", minute/60, minute%60))
		}
	}
	return ends
}

// completed reports whether s with one of the ends is valid.
func completed(s string, valid func(string) bool, ends []string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return valid(s + end) })
}

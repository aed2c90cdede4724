package validate

// DateTime returns nil if s is a date-time of RFC 3339 section 5.6, such as
// "2019-12-16T22:18:37Z". The day must exist in its month and year, T and Z may
// be in lower case, a fraction of a second may have any number of digits, and a
// second 60 must be the last one of a day in UTC (section 5.7; whether that day
// had a leap second is not checked). Otherwise it returns an [*Error] with the
// code [CodeDateTime].
func DateTime(s string) error { return newError(dateTime(s)) }

// AppendDateTime is [AppendSID] for [DateTime].
func AppendDateTime(dst []Error, field, s string) []Error {
	i, c, want := dateTime(s)
	return appendError(dst, field, i, c, want)
}

// The words of [Error.Want] for a date-time.
const (
	wantYear       = "year"
	wantMonth      = "month"
	wantDay        = "day"
	wantHour       = "hour"
	wantMinute     = "minute"
	wantSecond     = "second"
	wantLeapSecond = "leap_second"
	wantDash       = "dash"
	wantColon      = "colon"
	wantT          = "t"
	wantDigit      = "digit"
	wantZone       = "zone"
	wantEnd        = "end"
)

// A clock reads a date-time from left to right up to the first error.
type clock struct {
	s    string
	i    int
	want string // what was wanted at s[i], "" where there is no error
}

func dateTime(s string) (int, Code, string) {
	c := clock{s: s}
	year := c.number(4, 0, 9999, wantYear)
	c.literal('-', '-', wantDash)
	month := c.number(2, 1, 12, wantMonth)
	c.literal('-', '-', wantDash)
	c.number(2, 1, daysIn(year, month), wantDay)
	c.literal('T', 't', wantT)
	hour := c.number(2, 0, 23, wantHour)
	c.literal(':', ':', wantColon)
	minute := c.number(2, 0, 59, wantMinute)
	c.literal(':', ':', wantColon)
	second := c.number(2, 0, 60, wantSecond)
	c.fraction()
	offset := c.zone()
	const day = 24 * 60 // minutes
	switch utc := (hour*60 + minute - offset + day) % day; {
	case c.want != "":
	case second == 60 && utc != day-1:
		c.want = wantLeapSecond
	case c.i < len(s):
		c.want = wantEnd
	}
	if c.want == "" {
		return 0, "", ""
	}
	return c.i, CodeDateTime, c.want
}

// number reads n digits whose value is in [low, high]. The error is at the first
// digit that no such value has there: in a month 13 the 3, in a month 23 the 2.
func (c *clock) number(n, low, high int, want string) int {
	unit := 1
	for range n - 1 {
		unit *= 10
	}
	v := 0
	for ; unit > 0 && c.want == ""; unit /= 10 {
		if c.i >= len(c.s) || c.s[c.i]-'0' > 9 {
			c.want = want
			return 0
		}
		v += int(c.s[c.i]-'0') * unit
		if v > high || v+unit-1 < low {
			c.want = want
			return 0
		}
		c.i++
	}
	return v
}

// literal reads one of two bytes.
func (c *clock) literal(a, b byte, want string) {
	switch {
	case c.want != "":
	case c.i < len(c.s) && (c.s[c.i] == a || c.s[c.i] == b):
		c.i++
	default:
		c.want = want
	}
}

// fraction reads an optional fraction of a second.
func (c *clock) fraction() {
	if c.want != "" || c.i >= len(c.s) || c.s[c.i] != '.' {
		return
	}
	c.i++
	start := c.i
	for c.i < len(c.s) && c.s[c.i]-'0' <= 9 {
		c.i++
	}
	if c.i == start {
		c.want = wantDigit
	}
}

// zone reads Z or a numeric offset and returns its minutes east of UTC.
func (c *clock) zone() int {
	if c.want != "" {
		return 0
	}
	if c.i >= len(c.s) || c.s[c.i] != '+' && c.s[c.i] != '-' {
		c.literal('Z', 'z', wantZone)
		return 0
	}
	sign := 1
	if c.s[c.i] == '-' {
		sign = -1
	}
	c.i++
	hour := c.number(2, 0, 23, wantHour)
	c.literal(':', ':', wantColon)
	return sign * (hour*60 + c.number(2, 0, 59, wantMinute))
}

// daysIn returns the days of a month, RFC 3339 section 5.7 and appendix C.
func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

package wire

// AppendInt appends n in decimal digits, as strconv.AppendInt does in base
// 10; package strconv alone would be a twentieth of the library's part of the
// browser bundle.
func AppendInt(dst []byte, n int) []byte {
	var buf [20]byte // as long as -1<<63
	i := len(buf)
	rest := uint(n)
	if n < 0 {
		rest = -rest
	}
	for {
		i--
		buf[i] = byte('0' + rest%10)
		if rest /= 10; rest == 0 {
			break
		}
	}
	if n < 0 {
		i--
		buf[i] = '-'
	}
	return append(dst, buf[i:]...)
}

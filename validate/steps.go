package validate

// A stepTable is a step function of code points: ranges with one value each, the
// first from 0. Lengths compress better than starts, which matters for the size of
// the WebAssembly module.
type stepTable struct {
	starts  []rune   // of every step whose number is a multiple of stepBlock
	lengths []uint16 // of each step, in code points
	values  []uint8
}

const stepBlock = 8

// find returns the number of the step that contains r, and its start.
func (t *stepTable) find(r rune) (i int, start rune) {
	low, high := 1, len(t.starts)
	for low < high {
		if middle := (low + high) / 2; t.starts[middle] <= r {
			low = middle + 1
		} else {
			high = middle
		}
	}
	i, start = (low-1)*stepBlock, t.starts[low-1]
	for start+rune(t.lengths[i]) <= r {
		start += rune(t.lengths[i])
		i++
	}
	return i, start
}

func (t *stepTable) at(r rune) uint8 {
	i, _ := t.find(r)
	return t.values[i]
}

// A stepReader remembers the last step, which usually contains the next character
// of a text, too.
type stepReader struct {
	table      *stepTable
	value      uint8
	start, end rune
}

func (s *stepReader) at(r rune) uint8 {
	if r < s.start || s.end <= r {
		i, start := s.table.find(r)
		s.value, s.start, s.end = s.table.values[i], start, start+rune(s.table.lengths[i])
	}
	return s.value
}

package interchange

import (
	"encoding/binary"
	"math"

	"sadi"
)

// UBJSON (ubjson.org, draft 12) in the dialect of XGBoost: lengths are int64, lists of numbers are typed with a count
// before them, all numbers are big-endian. XGBoost insists on the types that it writes itself, so lists keep theirs.

// appendUBJSON writes a document.
func appendUBJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		for _, m := range v {
			b = appendLength(b, len(m.name))
			b = append(b, m.name...)
			b = appendUBJSON(b, m.value)
		}
		return append(b, '}')
	case string:
		b = appendLength(append(b, 'S'), len(v))
		return append(b, v...)
	case int:
		return binary.BigEndian.AppendUint64(append(b, 'L'), uint64(v))
	case []any:
		b = appendLength(append(b, '[', '#'), len(v))
		for _, x := range v {
			b = appendUBJSON(b, x)
		}
		return b
	case []string:
		b = appendLength(append(b, '[', '#'), len(v))
		for _, s := range v {
			b = appendUBJSON(b, s)
		}
		return b
	case []float32:
		return appendTyped(b, 'd', v, func(b []byte, x float32) []byte { return binary.BigEndian.AppendUint32(b, math.Float32bits(x)) })
	case []int32:
		return appendTyped(b, 'l', v, func(b []byte, x int32) []byte { return binary.BigEndian.AppendUint32(b, uint32(x)) })
	case []int64:
		return appendTyped(b, 'L', v, func(b []byte, x int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(x)) })
	case []uint8:
		return appendTyped(b, 'U', v, func(b []byte, x uint8) []byte { return append(b, x) })
	}
	panic("interchange: a document holds a value of another type")
}

func appendLength(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint64(append(b, 'L'), uint64(n))
}

func appendTyped[E any](b []byte, kind byte, list []E, appendOne func([]byte, E) []byte) []byte {
	b = appendLength(append(b, '[', '$', kind, '#'), len(list))
	for _, x := range list {
		b = appendOne(b, x)
	}
	return b
}

// parseUBJSON reads UBJSON; lists of numbers become []float64.
func parseUBJSON(file []byte) (place, error) {
	p := &ubjParser{rest: file, size: len(file)}
	v := p.value(p.byte(), 0)
	if p.err == nil && len(p.rest) > 0 {
		p.fail("goes on after its end")
	}
	return place{value: v, faults: &faults{size: len(file)}}, p.err
}

type ubjParser struct {
	rest []byte
	size int
	err  error
}

func (p *ubjParser) fail(what string) {
	if p.err == nil {
		p.err = sadi.Errorf(sadi.BadData, "the UBJSON of the model file %s", what).At("byte %d", p.size-len(p.rest)).Advise("the file may be cut off: copy it again")
	}
	p.rest = nil
}

// take is the next n bytes, or zeros and a fault.
func (p *ubjParser) take(n int) []byte {
	if n < 0 || n > len(p.rest) {
		p.fail("ends too early")
		return make([]byte, 8)
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *ubjParser) byte() byte {
	for {
		if c := p.take(1)[0]; c != 'N' { // N stands for nothing
			return c
		}
	}
}

func (p *ubjParser) peek(c byte) bool {
	for len(p.rest) > 0 && p.rest[0] == 'N' {
		p.rest = p.rest[1:]
	}
	if len(p.rest) == 0 || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// sizes are the bytes of a number of each kind.
var sizes = map[byte]int{'i': 1, 'U': 1, 'I': 2, 'l': 4, 'L': 8, 'd': 4, 'D': 8}

// number is a number of a kind; b has its bytes.
func number(kind byte, b []byte) float64 {
	switch kind {
	case 'i':
		return float64(int8(b[0]))
	case 'U':
		return float64(b[0])
	case 'I':
		return float64(int16(binary.BigEndian.Uint16(b)))
	case 'l':
		return float64(int32(binary.BigEndian.Uint32(b)))
	case 'L':
		return float64(int64(binary.BigEndian.Uint64(b)))
	case 'd':
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b))
}

// length is a count of things of at least size bytes each.
func (p *ubjParser) length(size int) int {
	kind := p.byte()
	n, ok := sizes[kind]
	if !ok || kind == 'd' || kind == 'D' {
		p.fail("has no length where one is expected")
		return 0
	}
	v := number(kind, p.take(n))
	if !(v >= 0 && v*float64(size) <= float64(len(p.rest))) {
		p.fail("has a length beyond its end")
		return 0
	}
	return int(v)
}

func (p *ubjParser) value(kind byte, depth int) any {
	if depth > maxNesting {
		p.fail("is nested too deep")
		return nil
	}
	switch kind {
	case '{':
		return p.object(depth)
	case '[':
		return p.list(depth)
	case 'S', 'H':
		return string(p.take(p.length(1)))
	case 'C':
		return string(p.take(1))
	case 'T':
		return true
	case 'F':
		return false
	case 'Z':
		return nil
	}
	if n, ok := sizes[kind]; ok {
		return number(kind, p.take(n))
	}
	p.fail("has a value of an unknown kind")
	return nil
}

// head is what may stand before the values of a container: the kind of all of them (0 = each has its own) and their count
// (−1 = until the end mark).
func (p *ubjParser) head() (kind byte, count int) {
	count = -1
	if p.peek('$') {
		kind = p.byte()
		if kind == 'T' || kind == 'F' || kind == 'Z' || kind == 'N' { // values without bytes would be without bound
			p.fail("has a list of a kind that is not supported")
			return 0, 0
		}
		if len(p.rest) == 0 || p.rest[0] != '#' {
			p.fail("has a typed list without a length")
			return 0, 0
		}
	}
	if p.peek('#') {
		count = p.length(max(1, sizes[kind]))
	}
	return kind, count
}

func (p *ubjParser) object(depth int) any {
	m := map[string]any{}
	kind, count := p.head()
	for i := 0; (count < 0 || i < count) && p.err == nil; i++ {
		if count < 0 && p.peek('}') {
			return m
		}
		name := string(p.take(p.length(1)))
		k := kind
		if k == 0 {
			k = p.byte()
		}
		m[name] = p.value(k, depth+1)
	}
	return m
}

func (p *ubjParser) list(depth int) any {
	kind, count := p.head()
	if size := sizes[kind]; size > 0 {
		b := p.take(count * size)
		if p.err != nil {
			return nil
		}
		if count == 0 {
			return []any{}
		}
		numbers := make([]float64, count)
		for i := range numbers {
			numbers[i] = number(kind, b[i*size:])
		}
		return numbers
	}
	list := []any{}
	allNumbers := true
	for i := 0; (count < 0 || i < count) && p.err == nil; i++ {
		if count < 0 && p.peek(']') {
			break
		}
		k := kind
		if k == 0 {
			k = p.byte()
		}
		v := p.value(k, depth+1)
		_, isNumber := v.(float64)
		allNumbers = allNumbers && isNumber
		list = append(list, v)
	}
	if !allNumbers || len(list) == 0 {
		return list
	}
	numbers := make([]float64, len(list))
	for i, v := range list {
		numbers[i] = v.(float64)
	}
	return numbers
}

package interchange

import (
	"math"
	"strconv"

	"sadi"
)

// A document is what JSON and UBJSON have in common. What is written is made of object, string, int, []any, []string and
// the typed lists []float32, []int32, []int64 and []uint8; what is read of map[string]any, []any, []float64 (a list of
// numbers only, at least one), string, float64, bool and nil.

// object is members in the order in which they are written.
type object []member

type member struct {
	name  string
	value any
}

// maxNesting bounds how deep documents are nested; models need about 8.
const maxNesting = 64

// place is a value that was read, and where it stands. Faults are kept in the reader that all places of a document share,
// so that a decoder asks for all it needs and checks once.
type place struct {
	value any
	at    string
	*faults
}

type faults struct {
	err  error
	size int // of the file, by which what is allocated is bounded
}

func (f *faults) fail(at, format string, args ...any) {
	if f.err == nil {
		f.err = sadi.Errorf(sadi.BadData, format, args...).At("%s", at).Advise("save the model again with the library that made it")
	}
}

// get is a member of an object, a fault if it is missing.
func (p place) get(name string) place {
	q := p.find(name)
	if q.value == nil {
		p.fail(q.at, "the model file lacks a value")
	}
	return q
}

// find is a member of an object, nil if it is missing.
func (p place) find(name string) place {
	at := name
	if p.at != "" {
		at = p.at + "." + name
	}
	m, _ := p.value.(map[string]any)
	return place{m[name], at, p.faults}
}

// text is a string.
func (p place) text() string {
	s, ok := p.value.(string)
	if !ok {
		p.fail(p.at, "the model file has no text where one is expected")
	}
	return s
}

// number is a number, or the text of one, as XGBoost writes its parameters.
func (p place) number() float64 {
	switch v := p.value.(type) {
	case float64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	case string:
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return f
		}
	}
	p.fail(p.at, "the model file has no number where one is expected")
	return 0
}

// integer is a whole number from lo to hi.
func (p place) integer(lo, hi int) int {
	v := p.number()
	if !(v >= float64(lo) && v <= float64(hi)) || v != math.Trunc(v) {
		p.fail(p.at, "the model file has %v where a whole number from %d to %d is expected", v, lo, hi)
		return lo
	}
	return int(v)
}

// numbers is a list of numbers, of n or, if n < 0, of any length.
func (p place) numbers(n int) []float64 {
	var v []float64
	switch list := p.value.(type) {
	case []float64:
		v = list
	case []any:
		for i := range list {
			v = append(v, place{list[i], p.at, p.faults}.number())
		}
	default:
		p.fail(p.at, "the model file has no list of numbers where one is expected")
	}
	if n >= 0 && len(v) != n {
		p.fail(p.at, "a list of the model file has %d numbers where %d are expected", len(v), n)
		return nil
	}
	return v
}

// list is a list of objects.
func (p place) list() []place {
	v, ok := p.value.([]any)
	if !ok {
		p.fail(p.at, "the model file has no list where one is expected")
	}
	out := make([]place, len(v))
	for i := range v {
		out[i] = place{v[i], p.at + "[" + strconv.Itoa(i) + "]", p.faults}
	}
	return out
}

// texts is a list of texts.
func (p place) texts() []string {
	list := p.list()
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].text()
	}
	return out
}

package interchange

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"sadi"
)

// appendJSON writes a document.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendQuoted(b, m.name), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	case string:
		return appendQuoted(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case []any:
		return appendList(b, v, appendJSON)
	case []string:
		return appendList(b, v, appendQuoted)
	case []float32:
		return appendList(b, v, appendFloat)
	case []int32:
		return appendList(b, v, func(b []byte, x int32) []byte { return strconv.AppendInt(b, int64(x), 10) })
	case []int64:
		return appendList(b, v, func(b []byte, x int64) []byte { return strconv.AppendInt(b, x, 10) })
	case []uint8:
		return appendList(b, v, func(b []byte, x uint8) []byte { return strconv.AppendUint(b, uint64(x), 10) })
	}
	panic("interchange: a document holds a value of another type")
}

func appendList[E any](b []byte, list []E, appendOne func([]byte, E) []byte) []byte {
	b = append(b, '[')
	for i, x := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendOne(b, x)
	}
	return append(b, ']')
}

// appendFloat gives whole numbers a decimal point, for XGBoost tells floats from integers by it.
func appendFloat(b []byte, x float32) []byte {
	from := len(b)
	b = strconv.AppendFloat(b, float64(x), 'g', -1, 32)
	if bytes.ContainsAny(b[from:], ".e") {
		return b
	}
	return append(b, ".0"...)
}

// appendQuoted leaves all but quotes, backslashes and control characters as they are.
func appendQuoted(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// parseJSON reads JSON as XGBoost writes it, which has the numbers NaN and Infinity besides the standard's. Lists of
// numbers become []float64.
func parseJSON(file []byte) (place, error) {
	p := &jsonParser{text: file}
	v := p.value(0)
	p.space()
	if p.at < len(p.text) {
		p.fail("goes on after its end")
	}
	return place{value: v, faults: &faults{size: len(file)}}, p.err
}

type jsonParser struct {
	text []byte
	at   int
	err  error
}

func (p *jsonParser) fail(what string) {
	if p.err == nil {
		p.err = sadi.Errorf(sadi.BadData, "the JSON of the model file %s", what).At("byte %d", p.at).Advise("the file may be cut off: copy it again")
	}
	p.at = len(p.text)
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// next is the next byte that is not space, 0 at the end.
func (p *jsonParser) next() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *jsonParser) expect(c byte) {
	if p.next() != c {
		p.fail("lacks a " + strconv.QuoteRune(rune(c)))
		return
	}
	p.at++
}

func (p *jsonParser) value(depth int) any {
	if depth > maxNesting {
		p.fail("is nested too deep")
		return nil
	}
	switch p.next() {
	case '{':
		return p.object(depth)
	case '[':
		return p.list(depth)
	case '"':
		return p.quoted()
	case 't':
		return p.word("true", true)
	case 'f':
		return p.word("false", false)
	case 'n':
		return p.word("null", nil)
	}
	return p.number()
}

func (p *jsonParser) object(depth int) any {
	p.at++
	m := map[string]any{}
	if p.next() == '}' {
		p.at++
		return m
	}
	for p.err == nil {
		p.expect('"')
		p.at--
		name := p.quoted()
		p.expect(':')
		m[name] = p.value(depth + 1)
		if p.next() != ',' {
			break
		}
		p.at++
	}
	p.expect('}')
	return m
}

func (p *jsonParser) list(depth int) any {
	p.at++
	if p.next() == ']' {
		p.at++
		return []any{}
	}
	var numbers []float64
	var list []any
	for p.err == nil {
		v := p.value(depth + 1)
		if f, ok := v.(float64); ok && list == nil {
			numbers = append(numbers, f)
		} else {
			for _, f := range numbers {
				list = append(list, f)
			}
			numbers, list = nil, append(list, v)
		}
		if p.next() != ',' {
			break
		}
		p.at++
	}
	p.expect(']')
	if list == nil {
		return numbers
	}
	return list
}

func (p *jsonParser) word(w string, v any) any {
	if len(p.text)-p.at < len(w) || string(p.text[p.at:p.at+len(w)]) != w {
		p.fail("has an unknown word")
		return nil
	}
	p.at += len(w)
	return v
}

func (p *jsonParser) number() any {
	from := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			p.at++
			continue
		}
		break
	}
	text := string(p.text[from:p.at])
	switch text {
	case "NaN", "-NaN", "nan":
		return math.NaN()
	case "Infinity", "inf":
		return math.Inf(1)
	case "-Infinity", "-inf":
		return math.Inf(-1)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		p.fail("has no number where one is expected")
	}
	return f
}

func (p *jsonParser) quoted() string {
	if p.err != nil || p.at >= len(p.text) {
		p.fail("lacks a name")
		return ""
	}
	p.at++ // the quote
	from := p.at
	var b []byte
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case '"':
			b = append(b, p.text[from:p.at]...)
			p.at++
			return string(b)
		case '\\':
			b = append(b, p.text[from:p.at]...)
			b = p.escaped(b)
			from = p.at
		default:
			p.at++
		}
	}
	p.fail("ends within a text")
	return ""
}

// escaped reads an escape sequence. A surrogate that has no second half becomes the replacement character.
func (p *jsonParser) escaped(b []byte) []byte {
	if len(p.text)-p.at < 2 {
		p.fail("ends within a text")
		return b
	}
	c := p.text[p.at+1]
	p.at += 2
	switch c {
	case 'n':
		return append(b, '\n')
	case 't':
		return append(b, '\t')
	case 'r':
		return append(b, '\r')
	case 'b':
		return append(b, '\b')
	case 'f':
		return append(b, '\f')
	case 'u':
		r := p.hex()
		if r >= 0xd800 && r < 0xdc00 && len(p.text)-p.at >= 6 && p.text[p.at] == '\\' && p.text[p.at+1] == 'u' {
			p.at += 2
			if low := p.hex(); low >= 0xdc00 && low < 0xe000 {
				r = (r-0xd800)<<10 + low - 0xdc00 + 0x10000
			} else {
				r = utf8.RuneError
			}
		}
		return utf8.AppendRune(b, r)
	}
	return append(b, c)
}

func (p *jsonParser) hex() rune {
	if len(p.text)-p.at < 4 {
		p.fail("ends within a text")
		return 0
	}
	v, err := strconv.ParseUint(string(p.text[p.at:p.at+4]), 16, 16)
	if err != nil {
		p.fail("has a broken character")
		return 0
	}
	p.at += 4
	return rune(v)
}

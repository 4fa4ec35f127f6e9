package manifest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"sadi"
)

// Canonical is the canonical JSON of a value: as encoding/json has it, in the form of RFC 8785. A number that JSON can
// not carry (NaN, infinite, an integer above 2^53) is an error that names the field.
func Canonical(v any) ([]byte, error) {
	raw, err := encode(v)
	if err != nil {
		return nil, err
	}
	return Canonicalize(raw)
}

// Raw is the JSON of a value for a field of type json.RawMessage; errors are those of Canonical.
func Raw(v any) (json.RawMessage, error) { return encode(v) }

func encode(v any) ([]byte, error) {
	if err := checkNumbers(v); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, sadi.Errorf(sadi.Internal, "the record can not be written as JSON: %w", err)
	}
	return raw, nil
}

// hash is the SHA-256 of data in hexadecimal.
func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Canonicalize brings JSON into the form of RFC 8785 (JCS): no white space, the members of an object sorted by the
// UTF-16 units of their names, numbers as ECMAScript writes IEEE doubles, strings escaped as little as possible, UTF-8.
// As RFC 7493 (I-JSON) has it, names that stand twice in an object, broken Unicode and numbers out of range are errors.
func Canonicalize(raw []byte) ([]byte, error) {
	if !utf8.Valid(raw) || loneSurrogate(raw) {
		return nil, broken(errors.New("the text is not valid Unicode"))
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	out, err := canonicalValue(make([]byte, 0, len(raw)), d, 0)
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = errors.New("something follows the value")
		}
	}
	if err != nil {
		return nil, broken(err)
	}
	return out, nil
}

func broken(err error) error {
	return sadi.Errorf(sadi.Corrupt, "this is not JSON as it should be: %w", err)
}

const maxDepth = 500

// canonicalValue appends the next value of d to out.
func canonicalValue(out []byte, d *json.Decoder, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, errors.New("values are nested too deeply")
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, t), nil
	case string:
		return appendString(out, t), nil
	case json.Number:
		f, err := strconv.ParseFloat(t.String(), 64)
		if err != nil {
			return nil, err
		}
		return appendNumber(out, f), nil
	case json.Delim:
		if t == '[' {
			return canonicalArray(out, d, depth)
		}
		return canonicalObject(out, d, depth)
	}
	return nil, errors.New("unexpected token")
}

func canonicalArray(out []byte, d *json.Decoder, depth int) (_ []byte, err error) {
	out = append(out, '[')
	for i := 0; d.More(); i++ {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = canonicalValue(out, d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return append(out, ']'), err
}

func canonicalObject(out []byte, d *json.Decoder, depth int) ([]byte, error) {
	type member struct {
		name  string
		value []byte
	}
	var members []member
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := canonicalValue(nil, d, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{token.(string), value}) // the decoder has checked that names are strings
	}
	slices.SortFunc(members, func(a, b member) int { return compareUTF16(a.name, b.name) })
	out = append(out, '{')
	for i, m := range members {
		if i > 0 {
			if members[i-1].name == m.name {
				return nil, errors.New("the name " + strconv.Quote(m.name) + " stands twice in an object")
			}
			out = append(out, ',')
		}
		out = append(appendString(out, m.name), ':')
		out = append(out, m.value...)
	}
	_, err := d.Token()
	return append(out, '}'), err
}

// compareUTF16 orders strings by their UTF-16 code units (RFC 8785, 3.2.3). That is the order of the runes, except that
// a rune above the basic plane begins with a surrogate and so comes before U+E000.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		r, n := utf8.DecodeRuneInString(a)
		s, m := utf8.DecodeRuneInString(b)
		if r != s {
			if (r > 0xFFFF) == (s > 0xFFFF) {
				return cmp.Compare(r, s)
			}
			return cmp.Compare(firstUnit(r), firstUnit(s))
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

func firstUnit(r rune) rune {
	if r > 0xFFFF {
		return 0xD800 + (r-0x10000)>>10
	}
	return r
}

// appendString quotes s as RFC 8785, 3.2.2.2 has it.
func appendString(out []byte, s string) []byte {
	const digits = "0123456789abcdef"
	out = append(out, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c == '\b':
			out = append(out, `\b`...)
		case c == '\t':
			out = append(out, `\t`...)
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\f':
			out = append(out, `\f`...)
		case c == '\r':
			out = append(out, `\r`...)
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// appendNumber writes a finite number as ECMAScript's Number::toString does: the shortest digits that give the number
// back, without an exponent from 1e-6 to below 1e21.
func appendNumber(out []byte, f float64) []byte {
	if f == 0 {
		return append(out, '0') // also for -0
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(out, f, 'f', -1, 64)
	}
	start := len(out)
	out = strconv.AppendFloat(out, f, 'e', -1, 64)
	// strconv writes an exponent of at least two digits: 1e-07 must become 1e-7.
	if i := start + bytes.IndexByte(out[start:], 'e') + 2; out[i] == '0' {
		out = append(out[:i], out[i+1:]...)
	}
	return out
}

// loneSurrogate reports whether JSON text has an escape of half a rune, which encoding/json would mend silently.
func loneSurrogate(raw []byte) bool {
	unit := func(i int) rune {
		if i+6 > len(raw) || raw[i] != '\\' || raw[i+1] != 'u' {
			return 0
		}
		v, err := strconv.ParseUint(string(raw[i+2:i+6]), 16, 32)
		if err != nil {
			return 0
		}
		return rune(v)
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		switch u := unit(i); {
		case u >= 0xDC00 && u <= 0xDFFF:
			return true
		case u >= 0xD800 && u <= 0xDBFF:
			if v := unit(i + 6); v < 0xDC00 || v > 0xDFFF {
				return true
			}
			i += 11
		default:
			i++ // whatever is escaped, a backslash too
		}
	}
	return false
}

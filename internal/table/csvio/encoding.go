package csvio

import (
	"encoding/binary"
	"io"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// encoding is how bytes above 0x7f are read.
type encoding uint8

const (
	utf8Text    encoding = iota // bytes that are not UTF-8 are read as Windows-1252 one by one
	windows1252                 // which holds Latin-1 as far as text goes
)

// highBytes counts what tells the two apart.
type highBytes struct {
	sequences int // valid UTF-8 sequences of more than one byte
	invalid   int // bytes above 0x7f outside of them
}

// encoding is Windows-1252 if more bytes speak against UTF-8 than sequences for it.
func (h highBytes) encoding() encoding {
	if h.invalid > h.sequences {
		return windows1252
	}
	return utf8Text
}

// decode returns b as UTF-8, in b itself or in scratch, and counts the bytes above 0x7f.
func (e encoding) decode(b []byte, scratch *[]byte, count *highBytes) []byte {
	if ascii(b) {
		return b
	}
	valid := utf8.Valid(b)
	if valid {
		count.sequences += sequences(b)
		if e == utf8Text {
			return b
		}
	}
	out := (*scratch)[:0]
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			out = append(out, c)
			i++
			continue
		}
		_, n := utf8.DecodeRune(b[i:])
		sequence := n > 1
		switch {
		case valid: // counted above
		case sequence:
			count.sequences++
		default:
			count.invalid++
		}
		if e == utf8Text && sequence {
			out = append(out, b[i:i+n]...)
			i += n
			continue
		}
		if !sequence {
			n = 1
		}
		for _, c := range b[i : i+n] {
			out = utf8.AppendRune(out, from1252(c))
		}
		i += n
	}
	*scratch = out
	return out
}

func ascii(b []byte) bool {
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// sequences counts the UTF-8 sequences of more than one byte in valid text, by their first bytes.
func sequences(b []byte) (n int) {
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		n += bits.OnesCount64(w & (w << 1) & 0x8080808080808080)
	}
	for _, c := range b {
		if c >= 0xc0 {
			n++
		}
	}
	return n
}

// upper1252 is the range 0x80 to 0x9f, where Windows-1252 departs from Latin-1. Five bytes mean nothing and stay the
// control characters they are in Latin-1, as in the WHATWG Encoding Standard.
var upper1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

func from1252(c byte) rune {
	if c >= 0x80 && c < 0xa0 {
		return upper1252[c-0x80]
	}
	return rune(c)
}

// utf16Reader is UTF-16 text as UTF-8.
type utf16Reader struct {
	in     io.Reader
	order  binary.ByteOrder
	raw    [4096]byte
	have   int    // bytes in raw that are not decoded yet
	out    []byte // decoded and not read yet
	broken int    // units that stand for no character, replaced by U+FFFD
	err    error
}

// Read implements io.Reader.
func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.in.Read(r.raw[r.have:])
		r.have += n
		r.err = err
		r.decode(err != nil)
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// decode turns what is complete in raw into text; at the end of the file, half a unit or half a pair is broken.
func (r *utf16Reader) decode(end bool) {
	b := r.raw[:r.have]
	r.out = r.out[:0]
	for len(b) >= 2 {
		u, n := rune(r.order.Uint16(b)), 2
		if utf16.IsSurrogate(u) {
			if len(b) < 4 && !end {
				break
			}
			pair := rune(utf8.RuneError)
			if len(b) >= 4 {
				pair = utf16.DecodeRune(u, rune(r.order.Uint16(b[2:])))
			}
			if u = pair; pair == utf8.RuneError {
				r.broken++
			} else {
				n = 4
			}
		}
		r.out = utf8.AppendRune(r.out, u)
		b = b[n:]
	}
	if end && len(b) > 0 {
		r.broken++
		b = nil
	}
	r.have = copy(r.raw[:], b)
}

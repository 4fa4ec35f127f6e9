// Package codec writes and reads the binary form of fitted things: little-endian, length-prefixed, checksummed.
//
// A sealed file is: the magic "SADI", a format version (u16), a kind (string), the payload, and the SHA-256 of all
// before it. Within the payload, each fitted thing writes its fields in a fixed order with the methods of Writer and
// reads them back with the methods of Reader. docs/FORMATS/model.md describes the files.
package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"

	"sadi"
)

const magic = "SADI"

// FormatVersion is the version of the envelope that Seal writes.
const FormatVersion = 1

// Writer collects a payload. Its methods never fail.
type Writer struct{ buf []byte }

// Bytes is the payload so far.
func (w *Writer) Bytes() []byte { return w.buf }

// U8 writes a byte; a version number of a fitted kind usually comes first.
func (w *Writer) U8(v uint8) { w.buf = append(w.buf, v) }

// Bool writes a truth value.
func (w *Writer) Bool(v bool) {
	if v {
		w.U8(1)
	} else {
		w.U8(0)
	}
}

// Int writes a signed integer of 64 bits.
func (w *Writer) Int(v int) { w.buf = binary.LittleEndian.AppendUint64(w.buf, uint64(v)) }

// F64 writes a float64 by its bits; a NaN by those of math.NaN, for processors differ in which they make.
func (w *Writer) F64(v float64) {
	if v != v {
		v = math.NaN()
	}
	w.buf = binary.LittleEndian.AppendUint64(w.buf, math.Float64bits(v))
}

// String writes a length and the bytes of a text.
func (w *Writer) String(s string) { w.Int(len(s)); w.buf = append(w.buf, s...) }

// Strings writes a list of texts.
func (w *Writer) Strings(v []string) {
	w.Int(len(v))
	for _, s := range v {
		w.String(s)
	}
}

// Raw writes a length and bytes.
func (w *Writer) Raw(v []byte) { w.Int(len(v)); w.buf = append(w.buf, v...) }

// F64s writes a list of float64.
func (w *Writer) F64s(v []float64) {
	w.Int(len(v))
	for _, x := range v {
		w.F64(x)
	}
}

// F32s writes a list of float32, with one NaN as F64 has.
func (w *Writer) F32s(v []float32) {
	w.Int(len(v))
	for _, x := range v {
		if x != x {
			x = float32(math.NaN())
		}
		w.buf = binary.LittleEndian.AppendUint32(w.buf, math.Float32bits(x))
	}
}

// I32s writes a list of int32.
func (w *Writer) I32s(v []int32) {
	w.Int(len(v))
	for _, x := range v {
		w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(x))
	}
}

// Ints writes a list of integers.
func (w *Writer) Ints(v []int) {
	w.Int(len(v))
	for _, x := range v {
		w.Int(x)
	}
}

// Reader takes a payload apart. After the first fault every method returns zero values and Err tells the fault, so
// that a decoder reads all fields and checks once. Lengths are checked against the bytes that are left before anything
// is allocated.
type Reader struct {
	buf []byte
	err error
}

// NewReader reads from a payload.
func NewReader(payload []byte) *Reader { return &Reader{buf: payload} }

// Err is the first fault, or nil.
func (r *Reader) Err() error { return r.err }

// Fail records a fault found by the caller, such as an index out of range.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = sadi.Errorf(sadi.Corrupt, format, args...)
		r.buf = nil
	}
}

// Done records a fault if bytes are left, and returns the first fault.
func (r *Reader) Done() error {
	if r.err == nil && len(r.buf) > 0 {
		r.Fail("%d unexpected bytes at the end of a model", len(r.buf))
	}
	return r.err
}

func (r *Reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > len(r.buf) {
		r.Fail("a model ends too early")
		return nil
	}
	b := r.buf[:n]
	r.buf = r.buf[n:]
	return b
}

// U8 reads a byte.
func (r *Reader) U8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// Version reads a version byte and records a fault if it is not one of 1..newest.
func (r *Reader) Version(kind string, newest uint8) uint8 {
	v := r.U8()
	if r.err == nil && (v < 1 || v > newest) {
		r.Fail("%s has format version %d, this program reads 1 to %d", kind, v, newest)
	}
	return v
}

// Bool reads a truth value.
func (r *Reader) Bool() bool {
	v := r.U8()
	if v > 1 {
		r.Fail("a truth value is %d", v)
	}
	return v == 1
}

// Int reads a signed integer.
func (r *Reader) Int() int {
	if b := r.take(8); b != nil {
		return int(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// Len reads a count of things that take at least size bytes each and checks it against the bytes left.
func (r *Reader) Len(size int) int {
	n := r.Int()
	if r.err == nil && (n < 0 || n > len(r.buf)/max(size, 1)) {
		r.Fail("a model ends too early")
		return 0
	}
	if r.err != nil {
		return 0
	}
	return n
}

// F64 reads a float64.
func (r *Reader) F64() float64 {
	if b := r.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// String reads a text.
func (r *Reader) String() string { return string(r.take(r.Len(1))) }

// Strings reads a list of texts.
func (r *Reader) Strings() []string {
	v := make([]string, r.Len(8))
	for i := range v {
		v[i] = r.String()
	}
	return v
}

// Raw reads bytes; the result aliases the payload.
func (r *Reader) Raw() []byte { return r.take(r.Len(1)) }

// F64s reads a list of float64.
func (r *Reader) F64s() []float64 {
	v := make([]float64, r.Len(8))
	for i := range v {
		v[i] = r.F64()
	}
	return v
}

// F32s reads a list of float32.
func (r *Reader) F32s() []float32 {
	v := make([]float32, r.Len(4))
	b := r.take(4 * len(v))
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

// I32s reads a list of int32.
func (r *Reader) I32s() []int32 {
	v := make([]int32, r.Len(4))
	b := r.take(4 * len(v))
	for i := range v {
		v[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

// Ints reads a list of integers.
func (r *Reader) Ints() []int {
	v := make([]int, r.Len(8))
	for i := range v {
		v[i] = r.Int()
	}
	return v
}

// Seal is the file of a payload.
func Seal(kind string, payload []byte) []byte {
	var w Writer
	w.buf = make([]byte, 0, len(payload)+len(kind)+64)
	w.buf = append(w.buf, magic...)
	w.buf = binary.LittleEndian.AppendUint16(w.buf, FormatVersion)
	w.String(kind)
	w.Raw(payload)
	sum := sha256.Sum256(w.buf)
	return append(w.buf, sum[:]...)
}

// Open checks a sealed file and returns its kind and payload.
func Open(file []byte) (kind string, payload []byte, err error) {
	head := len(magic) + 2
	if len(file) < head+sha256.Size || string(file[:len(magic)]) != magic {
		return "", nil, sadi.Errorf(sadi.Corrupt, "this is not a SADI model file")
	}
	if v := binary.LittleEndian.Uint16(file[len(magic):]); v != FormatVersion {
		return "", nil, sadi.Errorf(sadi.Corrupt, "the model file has format version %d, this program reads %d", v, FormatVersion).
			Advise("use a newer sadi")
	}
	body := file[:len(file)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], file[len(body):]) {
		return "", nil, sadi.Errorf(sadi.Corrupt, "the model file is damaged: its checksum does not match")
	}
	r := NewReader(body[head:])
	kind, payload = r.String(), r.Raw()
	return kind, payload, r.Done()
}

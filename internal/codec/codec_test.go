package codec

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"reflect"
	"testing"

	"sadi"
)

func sample() []byte {
	var w Writer
	w.U8(3)
	w.Bool(true)
	w.Bool(false)
	w.Int(-5)
	w.F64(math.Inf(-1))
	w.String("año")
	w.Strings([]string{"", "b"})
	w.Raw([]byte{9, 8})
	w.F64s([]float64{0.5, math.Copysign(0, -1)})
	w.F32s([]float32{1.5, float32(math.NaN())})
	w.I32s([]int32{-1, math.MaxInt32})
	w.Ints([]int{math.MinInt, math.MaxInt})
	return w.Bytes()
}

func read(r *Reader) []any {
	return []any{r.U8(), r.Bool(), r.Bool(), r.Int(), r.F64(), r.String(), r.Strings(), r.Raw(), r.F64s(), r.F32s(), r.I32s(), r.Ints()}
}

func TestRoundTrip(t *testing.T) {
	r := NewReader(sample())
	got := read(r)
	if err := r.Done(); err != nil {
		t.Fatal(err)
	}
	floats := got[9].([]float32)
	if len(floats) != 2 || floats[0] != 1.5 || floats[1] == floats[1] {
		t.Errorf("F32s: got %v, want [1.5 NaN]", floats)
	}
	if v := got[8].([]float64); len(v) != 2 || !math.Signbit(v[1]) {
		t.Errorf("F64s: got %v, want [0.5 -0]", v)
	}
	got[9] = nil
	want := []any{uint8(3), true, false, -5, math.Inf(-1), "año", []string{"", "b"}, []byte{9, 8}, []float64{0.5, 0}, nil,
		[]int32{-1, math.MaxInt32}, []int{math.MinInt, math.MaxInt}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// TestLayout pins the bytes; they stand in every model file.
func TestLayout(t *testing.T) {
	var w Writer
	w.U8(1)
	w.Int(-2)
	w.String("ab")
	w.F32s([]float32{1})
	if got, want := hex.EncodeToString(w.Bytes()), "01"+"feffffffffffffff"+"0200000000000000"+"6162"+"0100000000000000"+"0000803f"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	file := Seal("k", []byte{7})
	if got, want := hex.EncodeToString(file[:len(file)-32]), "53414449"+"0100"+"0100000000000000"+"6b"+"0100000000000000"+"07"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTruncated(t *testing.T) {
	payload := sample()
	for n := range payload {
		r := NewReader(payload[:n])
		read(r)
		if sadi.CodeOf(r.Done()) != sadi.Corrupt {
			t.Errorf("the first %d bytes: got %v, want code %s", n, r.Done(), sadi.Corrupt)
		}
	}
	r := NewReader(append(payload, 0))
	read(r)
	if r.Err() != nil || sadi.CodeOf(r.Done()) != sadi.Corrupt {
		t.Errorf("one byte more: got %v, want code %s", r.Done(), sadi.Corrupt)
	}
}

// TestLengths: a length that the bytes can not hold is a fault and allocates nothing.
func TestLengths(t *testing.T) {
	for _, n := range []uint64{1, 1 << 20, 1 << 40, 1 << 61, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
		head := binary.LittleEndian.AppendUint64(nil, n)
		for name, get := range map[string]func(*Reader) int{
			"String":  func(r *Reader) int { return len(r.String()) },
			"Strings": func(r *Reader) int { return len(r.Strings()) },
			"Raw":     func(r *Reader) int { return len(r.Raw()) },
			"F64s":    func(r *Reader) int { return len(r.F64s()) },
			"F32s":    func(r *Reader) int { return len(r.F32s()) },
			"I32s":    func(r *Reader) int { return len(r.I32s()) },
			"Ints":    func(r *Reader) int { return len(r.Ints()) },
			"Len(0)":  func(r *Reader) int { return r.Len(0) },
		} {
			r := NewReader(head)
			if got := get(r); got != 0 || sadi.CodeOf(r.Err()) != sadi.Corrupt {
				t.Errorf("%s of length %d: got %d things and error %v", name, n, got, r.Err())
			}
		}
	}
}

func TestFaults(t *testing.T) {
	r := NewReader([]byte{2, 1, 1, 1})
	if r.Bool() || r.Err() == nil {
		t.Error("2 is taken for a truth value")
	}
	first := r.Err()
	r.Fail("another fault")
	if got := r.U8(); got != 0 || r.Err() != first {
		t.Errorf("after a fault: byte %d, error %v; want 0 and the first fault", got, r.Err())
	}
	for v, ok := range map[byte]bool{0: false, 1: true, 2: true, 3: false} {
		r := NewReader([]byte{v})
		if r.Version("thing", 2); (r.Err() == nil) != ok {
			t.Errorf("version %d of 1 to 2: error %v", v, r.Err())
		}
	}
}

func TestOpen(t *testing.T) {
	file := Seal("kind", []byte("payload"))
	kind, payload, err := Open(file)
	if err != nil || kind != "kind" || string(payload) != "payload" {
		t.Fatalf("got %q, %q, %v", kind, payload, err)
	}
	if _, payload, err := Open(Seal("", nil)); err != nil || len(payload) != 0 {
		t.Errorf("nothing sealed: got %q, %v", payload, err)
	}
	for i := range file {
		b := bytes.Clone(file)
		b[i] ^= 1
		if _, _, err := Open(b); sadi.CodeOf(err) != sadi.Corrupt {
			t.Errorf("byte %d changed: got %v, want code %s", i, err, sadi.Corrupt)
		}
		if _, _, err := Open(file[:i]); sadi.CodeOf(err) != sadi.Corrupt {
			t.Errorf("the first %d bytes: got %v, want code %s", i, err, sadi.Corrupt)
		}
	}
	if _, _, err := Open(append(bytes.Clone(file), 0)); sadi.CodeOf(err) != sadi.Corrupt {
		t.Errorf("one byte more: got %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(Seal("kind", []byte("payload")))
	f.Add([]byte("SADI\x01\x00"))
	f.Fuzz(func(t *testing.T, file []byte) {
		kind, payload, err := Open(file)
		if err == nil && !bytes.Equal(Seal(kind, payload), file) {
			t.Errorf("opened %x as %q, %x, which is sealed otherwise", file, kind, payload)
		}
		// What is sealed is opened, whatever it is.
		k, p, err := Open(Seal(string(file), file))
		if err != nil || k != string(file) || !bytes.Equal(p, file) {
			t.Errorf("sealed %x, opened %q, %x, %v", file, k, p, err)
		}
	})
}

// FuzzReader takes the payload apart in the order that script says.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0, 1, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11}, sample())
	f.Fuzz(func(t *testing.T, script, payload []byte) {
		r := NewReader(payload)
		things := 0
		for _, b := range script {
			switch b % 12 {
			case 0:
				r.U8()
			case 1:
				r.Bool()
			case 2:
				r.Version("fuzzed", b)
			case 3:
				r.Int()
			case 4:
				r.F64()
			case 5:
				things += len(r.String())
			case 6:
				things += len(r.Strings())
			case 7:
				things += len(r.Raw())
			case 8:
				things += len(r.F64s())
			case 9:
				things += len(r.F32s())
			case 10:
				things += len(r.I32s())
			case 11:
				things += len(r.Ints())
			}
		}
		if things > len(payload) {
			t.Errorf("%d things from %d bytes", things, len(payload))
		}
		if err := r.Done(); err != nil && sadi.CodeOf(err) != sadi.Corrupt {
			t.Errorf("got %v, want code %s", err, sadi.Corrupt)
		}
	})
}

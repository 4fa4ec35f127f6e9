package bundle

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/table"
)

// refused checks that a file is refused as damaged.
func refused(t *testing.T, what string, file []byte) {
	t.Helper()
	if b, err := Decode(file, lookup); b != nil || sadi.CodeOf(err) != sadi.Corrupt {
		t.Errorf("%s: got %v, %v", what, b, err)
	}
}

func payloadOf(t testing.TB, b *Bundle) []byte {
	t.Helper()
	_, payload, err := codec.Open(b.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// usable decodes a payload whose seal is in order. What is readable must also predict, or say why it can not.
func usable(t *testing.T, payload []byte, tab *table.Table) {
	t.Helper()
	b, err := Decode(codec.Seal(kind, payload), lookup)
	var known *sadi.Error
	if err != nil {
		if !errors.As(err, &known) {
			t.Fatalf("an error without a code: %v", err)
		}
		return
	}
	pred, err := b.Predict(context.Background(), tab, nil, nil)
	if err != nil && !errors.As(err, &known) {
		t.Fatalf("an error without a code: %v", err)
	}
	for i, v := range pred {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("place %d is %v", i, v)
		}
	}
	if err == nil && b.Problem.IsClassification() {
		for k := b.Outputs(); len(pred) > 0; pred = pred[k:] {
			if c := b.Class(pred[:k]); c < 0 || c >= len(b.Labels) {
				t.Fatalf("class %d of %d", c, len(b.Labels))
			}
		}
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	b, _ := tiny(t, sadi.Multiclass)
	file := b.Encode()
	for n := range file {
		refused(t, "cut off", file[:n])
	}
	for i := range file {
		file[i] ^= 0x10
		refused(t, "another byte", file)
		file[i] ^= 0x10
	}
	refused(t, "longer", append(file[:len(file):len(file)], 0))
	refused(t, "of another kind", codec.Seal("pipeline", payloadOf(t, b)))
	if _, err := Decode(file, lookup); err != nil {
		t.Errorf("the file as it was: %v", err)
	}
}

// A checksum protects against accidents only: whoever makes a file can seal anything.
func TestADamagedPayloadIsHarmless(t *testing.T) {
	for _, p := range problems {
		b, tab := tiny(t, p)
		payload := payloadOf(t, b)
		for n := range payload {
			refused(t, "cut off", codec.Seal(kind, payload[:n]))
		}
		refused(t, "longer", codec.Seal(kind, append(payload[:len(payload):len(payload)], 0)))
		for i := range payload {
			for _, flip := range []byte{0x01, 0x40, 0x80, 0xff} {
				payload[i] ^= flip
				usable(t, payload, tab)
				payload[i] ^= flip
			}
		}
		for i := 0; i+8 <= len(payload); i++ { // lengths and indices
			kept := binary.LittleEndian.Uint64(payload[i:])
			for _, v := range []uint64{0, 1, 1 << 31, 1 << 62, math.MaxUint64} {
				binary.LittleEndian.PutUint64(payload[i:], v)
				usable(t, payload, tab)
			}
			binary.LittleEndian.PutUint64(payload[i:], kept)
		}
	}
}

// Parts that are whole and do not fit each other are as corrupt as damaged bytes.
func TestPartsMustFit(t *testing.T) {
	other, _ := fitted(t, sadi.Binary)
	for _, c := range []struct {
		what   string
		p      sadi.Problem
		change func(b *Bundle)
	}{
		{"an unknown problem", sadi.Binary, func(b *Bundle) { b.Problem = "clustering" }},
		{"no problem", sadi.Binary, func(b *Bundle) { b.Problem = "" }},
		{"a binary problem of three labels", sadi.Binary, func(b *Bundle) { b.Labels = []string{"a", "b", "c"} }},
		{"one label", sadi.Multiclass, func(b *Bundle) { b.Labels = b.Labels[:1] }},
		{"a label too few", sadi.Multiclass, func(b *Bundle) { b.Labels = b.Labels[:2] }},
		{"no labels", sadi.Binary, func(b *Bundle) { b.Labels = nil }},
		{"labels of a regression", sadi.RegressionValue, func(b *Bundle) { b.Labels = []string{"a", "b"} }},
		{"another problem", sadi.Multiclass, func(b *Bundle) { b.Problem, b.Labels = sadi.RegressionValue, nil }},
		{"no member", sadi.Binary, func(b *Bundle) { b.Members = nil }},
		{"a member without parts", sadi.Binary, func(b *Bundle) { b.Members[0].Parts = nil }},
		{"a weight of 0", sadi.Binary, func(b *Bundle) { b.Members[0].Weight, b.Members[1].Weight = 0, 1 }},
		{"a weight below 0", sadi.Binary, func(b *Bundle) { b.Members[0].Weight, b.Members[1].Weight = -1, 2 }},
		{"a weight that is no number", sadi.Binary, func(b *Bundle) { b.Members[0].Weight = math.NaN() }},
		{"an infinite weight", sadi.Binary, func(b *Bundle) { b.Members[0].Weight = math.Inf(1) }},
		{"weights beyond 1", sadi.Binary, func(b *Bundle) { b.Members[0].Weight = 0.6 }},
		{"a preparation that is not there", sadi.Binary, func(b *Bundle) { b.Members[0].Parts[0].Pipeline = len(b.Pipelines) }},
		{"a preparation before the first", sadi.Binary, func(b *Bundle) { b.Members[0].Parts[0].Pipeline = -1 }},
		{"no preparations", sadi.Binary, func(b *Bundle) { b.Pipelines = nil }},
		{"another preparation", sadi.Binary, func(b *Bundle) { b.Pipelines[0] = other.Pipelines[0] }},
		{"another model", sadi.Binary, func(b *Bundle) { b.Members[1].Parts = other.Members[1].Parts }},
		{"a model of an unknown algorithm", sadi.Binary, func(b *Bundle) { b.Members[0].Parts[0].Model = "oracle" }},
		{"a model of another algorithm", sadi.Binary, func(b *Bundle) { b.Members[0].Parts[0].Model = "ridge" }},
	} {
		b, _ := tiny(t, c.p)
		if _, err := Decode(b.Encode(), lookup); err != nil {
			t.Fatal(err)
		}
		c.change(b)
		refused(t, c.what, b.Encode())
	}
}

func TestAnUnknownAlgorithmIsNamed(t *testing.T) {
	b, _ := tiny(t, sadi.Binary)
	_, err := Decode(b.Encode(), func(name string) (model.Model, error) {
		return nil, sadi.Errorf(sadi.NotFound, "there is no algorithm %q", name)
	})
	if sadi.CodeOf(err) != sadi.Corrupt || !strings.Contains(err.Error(), "dummy") {
		t.Errorf("got %v", err)
	}
}

// The payload is fuzzed, and sealed in the target: a checksum would keep every other byte from the decoders.
func FuzzDecode(f *testing.F) {
	_, tab := tiny(f, sadi.Binary)
	for _, p := range problems {
		b, _ := tiny(f, p)
		f.Add(payloadOf(f, b))
	}
	f.Add([]byte{})
	f.Add([]byte{version, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, payload []byte) { usable(t, payload, tab) })
}

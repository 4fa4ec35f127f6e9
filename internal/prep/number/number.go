// Package number keeps a number as it is, in a form that float32 can hold.
package number

import (
	"context"
	"fmt"
	"math"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer passes one column of numbers on; missing stays missing and numbers beyond float32 become its largest.
//
// Where the values lie so far from 0 that float32 would melt many of them into one (serial numbers, time stamps in
// milliseconds), a fixed offset is taken away first in float64: order and differences survive.
type Transformer struct{}

// offsetRatio decides about the offset: float32 has 24 bits, and with a range below 2⁻¹⁰ of the magnitude fewer than 14
// of them are left to tell the values apart.
const offsetRatio = 1.0 / (1 << 10)

// Fitted takes offset away.
type Fitted struct{ offset float64 }

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit looks at the range.
func (Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	lo, hi := math.Inf(1), math.Inf(-1)
	exact := true
	for _, v := range s.Nums[0] {
		if math.IsNaN(v) {
			continue
		}
		lo, hi = min(lo, v), max(hi, v)
		exact = exact && float64(float32(v)) == v
	}
	f, words := &Fitted{}, "number"
	if magnitude := max(math.Abs(lo), math.Abs(hi)); !exact && hi-lo < magnitude*offsetRatio {
		f.offset = math.Floor(lo)
		words = fmt.Sprintf("number, counted from %.17g", f.offset)
	}
	return prep.Learned{Fitted: f, Columns: s.Columns[:1], Words: words}, nil
}

// Kind is "number".
func (*Fitted) Kind() string { return "number" }

// Takes is 1.
func (*Fitted) Takes() int { return 1 }

// Width is 1.
func (*Fitted) Width() int { return 1 }

// Transform takes the offset away and clips to float32.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	for i, v := range in.Nums[0] {
		dst[0][i] = min(max(v-f.offset, -math.MaxFloat32), math.MaxFloat32) // min and max keep NaN
	}
}

// Encode writes the offset.
func (f *Fitted) Encode(w *codec.Writer) { w.F64(f.offset) }

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{r.F64()}
	prep.Finite(r, f.offset)
	return f
}

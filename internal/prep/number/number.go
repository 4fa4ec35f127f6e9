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
// Where float32 would melt many of the values into one, they are first moved in float64, so that order and differences
// survive. Where they lie far from 0 compared with their range (serial numbers, time stamps in milliseconds), an offset
// is taken away. Where they are too large or too small for float32 altogether, they are divided by a power of two.
type Transformer struct{}

// offsetRatio decides about the offset: float32 has 24 bits, and with a range below 2⁻¹⁰ of the magnitude fewer than 14
// of them are left to tell the values apart.
const offsetRatio = 1.0 / (1 << 10)

// Magnitudes beyond these are divided; they leave float32 bits and room to spare.
const large, small = 1e37, 1e-30

// Fitted is (v − offset) / unit.
type Fitted struct{ offset, unit float64 }

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
	f, words := &Fitted{unit: 1}, "number"
	magnitude := max(math.Abs(lo), math.Abs(hi))
	if exact { // also when there is no value
		return prep.Learned{Fitted: f, Columns: s.Columns[:1], Words: words}, nil
	}
	if hi-lo < magnitude*offsetRatio {
		f.offset = lo
		if floor := math.Floor(lo); hi-floor < magnitude*offsetRatio {
			f.offset = floor // a round number is easier to read
		}
		words = fmt.Sprintf("number, counted from %.17g", f.offset)
		magnitude = hi - f.offset
	}
	if magnitude > large || magnitude < small && magnitude > 0 {
		_, exponent := math.Frexp(magnitude)
		f.unit = math.Ldexp(1, min(max(exponent, -1022), 1023))
		words += fmt.Sprintf(", in units of %.6g", f.unit)
	}
	return prep.Learned{Fitted: f, Columns: s.Columns[:1], Words: words}, nil
}

// Kind is "number".
func (*Fitted) Kind() string { return "number" }

// Takes is 1.
func (*Fitted) Takes() int { return 1 }

// Width is 1.
func (*Fitted) Width() int { return 1 }

// Transform moves the values and clips them to float32.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	for i, v := range in.Nums[0] {
		dst[0][i] = min(max((v-f.offset)/f.unit, -math.MaxFloat32), math.MaxFloat32) // min and max keep NaN
	}
}

// Encode writes offset and unit.
func (f *Fitted) Encode(w *codec.Writer) { w.F64(f.offset); w.F64(f.unit) }

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{r.F64(), r.F64()}
	prep.Finite(r, f.offset, f.unit)
	if !(f.unit > 0) {
		r.Fail("a number has the unit %g", f.unit)
	}
	return f
}

// Plain passes numbers on as they are, cut off at float32's largest.
func Plain() *Fitted { return &Fitted{unit: 1} }

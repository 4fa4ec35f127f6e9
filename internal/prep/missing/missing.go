// Package missing says where a number is missing.
package missing

import (
	"context"
	"fmt"
	"math"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// Transformer makes a column that is 1 where the value is missing, else 0; none if no fitted row lacks it.
type Transformer struct{}

// Fitted has nothing to remember.
type Fitted struct{}

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = Fitted{}
)

// Fit counts what is missing.
func (Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	n := 0
	for _, v := range s.Nums[0] {
		if math.IsNaN(v) {
			n++
		}
	}
	if n == 0 {
		return prep.Learned{Fitted: Fitted{}}, nil
	}
	c := s.Columns[0]
	return prep.Learned{Fitted: Fitted{}, Columns: []prep.Column{prep.Number(c.Name+" is missing", c.Source)},
		Words: fmt.Sprintf("a column for the %d missing values", n)}, nil
}

// Kind is "missing".
func (Fitted) Kind() string { return "missing" }

// Takes is 1.
func (Fitted) Takes() int { return 1 }

// Width is 1.
func (Fitted) Width() int { return 1 }

// Transform marks what is missing.
func (Fitted) Transform(dst [][]float64, in prep.Block) {
	for i, v := range in.Nums[0] {
		dst[0][i] = 0
		if math.IsNaN(v) {
			dst[0][i] = 1
		}
	}
}

// Encode writes nothing.
func (Fitted) Encode(*codec.Writer) {}

// Decode reads nothing.
func Decode(*codec.Reader) prep.Fitted { return Fitted{} }

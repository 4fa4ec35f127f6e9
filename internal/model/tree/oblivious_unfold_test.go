package tree

import (
	"math"
	"testing"

	"sadi"
)

// TestUnfold: the same margins to the bit, on rows with values that no training row has, and the same gains.
func TestUnfold(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		for _, oneHot := range []int{4, 254} {
			set := categorical(500, problem)
			options := combining(8, 6)
			options.MaxCombination, options.MaxOneHot = 1, oneHot
			o := fitOblivious(t, set, options)
			b, err := o.Unfold()
			if err != nil {
				t.Fatal(err)
			}
			x := categorical(600, problem).X
			for j, col := range x.Cols {
				for i, v := range []float32{50, -1, 31, 8.5, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())} {
					col[7*j+i] = v
				}
			}
			got, want := make([]float64, x.Rows*o.outputs), make([]float64, x.Rows*o.outputs)
			b.Sum(got, x)
			fill(want, o.base)
			o.add(want, x, 0, x.Rows, o.Trees)
			for i := range want {
				if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
					t.Fatalf("%s, one-hot up to %d: margin %d is %v, want %v", problem, oneHot, i, got[i], want[i])
				}
			}
			whole := b.Uses()
			for j, u := range o.Uses() {
				if math.Abs(whole[j].Gain-u.Gain) > 1e-5*u.Gain || math.Abs(whole[j].Cover-float64(o.outputs)*u.Cover) > 1e-5*whole[j].Cover {
					t.Errorf("%s: feature %d has %+v, as ordinary trees %+v", problem, j, u, whole[j])
				}
			}
			if b.Rounds() != o.Rounds() {
				t.Errorf("%d rounds became %d", o.Rounds(), b.Rounds())
			}
		}
	}
}

func TestCombinationsDoNotUnfold(t *testing.T) {
	o := fitOblivious(t, categorical(400, sadi.Binary), combining(6, 5))
	if _, err := o.Unfold(); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("got %v", err)
	}
}

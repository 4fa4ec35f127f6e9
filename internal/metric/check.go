package metric

import (
	"sadi"
)

// check is the error of malformed data: lengths that do not fit, numbers that are none, classes that do not exist.
// None of it is the user's doing, so the code is Internal.
func (d Data) check() error {
	n := len(d.Y)
	switch {
	case n == 0:
		return undefined("there are no rows to score")
	case d.Problem == sadi.Binary && d.Classes != 2,
		d.Problem == sadi.Multiclass && d.Classes < 2,
		d.Problem == sadi.RegressionValue && d.Classes != 0:
		return sadi.Errorf(sadi.Internal, "a %s problem can not have %d classes", d.Problem, d.Classes)
	case !d.Problem.IsClassification() && d.Problem != sadi.RegressionValue:
		return sadi.Errorf(sadi.Internal, "no scorer knows the problem %q", d.Problem)
	case len(d.Pred) != n*d.Outputs():
		return sadi.Errorf(sadi.Internal, "%d predictions where %d rows need %d", len(d.Pred), n, n*d.Outputs())
	}
	for i, y := range d.Y {
		if !finite(y) {
			return sadi.Errorf(sadi.Internal, "the target is not a finite number").At("row %d", i)
		}
		if d.Classes > 0 && (y < 0 || y >= float64(d.Classes) || y != float64(int(y))) {
			return sadi.Errorf(sadi.Internal, "%v is not one of the classes 0 to %d", y, d.Classes-1).At("row %d", i)
		}
	}
	for i, p := range d.Pred {
		if p-p != 0 { // NaN or infinite
			return sadi.Errorf(sadi.Internal, "a prediction is not a finite number").At("row %d", i/d.Outputs())
		}
	}
	return checkWeights(d.Weights, n)
}

func checkWeights(w []float64, n int) error {
	if w == nil {
		return nil
	}
	if len(w) != n {
		return sadi.Errorf(sadi.Internal, "%d weights for %d rows", len(w), n)
	}
	for i, x := range w {
		if !finite(x) || x < 0 {
			return sadi.Errorf(sadi.Internal, "the weight %v is not a finite number of at least 0", x).At("row %d", i)
		}
	}
	return nil
}

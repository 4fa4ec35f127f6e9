package model

import (
	"math"

	"sadi"
	"sadi/internal/dataset"
)

// CheckTrain is the error of a Fit call whose data do not keep the promises of package dataset, or nil: lengths that
// differ, no row, no row with a positive weight, a target or weight that is not finite, a class out of range, an
// infinite feature, and in the Dense form a missing one. Every Fit begins with it.
func CheckTrain(train Train, in dataset.Input) error {
	if err := checkSet(train.Set, in); err != nil {
		return err
	}
	if v := train.Valid; v != nil {
		if len(v.X.Cols) != len(train.X.Cols) {
			return sadi.Errorf(sadi.Internal, "the rows to stop by have %d features, those to learn from %d", len(v.X.Cols), len(train.X.Cols))
		}
		return checkSet(*v, in)
	}
	return nil
}

func checkSet(s dataset.Set, in dataset.Input) error {
	if s.X.Rows == 0 {
		return sadi.Errorf(sadi.BadData, "there is no row to learn from")
	}
	if len(s.Y.Y) != s.X.Rows || s.Weights != nil && len(s.Weights) != s.X.Rows {
		return sadi.Errorf(sadi.Internal, "%d rows come with %d targets and %d weights", s.X.Rows, len(s.Y.Y), len(s.Weights))
	}
	if err := checkTarget(s.Y); err != nil {
		return err
	}
	if err := checkWeights(s.Weights); err != nil {
		return err
	}
	return CheckFeatures(s.X, in)
}

func checkTarget(t dataset.Target) error {
	if t.Problem.IsClassification() && (t.Classes < 1 || t.Problem == sadi.Binary && t.Classes > 2) {
		return sadi.Errorf(sadi.Internal, "a %s target has %d classes", t.Problem, t.Classes)
	}
	for i, y := range t.Y {
		switch {
		case y-y != 0:
			return sadi.Errorf(sadi.BadData, "the target is %v, not a finite number", y).At("row %d", i)
		case t.Problem.IsClassification() && (y != math.Trunc(y) || y < 0 || y >= float64(t.Classes)):
			return sadi.Errorf(sadi.Internal, "class %v is not one of 0 to %d", y, t.Classes-1).At("row %d", i)
		}
	}
	return nil
}

func checkWeights(weights []float64) error {
	if weights == nil {
		return nil
	}
	positive := false
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return sadi.Errorf(sadi.BadData, "a weight is %v, but weights are finite and not negative", w).At("row %d", i)
		}
		positive = positive || w > 0
	}
	if !positive {
		return sadi.Errorf(sadi.BadData, "no row has a positive weight")
	}
	return nil
}

// CheckFeatures is the error of a matrix with an infinite value, a column of the wrong length or, in the Dense form, a
// missing value; nil if it has none. The answer is remembered with the matrix.
func CheckFeatures(x *dataset.Matrix, in dataset.Input) error {
	found := x.Memo("model.CheckFeatures/"+in.String(), func() any { return badFeature(x, in) })
	if err := found.(*sadi.Error); err != nil {
		return err
	}
	return nil
}

func badFeature(x *dataset.Matrix, in dataset.Input) *sadi.Error {
	if len(x.Features) != len(x.Cols) {
		return sadi.Errorf(sadi.Internal, "%d features are declared and %d are there", len(x.Features), len(x.Cols))
	}
	for j, col := range x.Cols {
		if len(col) != x.Rows {
			return sadi.Errorf(sadi.Internal, "%d values stand for %d rows", len(col), x.Rows).At("feature %q", x.Features[j].Name)
		}
		for i, v := range col {
			if v-v == 0 { // neither NaN nor ±Inf
				continue
			}
			if v == v || in.Complete() {
				return sadi.Errorf(sadi.Internal, "a prepared value is %v", v).At("row %d, feature %q", i, x.Features[j].Name)
			}
		}
	}
	return nil
}

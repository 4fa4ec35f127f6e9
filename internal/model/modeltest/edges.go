package modeltest

import (
	"context"
	"fmt"
	"math"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/rng"
)

var edgeChecks = []check{
	{name: "one_row", run: (*suite).checkOneRow},
	{name: "two_rows", run: (*suite).checkTwoRows},
	{name: "one_column", run: (*suite).checkOneColumn},
	{name: "no_columns", run: (*suite).checkNoColumns},
	{name: "constant_target", run: (*suite).checkConstantTarget},
	{name: "wide", run: (*suite).checkWide},
	{name: "same_columns", run: (*suite).checkSameColumns},
	{name: "magnitudes", run: (*suite).checkMagnitudes},
	{name: "far_away", run: (*suite).checkFarAway},
	{name: "missing_column", run: (*suite).checkMissingColumn, when: allowsMissing},
	{name: "missing_new", run: (*suite).checkMissingNew, when: allowsMissing},
	{name: "many_levels", run: (*suite).checkManyLevels, when: allowsCategories},
	{name: "unseen_level", run: (*suite).checkUnseenLevel, when: allowsCategories},
}

func (s *suite) checkOneRow() {
	d := take(s.data("tiny", 1), []int{0})
	s.predict(s.fit(d), s.data("tiny/new", 20).X)
}

func (s *suite) checkTwoRows() {
	d := s.data("two", 2)
	d.Y.Y[0], d.Y.Y[1] = 0, 1
	s.predict(s.fit(d), s.data("two/new", 20).X)
}

func (s *suite) checkOneColumn() {
	d := s.data("narrow", 60)
	d.X.Cols, d.X.Features = d.X.Cols[:1], d.X.Features[:1]
	s.predict(s.fit(d), d.X)
}

// checkNoColumns: without a feature there is an error or the prediction that ignores all features.
func (s *suite) checkNoColumns() {
	d := s.data("none", 30)
	d.X = &dataset.Matrix{Rows: 30}
	f, err := s.m.Fit(context.Background(), train(d), s.values)
	if err != nil {
		s.refused("no feature", f, err)
		return
	}
	p := s.predict(f, d.X)
	for i, v := range p {
		if v != p[i%f.Outputs()] {
			s.fatalf("rows without features are predicted differently: %v and %v", v, p[i%f.Outputs()])
		}
	}
}

// checkConstantTarget: one class, though more are declared, or one value.
func (s *suite) checkConstantTarget() {
	for _, y := range []float64{0, float64(max(s.classes()-1, 1))} {
		d := s.data("same", 60)
		if isRegression(s) {
			y = 1e6 * (y - 0.3)
		}
		for i := range d.Y.Y {
			d.Y.Y[i] = y
		}
		f := s.fit(d)
		p := s.predict(f, s.data("same/new", 20).X)
		for i := 0; i < len(p); i += f.Outputs() {
			switch s.problem {
			case sadi.Binary:
				if (p[i] > 0.5) != (y == 1) {
					s.fatalf("all rows are of class %v, and the probability of class 1 is %v", y, p[i])
				}
			case sadi.Multiclass:
				if p[i+int(y)] < 1/float64(classes) {
					s.fatalf("all rows are of class %v, and the probabilities are %v", y, p[i:i+classes])
				}
			default:
				if math.Abs(p[i]-y) > 1e-6*math.Abs(y) {
					s.fatalf("all targets are %v, and %v is predicted", y, p[i])
				}
			}
		}
	}
}

func (s *suite) checkWide() {
	d := s.data("wide", 12)
	r := rng.New(4).Child("wide").Rand()
	for j := range 40 {
		addColumn(d.X, dataset.Feature{Name: fmt.Sprintf("extra%d", j)}, normals(r, 12))
	}
	s.predict(s.fit(d), d.X)
}

// checkSameColumns: columns that repeat one another, and one that is the sum of two.
func (s *suite) checkSameColumns() {
	d := s.data("copies", 80)
	sum := make([]float32, 80)
	for i := range sum {
		sum[i] = d.X.Cols[3][i] + d.X.Cols[4][i]
	}
	for k, col := range [][]float32{d.X.Cols[0], d.X.Cols[0], d.X.Cols[3], sum} {
		addColumn(d.X, dataset.Feature{Name: fmt.Sprintf("copy%d", k)}, col)
	}
	s.predict(s.fit(d), d.X)
}

// checkMagnitudes: features of size 1e30 and 1e-30, and targets of size 1e30.
func (s *suite) checkMagnitudes() {
	for _, size := range []float32{1e30, 1e-30} {
		d := s.data("size", 80)
		for i := range 80 {
			d.X.Cols[0][i] *= size
			d.X.Cols[3][i] *= size
		}
		s.predict(s.fit(d), d.X)
	}
	if isRegression(s) {
		for _, size := range []float64{1e30, 1e-30} {
			d := s.data("size", 80)
			for i := range d.Y.Y {
				d.Y.Y[i] *= size
			}
			s.predict(s.fit(d), d.X)
		}
	}
}

// checkFarAway: new rows far outside what was seen still get finite predictions.
func (s *suite) checkFarAway() {
	f := s.fit(s.data("far", 80))
	x := s.data("far/new", 20).X
	for i := range 20 {
		for j := range 5 {
			x.Cols[j][i] *= 1e30
		}
	}
	s.predict(f, x)
}

func (s *suite) checkMissingColumn() {
	d := s.data("gone", 80)
	for i := range 80 {
		d.X.Cols[2][i] = nan32
	}
	f := s.fit(d)
	s.predict(f, d.X)
	s.predict(f, s.data("gone/new", 20).X) // values where none were seen
	for _, col := range d.X.Cols {
		copy(col, constant(80, nan32))
	}
	s.predict(s.fit(d), d.X)
}

func (s *suite) checkMissingNew() {
	d := s.data("complete", 80)
	for i, v := range d.X.Cols[1] {
		if v != v {
			d.X.Cols[1][i] = 0
		}
	}
	f := s.fit(d)
	x := s.data("complete/new", 20).X
	for _, col := range x.Cols {
		copy(col, constant(20, nan32)) // missing where nothing was missing
	}
	s.predict(f, x)
}

func (s *suite) checkManyLevels() {
	d := s.data("levels", 900)
	r := rng.New(5).Child("levels").Rand()
	for _, n := range []int{2, 300} {
		codes := make([]float32, 900)
		for i := range codes {
			codes[i] = float32(r.IntN(n))
		}
		addColumn(d.X, dataset.Feature{Name: fmt.Sprintf("c%d", n), Levels: n}, codes)
	}
	s.predict(s.fit(d), d.X)
}

// checkUnseenLevel: a declared level that no row of the fit had, and missing.
func (s *suite) checkUnseenLevel() {
	d := s.data("unseen", 80)
	last := len(d.X.Cols) - 1
	d.X.Features[last].Levels = levels + 2
	x := s.data("unseen/new", 20).X
	x.Features[last].Levels = levels + 2
	copy(x.Cols[last], []float32{levels, levels + 1, nan32})
	s.predict(s.fit(d), x)
}

package modeltest

import (
	"fmt"
	"slices"
	"sync"

	"sadi/internal/dataset"
	"sadi/internal/rng"
)

var invarianceChecks = []check{
	{name: "batch", run: (*suite).checkBatch},
	{name: "rows", run: (*suite).checkRows},
	{name: "concurrent", run: (*suite).checkConcurrent},
	{name: "weights_double", run: (*suite).checkWeightsDouble},
	{name: "weights_zero", run: (*suite).checkWeightsZero},
	{name: "constant_column", run: (*suite).checkConstantColumn,
		when: func(s *suite) bool { return !s.caps.Stochastic || s.opts.ConstantColumn }},
	{name: "shift_and_scale", run: (*suite).checkShiftAndScale,
		when: func(s *suite) bool { return isRegression(s) && s.opts.Equivariant }},
}

// checkBatch: a row's prediction does not depend on the rows beside it.
func (s *suite) checkBatch() {
	f := s.fit(s.data("batch", 120))
	x := s.data("batch/new", 70).X
	want := s.predict(f, x)
	k := f.Outputs()
	for i := range x.Rows {
		s.same(fmt.Sprintf("row %d alone", i), s.predict(f, takeRows(x, []int{i})), want[i*k:(i+1)*k], 0)
	}
}

func (s *suite) checkRows() {
	f := s.fit(s.data("rows", 120))
	x := s.data("rows/new", 2500).X // more than one block of any kernel
	order := rng.New(3).Child("order").Rand().Perm(x.Rows)
	all, k := s.predict(f, x), f.Outputs()
	var want []float64
	for _, i := range order {
		want = append(want, all[i*k:(i+1)*k]...)
	}
	s.same("permuted rows", s.predict(f, takeRows(x, order)), want, 0)
}

func (s *suite) checkConcurrent() {
	f := s.fit(s.data("concurrent", 120))
	x := s.data("concurrent/new", 200).X
	want := s.predict(f, x)
	results := make([][]float64, 4)
	var wg sync.WaitGroup
	for g := range results {
		results[g] = make([]float64, len(want))
		wg.Go(func() {
			for range 5 {
				_ = f.Predict(results[g], x)
			}
		})
	}
	wg.Wait()
	for _, got := range results {
		s.same("four at a time", got, want, 0)
	}
}

// checkWeightsDouble: a row of weight 2 counts as much as two rows of weight 1.
func (s *suite) checkWeightsDouble() {
	d := s.data("weights", 120)
	d.Weights = make([]float64, d.X.Rows)
	var rows []int
	for i := range d.Weights {
		d.Weights[i] = float64(1 + i%2)
		for range 1 + i%2 {
			rows = append(rows, i)
		}
	}
	twice := take(d, rows)
	twice.Weights = nil
	x := s.data("weights/new", 50).X
	s.same("weights of 1 and 2", s.predict(s.fit(d), x), s.predict(s.fit(twice), x), s.tolerance())
}

// checkWeightsZero: a row of weight 0 counts as absent, whatever stands in it.
func (s *suite) checkWeightsZero() {
	d := s.data("zero", 120)
	d.Weights = make([]float64, d.X.Rows)
	var rows []int
	for i := range d.Weights {
		if i%3 == 0 {
			d.Y.Y[i] = d.Y.Y[(i+1)%d.X.Rows]
			continue
		}
		d.Weights[i] = 1
		rows = append(rows, i)
	}
	without := take(d, rows)
	without.Weights = nil
	x := s.data("zero/new", 50).X
	s.same("weights of 0 and 1", s.predict(s.fit(d), x), s.predict(s.fit(without), x), s.tolerance())
}

func (s *suite) checkConstantColumn() {
	d := s.data("constant", 120)
	x := s.data("constant/new", 50).X
	want := s.predict(s.fit(d), x)
	for _, v := range []float32{0, 3, -1e6} {
		wide, wideX := fresh(d), freshMatrix(x)
		addColumn(wide.X, dataset.Feature{Name: "same"}, constant(d.X.Rows, v))
		addColumn(wideX, dataset.Feature{Name: "same"}, constant(x.Rows, v))
		s.same(fmt.Sprintf("with a column of %v", v), s.predict(s.fit(wide), wideX), want, s.tolerance())
	}
}

func (s *suite) checkShiftAndScale() {
	d := s.data("shift", 120)
	x := s.data("shift/new", 50).X
	base := s.predict(s.fit(d), x)
	for _, c := range []struct{ scale, shift float64 }{{1, 1000}, {1000, 0}, {-0.001, 0.25}} {
		moved := d
		moved.Y.Y = slices.Clone(d.Y.Y)
		for i, y := range d.Y.Y {
			moved.Y.Y[i] = c.scale*y + c.shift
		}
		want := slices.Clone(base)
		for i, p := range base {
			want[i] = c.scale*p + c.shift
		}
		s.same(fmt.Sprintf("target times %v plus %v", c.scale, c.shift), s.predict(s.fit(moved), x), want, s.tolerance())
	}
}

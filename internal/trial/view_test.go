package trial_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/prep/preptest"
	"sadi/internal/rng"
	"sadi/internal/table"
	"sadi/internal/trial"
)

func TestViewIsShared(t *testing.T) {
	j := mixedJob(t, 2)
	var wg sync.WaitGroup
	views := make([]*trial.View, 16)
	for i := range views {
		wg.Go(func() {
			v, err := j.View(context.Background(), i%2, dataset.Trees)
			if err != nil {
				t.Error(err)
			}
			views[i] = v
		})
	}
	wg.Wait()
	for i, v := range views {
		if v != views[i%2] {
			t.Errorf("call %d got a view of its own", i)
		}
	}
	dense, err := j.View(context.Background(), 0, dataset.Dense)
	if err != nil {
		t.Fatal(err)
	}
	if dense == views[0] || views[0] == views[1] || dense.Pipeline.Input() != dataset.Dense {
		t.Error("another form or another fold has the same view")
	}
}

func TestViewHoldsTheRowsOfItsFold(t *testing.T) {
	j := mixedJob(t, 1)
	j.Weights = make([]float64, tableRows)
	for i := range j.Weights {
		j.Weights[i] = float64(i)
	}
	for k, f := range j.Folds {
		v, err := j.View(context.Background(), k, dataset.Trees)
		if err != nil {
			t.Fatal(err)
		}
		for what, c := range map[string]struct {
			set  dataset.Set
			rows []int
		}{"fit": {v.Fit, f.Fit}, "valid": {v.Valid, f.Valid}} {
			if c.set.X.Rows != len(c.rows) || len(c.set.Y.Y) != len(c.rows) || len(c.set.Weights) != len(c.rows) {
				t.Fatalf("fold %d, %s: %d rows, want %d", k, what, c.set.X.Rows, len(c.rows))
			}
			count := slices.IndexFunc(c.set.X.Features, func(f dataset.Feature) bool { return f.Name == "count" })
			for i, row := range c.rows {
				if c.set.Y.Y[i] != j.Target.Y[row] || c.set.Weights[i] != float64(row) ||
					float64(c.set.X.Cols[count][i]) != j.Table.Column("count").Nums[row] {
					t.Fatalf("fold %d, %s: place %d does not hold row %d", k, what, i, row)
				}
			}
		}
	}
}

// A build that was cancelled is not kept: the next caller builds again.
func TestACancelledViewIsBuiltAgain(t *testing.T) {
	j := mixedJob(t, 1)
	cause := errors.New("the budget is used up")
	ended, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	if v, err := j.View(ended, 0, dataset.Dense); err == nil || v != nil {
		t.Fatalf("a cancelled build gives %v, %v", v, err)
	}
	v, err := j.View(context.Background(), 0, dataset.Dense)
	if err != nil || v.Fit.X.Rows != len(j.Folds[0].Fit) || v.Valid.X.Rows != len(j.Folds[0].Valid) {
		t.Fatalf("the next build gives %v, %v", v, err)
	}
	if again, err := j.View(ended, 0, dataset.Dense); err != nil || again != v {
		t.Errorf("what is built needs no time, and a cancelled caller gets %v, %v", again, err)
	}
}

func TestScoredRowsAreTheValidationRowsInFoldOrder(t *testing.T) {
	j := mixedJob(t, 1)
	var want []int
	for _, k := range []int{0, 1, 2} {
		for row := 2 * k; row < tableRows; row += 6 {
			want = append(want, row)
		}
	}
	if got := j.Scored(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := (&trial.Job{}).Scored(); len(got) != 0 {
		t.Errorf("no folds and the rows %v", got)
	}
}

// poisoned is the table with every value of the given rows replaced: by nothing, or by what is in no other row.
func poisoned(from *table.Table, rows []int, missing bool) *table.Table {
	to := &table.Table{Rows: from.Rows}
	for _, c := range from.Cols {
		p := &table.Column{Name: c.Name, Kind: c.Kind, Nums: slices.Clone(c.Nums)}
		if c.Kind.Numeric() {
			for i, row := range rows {
				if p.Nums[row] = math.NaN(); !missing {
					p.Nums[row] = 1e7 * float64(1+i)
				}
			}
			to.Cols = append(to.Cols, p)
			continue
		}
		words := make([]string, c.Len())
		for i := range words {
			words[i] = c.Label(i)
		}
		for i, row := range rows {
			switch {
			case missing:
				words[row] = ""
			case c.Kind == table.Boolean:
				words[row] = c.Levels[i%2]
			default:
				words[row] = fmt.Sprintf("A poison %d", i) // before all other words: their codes change
			}
		}
		to.Cols = append(to.Cols, preptest.WordsOf(c.Name, c.Kind, words))
	}
	return to
}

func encoded(f interface{ Encode(*codec.Writer) }) []byte {
	var w codec.Writer
	f.Encode(&w)
	return w.Bytes()
}

// No value of a row outside the fit set reaches a model. Boosters learn a given number of rounds here, for the
// validation rows may say when to stop; rows in no fold may hold anything, even in the target.
func TestNothingLeaksFromOtherRows(t *testing.T) {
	fit := map[int]bool{}
	for _, row := range folds()[0].Fit {
		fit[row] = true
	}
	var others []int
	for row := range tableRows {
		if !fit[row] {
			others = append(others, row)
		}
	}
	for _, c := range configs(t) {
		control := trial.Control{}
		if c.Model.Caps().Iterative {
			control.Rounds = 12
		}
		clean := mixedJob(t, 1)
		want := fold(t, clean, c, 0, control)
		view, err := clean.View(context.Background(), 0, c.Model.Caps().Input)
		if err != nil {
			t.Fatal(err)
		}
		for _, missing := range []bool{true, false} {
			j := mixedJob(t, 2)
			j.Table = poisoned(j.Table, others, missing)
			for row := 1; row < tableRows; row += 2 {
				j.Target.Y[row] = math.NaN()
			}
			got := fold(t, j, c, 0, control)
			if !bytes.Equal(got.Model, want.Model) {
				t.Errorf("%s: values of other rows (missing: %v) have changed the model", c.Model.Name(), missing)
			}
			if v, err := j.View(context.Background(), 0, c.Model.Caps().Input); err != nil || !bytes.Equal(encoded(v.Pipeline), encoded(view.Pipeline)) {
				t.Errorf("%s: values of other rows (missing: %v) have changed the preparation (%v)", c.Model.Name(), missing, err)
			}
		}
		j := mixedJob(t, 1)
		j.Table = poisoned(j.Table, folds()[0].Fit[:20], false)
		if c.Model.Name() != "dummy" && bytes.Equal(fold(t, j, c, 0, control).Model, want.Model) {
			t.Errorf("%s: values of its own rows change nothing: the test can not fail", c.Model.Name())
		}
	}
}

// The prepared matrices of a fold are shared, so no trial may write to them.
func TestTrialsLeaveTheViewAsItIs(t *testing.T) {
	j := mixedJob(t, 1)
	hash := func(in dataset.Input) uint64 {
		v, err := j.View(context.Background(), 0, in)
		if err != nil {
			t.Fatal(err)
		}
		s := rng.New(0)
		for _, m := range []*dataset.Matrix{v.Fit.X, v.Valid.X} {
			s = s.Child(fmt.Sprint(m.Cols))
		}
		return s.Child(fmt.Sprint(v.Fit.Y, v.Valid.Y)).Uint64()
	}
	for _, c := range configs(t) {
		in := c.Model.Caps().Input
		before := hash(in)
		fold(t, j, c, 0, trial.Control{})
		if hash(in) != before {
			t.Errorf("%s has changed its data", c.Model.Name())
		}
	}
}

package trial_test

import (
	"context"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/param"
	"sadi/internal/prep/preptest"
	"sadi/internal/rng"
	"sadi/internal/split"
	"sadi/internal/trial"
)

// fake is an algorithm that does what a test says; by default it predicts 0 for everything.
type fake struct {
	input    dataset.Input
	iterates bool
	fit      func(ctx context.Context, train model.Train) (model.Fitted, error)
}

func (fake) Name() string      { return "fake" }
func (fake) Card() model.Card  { return model.Card{Title: "Fake"} }
func (fake) Params() param.Set { return nil }

func (f fake) Caps() model.Caps {
	return model.Caps{Problems: []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue}, Input: f.input, Iterative: f.iterates}
}

func (f fake) Fit(ctx context.Context, train model.Train, _ param.Values) (model.Fitted, error) {
	if f.fit == nil {
		return &guess{features: len(train.X.Cols), outputs: train.Y.Outputs()}, nil
	}
	return f.fit(ctx, train)
}

func (fake) Decode(r *codec.Reader) (model.Fitted, error) {
	g := &guess{value: r.F64(), features: r.Int(), outputs: r.Int()}
	return g, r.Err()
}

// guess predicts value for everything, or what predict does.
type guess struct {
	value             float64
	features, outputs int
	predict           func(dst []float64) error
}

func (g *guess) Outputs() int  { return g.outputs }
func (g *guess) Features() int { return g.features }

func (g *guess) Encode(w *codec.Writer) { w.F64(g.value); w.Int(g.features); w.Int(g.outputs) }

func (g *guess) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(g, dst, x); err != nil {
		return err
	}
	for i := range dst {
		dst[i] = g.value
	}
	if g.predict != nil {
		return g.predict(dst)
	}
	return nil
}

// learned is a guess that took rounds.
type learned struct {
	guess
	rounds int
}

func (l *learned) Rounds() int { return l.rounds }

// tableRows is the number of rows of the mixed table.
const tableRows = 240

// folds are three folds of the even rows; the odd ones stand in none.
func folds() []split.Fold {
	folds := make([]split.Fold, 3)
	for k := range folds {
		for row := 0; row < tableRows; row += 2 {
			if row/2%3 == k {
				folds[k].Valid = append(folds[k].Valid, row)
			} else {
				folds[k].Fit = append(folds[k].Fit, row)
			}
		}
	}
	return folds
}

// mixedJob is a job with three classes on a table with columns of every kind.
func mixedJob(t *testing.T, width int) *trial.Job {
	t.Helper()
	tab, y, columns := preptest.Mixed(tableRows)
	return &trial.Job{Table: tab, Columns: columns, Target: y, Folds: folds(), Scorer: scorer(t, "neg_log_loss", y.Problem),
		Stream: rng.New(5), Pool: par.New(width)}
}

// binaryJob is the same with two classes: every eighth row is class 1.
func binaryJob(t *testing.T, metricName string) *trial.Job {
	t.Helper()
	j := mixedJob(t, 1)
	j.Target = dataset.Target{Problem: sadi.Binary, Classes: 2, Y: make([]float64, tableRows)}
	for i := range j.Target.Y {
		if i%8 == 0 {
			j.Target.Y[i] = 1
		}
	}
	j.Scorer = scorer(t, metricName, sadi.Binary)
	return j
}

func scorer(t *testing.T, name string, p sadi.Problem) metric.Scorer {
	t.Helper()
	s, err := metric.Lookup(name, p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

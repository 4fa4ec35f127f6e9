package bundle

import (
	"context"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/model/dummy"
	"sadi/internal/model/logisticregression"
	"sadi/internal/model/ridge"
	"sadi/internal/model/xgb"
	"sadi/internal/prep/preptest"
	"sadi/internal/rng"
	"sadi/internal/split"
	"sadi/internal/table"
	"sadi/internal/trial"
)

var problems = []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue}

// known are the algorithms of the bundles here.
var known = []model.Model{dummy.Model{}, logisticregression.Model{}, ridge.Model{}, xgb.Classifier{}, xgb.Regressor{}}

func lookup(name string) (model.Model, error) {
	for _, m := range known {
		if m.Name() == name {
			return m, nil
		}
	}
	return nil, sadi.Errorf(sadi.NotFound, "there is no algorithm %q", name)
}

const tableRows = 150

// mixed is a table with columns of every kind and a target for the problem.
func mixed(p sadi.Problem) (*table.Table, dataset.Target, []string) {
	all, y, _ := preptest.Mixed(tableRows)
	t := &table.Table{Rows: all.Rows}
	var names []string
	for _, name := range []string{"normal", "holes", "when", "smoker", "color", "street", "note"} {
		t.Cols = append(t.Cols, all.Column(name))
		names = append(names, name)
	}
	y.Problem = p
	for i := range y.Y {
		switch p {
		case sadi.Binary:
			y.Y[i], y.Classes = min(y.Y[i], 1), 2
		case sadi.RegressionValue:
			y.Y[i], y.Classes = 10*y.Y[i]+all.Column("normal").Nums[i], 0
		}
	}
	return t, y, names
}

// fitted is a bundle of a linear model and a booster with a model for each of two folds, and the table it was fitted on.
func fitted(t testing.TB, p sadi.Problem) (*Bundle, *table.Table) {
	t.Helper()
	tab, y, names := mixed(p)
	scorer := metric.Default(p)
	folds := []split.Fold{{Fit: preptest.Every(tab.Rows, 3)}, {Fit: preptest.Every(tab.Rows, 4)}}
	job := &trial.Job{Table: tab, Columns: names, Target: y, Folds: folds, Scorer: scorer, Stream: rng.New(3)}
	b := &Bundle{Target: "species", Problem: p, Metric: scorer.Name}
	for _, c := range tab.Cols {
		b.Fields = append(b.Fields, table.Field{Name: c.Name, Kind: c.Kind})
	}
	b.Fields[0].Format = "1.234,5"
	linear, booster := model.Model(logisticregression.Model{}), model.Model(xgb.Classifier{})
	switch p {
	case sadi.Binary:
		b.Labels = []string{"no", "yes"}
	case sadi.Multiclass:
		b.Labels = []string{"a", "b", "ç"}
	default:
		linear, booster = ridge.Model{}, xgb.Regressor{}
	}
	b.Members = []Member{{Weight: 0.25, Name: "linear"}, {Weight: 0.75, Name: "booster"}}
	for i, m := range []model.Model{linear, booster} {
		for fold := range folds {
			b.Members[i].Parts = append(b.Members[i].Parts, part(t, b, job, m, fold))
		}
	}
	return b, tab
}

// part fits an algorithm on a fold and adds its preparation to the bundle.
func part(t testing.TB, b *Bundle, job *trial.Job, m model.Model, fold int) Part {
	t.Helper()
	ctx := context.Background()
	values, control := m.Params().Defaults(), trial.Control{}
	if m.Caps().Iterative {
		control.Rounds = 4
	}
	res, err := job.Fold(ctx, trial.Config{Model: m, Values: values}, fold, control)
	if err != nil {
		t.Fatal(err)
	}
	view, err := job.View(ctx, fold, m.Caps().Input)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(b.Pipelines, view.Pipeline)
	if at < 0 {
		at = len(b.Pipelines)
		b.Pipelines = append(b.Pipelines, view.Pipeline)
	}
	f, err := m.Decode(codec.NewReader(res.Model))
	if err != nil {
		t.Fatal(err)
	}
	return Part{Pipeline: at, Model: m.Name(), Fitted: f}
}

// tiny is a bundle on one column, small enough to damage every byte of.
func tiny(t testing.TB, p sadi.Problem) (*Bundle, *table.Table) {
	t.Helper()
	tab, y, _ := mixed(p)
	tab = &table.Table{Rows: tab.Rows, Cols: []*table.Column{tab.Column("color")}}
	job := &trial.Job{Table: tab, Columns: []string{"color"}, Target: y, Stream: rng.New(3), Scorer: metric.Default(p),
		Folds: []split.Fold{{Fit: preptest.Every(tab.Rows, 2)}}}
	b := &Bundle{Fields: table.Schema{{Name: "color", Kind: table.Category}}, Target: "y", Problem: p, Metric: job.Scorer.Name}
	booster := model.Model(xgb.Classifier{})
	switch p {
	case sadi.Binary:
		b.Labels = []string{"no", "yes"}
	case sadi.Multiclass:
		b.Labels = []string{"a", "b", "c"}
	default:
		booster = xgb.Regressor{}
	}
	b.Members = []Member{{Weight: 0.5, Name: "baseline", Parts: []Part{part(t, b, job, dummy.Model{}, 0)}},
		{Weight: 0.5, Name: "booster", Parts: []Part{part(t, b, job, booster, 0)}}}
	return b, tab
}

func predict(t testing.TB, b *Bundle, tab *table.Table, rows []int) []float64 {
	t.Helper()
	pred, err := b.Predict(context.Background(), tab, rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pred
}

func decoded(t testing.TB, b *Bundle) *Bundle {
	t.Helper()
	d, err := Decode(b.Encode(), lookup)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

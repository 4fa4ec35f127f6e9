package modeltest

import (
	"context"
	"math"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/dummy"
	"sadi/internal/model/ridge"
	"sadi/internal/param"
)

// broken is an algorithm that breaks one promise.
type broken struct {
	model.Model
	card    func(*model.Card)
	caps    func(*model.Caps)
	params  func(param.Set)
	train   func(*context.Context, *model.Train, param.Values) error // before Fit
	predict func(dst []float64, x *dataset.Matrix, tr model.Train)   // after Predict
	ignore  bool                                                     // errors of Predict; those of Decode are panics
	encode  func(*codec.Writer)
}

func (b broken) Card() model.Card {
	c := b.Model.Card()
	if b.card != nil {
		b.card(&c)
	}
	return c
}

func (b broken) Caps() model.Caps {
	c := b.Model.Caps()
	c.Problems = []sadi.Problem{sadi.RegressionValue}
	if b.caps != nil {
		b.caps(&c)
	}
	return c
}

func (b broken) Params() param.Set {
	s := slices.Clone(b.Model.Params())
	if b.params != nil {
		b.params(s)
	}
	return s
}

func (b broken) Fit(ctx context.Context, tr model.Train, v param.Values) (model.Fitted, error) {
	if b.train != nil {
		if err := b.train(&ctx, &tr, v); err != nil {
			return nil, err
		}
	}
	f, err := b.Model.Fit(ctx, tr, v)
	if err != nil {
		return nil, err
	}
	return &brokenFit{f, b, tr}, nil
}

func (b broken) Decode(r *codec.Reader) (model.Fitted, error) {
	f, err := b.Model.Decode(r)
	if err != nil && b.ignore {
		panic("broken on purpose")
	}
	if err != nil {
		return nil, err
	}
	return &brokenFit{f, b, model.Train{}}, nil
}

type brokenFit struct {
	model.Fitted
	b  broken
	tr model.Train
}

func (f *brokenFit) Predict(dst []float64, x *dataset.Matrix) error {
	err := f.Fitted.Predict(dst, x)
	if f.b.predict != nil {
		f.b.predict(dst, x, f.tr)
	}
	if f.b.ignore {
		return nil
	}
	return err
}

func (f *brokenFit) Encode(w *codec.Writer) {
	f.Fitted.Encode(w)
	if f.b.encode != nil {
		f.b.encode(w)
	}
}

func (f *brokenFit) Importance() []float64 { return make([]float64, f.Features()+1) }

// refuse fails fits on some data.
func refuse(when func(model.Train) bool) broken {
	return broken{Model: ridge.Model{}, train: func(_ *context.Context, tr *model.Train, _ param.Values) error {
		if when(*tr) {
			return sadi.Errorf(sadi.Internal, "broken on purpose")
		}
		return nil
	}}
}

// add adds to each prediction.
func add(what func(i int, x *dataset.Matrix, tr model.Train) float64) broken {
	return broken{Model: ridge.Model{}, predict: func(dst []float64, x *dataset.Matrix, tr model.Train) {
		for i := range dst {
			dst[i] += what(i, x, tr)
		}
	}}
}

// trees is the baseline with the widest form of input.
func trees(b broken) broken {
	b.Model = dummy.Model{}
	b.caps = func(c *model.Caps) { c.Input = dataset.Trees }
	return b
}

func largest(x *dataset.Matrix) (m float32) {
	for _, col := range x.Cols {
		for _, v := range col {
			m = max(m, v, -v)
		}
	}
	return m
}

func anyMissing(x *dataset.Matrix) bool {
	return slices.ContainsFunc(x.Cols, func(col []float32) bool { return slices.ContainsFunc(col, func(v float32) bool { return v != v }) })
}

// saboteurs break what the check of their name is there to find.
func saboteurs() map[string]broken {
	var fits, calls atomic.Int64
	deaf := broken{Model: ridge.Model{}, train: func(ctx *context.Context, _ *model.Train, _ param.Values) error {
		*ctx = context.WithoutCancel(*ctx)
		return nil
	}}
	unweighted := broken{Model: ridge.Model{}, train: func(_ *context.Context, tr *model.Train, _ param.Values) error {
		tr.Weights = nil
		return nil
	}}
	careless := broken{Model: ridge.Model{}, ignore: true}
	iterative := broken{Model: ridge.Model{}, caps: func(c *model.Caps) { c.Iterative = true }}
	counted := broken{Model: ridge.Model{}, encode: func(w *codec.Writer) { w.Int(int(fits.Add(1))) }}
	return map[string]broken{
		"card":   {Model: ridge.Model{}, card: func(c *model.Card) { c.Paper = "" }},
		"params": {Model: ridge.Model{}, params: func(s param.Set) { s[0].Default = -1.0 }},
		"bounds": {Model: ridge.Model{}, params: func(s param.Set) { s[0].Hi = math.Inf(1) }},
		"extremes": {Model: ridge.Model{}, train: func(_ *context.Context, _ *model.Train, v param.Values) error {
			if v.Float("alpha") > 1e4 {
				return sadi.Errorf(sadi.Internal, "broken on purpose")
			}
			return nil
		}},
		"untouched": {Model: ridge.Model{}, train: func(_ *context.Context, tr *model.Train, _ param.Values) error {
			tr.X.Cols[0][0]++
			return nil
		}},
		"refit": counted,
		"width": {Model: ridge.Model{}, ignore: true},
		"refusal": {Model: ridge.Model{}, train: func(_ *context.Context, tr *model.Train, _ param.Values) error {
			tr.Y.Y = slices.Clone(tr.Y.Y)
			for i, y := range tr.Y.Y {
				if y-y != 0 {
					tr.Y.Y[i] = 0
				}
			}
			return nil
		}},
		"cancelled_before": deaf,
		"cancelled_during": deaf,
		"pool":             add(func(int, *dataset.Matrix, model.Train) float64 { return 0 }),
		"seed":             {Model: ridge.Model{}, caps: func(c *model.Caps) { c.Stochastic = true }},
		"names":            add(func(_ int, x *dataset.Matrix, _ model.Train) float64 { return float64(len(x.Features[0].Name)) }),
		"memo": add(func(_ int, _ *dataset.Matrix, tr model.Train) float64 {
			return tr.X.Memo("broken", func() any { return tr.Y.Y[0] }).(float64)
		}),
		"batch":      add(func(_ int, x *dataset.Matrix, _ model.Train) float64 { return float64(x.Rows) }),
		"rows":       add(func(i int, _ *dataset.Matrix, _ model.Train) float64 { return float64(i) }),
		"concurrent": add(func(int, *dataset.Matrix, model.Train) float64 { return float64(calls.Add(1)) }),

		"weights_double":  unweighted,
		"weights_zero":    unweighted,
		"constant_column": add(func(_ int, x *dataset.Matrix, _ model.Train) float64 { return float64(len(x.Cols)) }),
		"shift_and_scale": add(func(int, *dataset.Matrix, model.Train) float64 { return 1 }),

		"one_row":         refuse(func(tr model.Train) bool { return tr.X.Rows == 1 }),
		"two_rows":        refuse(func(tr model.Train) bool { return tr.X.Rows == 2 }),
		"one_column":      refuse(func(tr model.Train) bool { return len(tr.X.Cols) == 1 }),
		"no_columns":      add(func(i int, x *dataset.Matrix, _ model.Train) float64 { return float64(i) }),
		"constant_target": add(func(int, *dataset.Matrix, model.Train) float64 { return 1 }),
		"wide":            refuse(func(tr model.Train) bool { return len(tr.X.Cols) > tr.X.Rows }),
		"same_columns":    refuse(func(tr model.Train) bool { return slices.Equal(tr.X.Cols[0], tr.X.Cols[len(tr.X.Cols)-4]) }),
		"magnitudes":      refuse(func(tr model.Train) bool { return largest(tr.X) > 1e20 }),
		"far_away": add(func(_ int, x *dataset.Matrix, _ model.Train) float64 {
			return float64(largest(x)) * 1e300
		}),
		"missing_column": trees(refuse(func(tr model.Train) bool { return tr.X.Cols[2][0] != tr.X.Cols[2][0] })),
		"missing_new": trees(add(func(_ int, x *dataset.Matrix, _ model.Train) float64 {
			if anyMissing(x) {
				return math.NaN()
			}
			return 0
		})),
		"many_levels": trees(refuse(func(tr model.Train) bool { return tr.X.Features[len(tr.X.Features)-1].Levels > 255 })),
		"unseen_level": trees(add(func(i int, x *dataset.Matrix, _ model.Train) float64 {
			return []float64{0, 1, 2, 3, math.Inf(1)}[int(max(0, x.Cols[5][0]))]
		})),
		"quality":        {Model: dummy.Model{}},
		"importance":     {Model: ridge.Model{}},
		"roundtrip":      counted,
		"truncated":      careless,
		"flipped":        careless,
		"iterated":       iterative,
		"proceed":        iterative,
		"early_stopping": iterative,
	}
}

// TestEveryCheckCanFail holds each check to finding the algorithm that breaks its promise.
func TestEveryCheckCanFail(t *testing.T) {
	all := saboteurs()
	pooled := all["pool"]
	pooled.train = func(_ *context.Context, tr *model.Train, _ param.Values) error {
		tr.Y.Y = slices.Clone(tr.Y.Y)
		tr.Y.Y[0] += float64(tr.Pool.Width())
		return nil
	}
	all["pool"] = pooled
	for _, c := range checks() {
		if c.name == "process" {
			continue // TestProcess
		}
		b, ok := all[c.name]
		if !ok {
			t.Errorf("nothing shows that the check %s can fail", c.name)
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := &suite{m: b, opts: Opts{Equivariant: true}, caps: b.Caps(), problem: sadi.RegressionValue, values: b.Params().Defaults(), t: t}
			if c.when != nil && !c.when(s) {
				t.Fatal("the check does not apply")
			}
			failures := s.try(c.run)
			if len(failures) == 0 {
				t.Fatal("the check finds nothing")
			}
			if strings.HasPrefix(failures[0], "panic") {
				t.Errorf("the check panics: %s", failures[0])
			}
		})
	}
}

// TestProcess: an algorithm whose bytes depend on the process fails in the check "process", which Run expects here.
func TestProcess(t *testing.T) {
	Run(t, broken{Model: ridge.Model{}, encode: func(w *codec.Writer) { w.Int(os.Getpid()) }}, Opts{XFail: map[string]string{
		"process":    "the bytes hold the number of the process",
		"importance": "it has a number too many",
		"roundtrip":  "the number is not read",
		"truncated":  "cutting off the number leaves a whole model",
	}})
}

package evaluate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/metric/metrictest"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// input is a sample of n rows with its constant baseline.
func input(p sadi.Problem, n int) Input {
	in := Input{Data: metrictest.Sample(p, n, rng.New(3).Rand()), Scorer: metric.Default(p), Stream: rng.New(9).Child("evaluate")}
	for k := range in.Data.Classes {
		in.Labels = append(in.Labels, fmt.Sprintf("class %d", k))
	}
	in.Baseline = in.Data
	in.Baseline.Pred = make([]float64, len(in.Data.Pred))
	for i := range in.Baseline.Pred {
		in.Baseline.Pred[i] = 0.25
		if p == sadi.RegressionValue {
			in.Baseline.Pred[i] = 3
		}
	}
	return in
}

var problems = []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue}

func judge(t testing.TB, in Input) *Report {
	t.Helper()
	r, err := Judge(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func encode(t *testing.T, r *Report) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSameReportWhateverThePool(t *testing.T) {
	for _, p := range problems {
		in := input(p, 80)
		in.Resamples = 95 // the last block is not full
		want := encode(t, judge(t, in))
		for _, width := range []int{1, 2, 8} {
			in.Pool = par.New(width)
			if got := encode(t, judge(t, in)); !bytes.Equal(got, want) {
				t.Errorf("%s, %d goroutines: got %s, want %s", p, width, got, want)
			}
		}
	}
}

func TestReportHasEveryMetric(t *testing.T) {
	for _, p := range problems {
		in := input(p, 120)
		in.Scorer, _ = metric.Lookup(map[sadi.Problem]string{sadi.Binary: "f1_micro", sadi.Multiclass: "accuracy", sadi.RegressionValue: "mae"}[p], p)
		r := judge(t, in)
		seen := map[string]Metric{}
		for _, m := range r.Metrics {
			if _, twice := seen[m.Name]; twice {
				t.Errorf("%s: %s is reported twice", p, m.Name)
			}
			seen[m.Name] = m
			s, err := metric.Lookup(m.Name, p)
			if err != nil {
				t.Fatal(err)
			}
			score, err := s.Score(in.Data)
			if err != nil || float64(m.Value) != s.Shown(score) {
				t.Errorf("%s: got %v, want %v, %v", m.Name, m.Value, s.Shown(score), err)
			}
			if !(m.Low <= m.Value && m.Value <= m.High && m.Low < m.High) && m.Reason == "" {
				t.Errorf("%s: the interval %v to %v around %v is none", m.Name, m.Low, m.High, m.Value)
			}
		}
		if r.Metrics[0].Name != in.Scorer.Name || r.Metric != in.Scorer.Name {
			t.Errorf("%s: got %s first, want %s", p, r.Metrics[0].Name, in.Scorer.Name)
		}
		for _, s := range metric.For(p) {
			if _, ok := seen[s.Name]; !ok && !s.RedundantIn(p) {
				t.Errorf("%s is not reported for %s", s.Name, p)
			}
		}
	}
}

func TestJSONSurvivesTheWorst(t *testing.T) {
	weighted := func(in Input, w float64) Input {
		in.Data.Weights = slices.Repeat([]float64{w}, len(in.Data.Y))
		return in
	}
	constant := func(in Input, y, p float64) Input {
		in.Data.Y = slices.Repeat([]float64{y}, len(in.Data.Y))
		in.Data.Pred = slices.Repeat([]float64{p}, len(in.Data.Pred))
		return in
	}
	huge := input(sadi.RegressionValue, 40)
	for i := range huge.Data.Y {
		huge.Data.Y[i], huge.Data.Pred[i] = math.MaxFloat64, -math.MaxFloat64
	}
	cases := map[string]Input{
		"one class":          constant(input(sadi.Binary, 40), 1, 0.7),
		"no positive":        constant(input(sadi.Binary, 40), 0, 0.7),
		"one of four":        constant(input(sadi.Multiclass, 40), 2, 0.25),
		"constant numbers":   constant(input(sadi.RegressionValue, 40), 5, 5),
		"negative numbers":   constant(input(sadi.RegressionValue, 40), -5, -4),
		"huge numbers":       huge,
		"huge weights":       weighted(input(sadi.Binary, 40), math.MaxFloat64/2),
		"weights of nothing": weighted(input(sadi.Multiclass, 40), 0),
		"no weight at all":   weighted(input(sadi.RegressionValue, 40), 0),
	}
	for _, p := range problems {
		for _, n := range []int{4, 5, 7} {
			cases[fmt.Sprintf("%d rows, %s", n, p)] = input(p, n)
		}
		one := input(p, 8)
		k := one.Data.Outputs()
		one.Data.Y, one.Data.Pred, one.Baseline.Pred = one.Data.Y[:1], one.Data.Pred[:k], one.Baseline.Pred[:k]
		cases["one row, "+string(p)] = one
	}
	for name, in := range cases {
		t.Run(name, func(t *testing.T) {
			in.Resamples = 50
			text := encode(t, judge(t, in))
			var back Report
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			for _, m := range back.Metrics {
				if (!m.Value.Defined() || !m.Low.Defined()) && m.Reason == "" {
					t.Errorf("%s is null without a reason", m.Name)
				}
			}
			if b := back.Baseline; b == nil || !b.Low.Defined() && b.Reason == "" {
				t.Errorf("the comparison %+v has no reason", b)
			}
			if back.Verdict == "" {
				t.Error("no verdict")
			}
			if again := encode(t, &back); !bytes.Equal(again, text) {
				t.Errorf("read and written again: got %s, want %s", again, text)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, change := range map[string]func(in *Input){
		"no rows":            func(in *Input) { in.Data.Y, in.Data.Pred = nil, nil },
		"labels missing":     func(in *Input) { in.Labels = in.Labels[1:] },
		"another scorer":     func(in *Input) { in.Scorer = metric.Default(sadi.RegressionValue) },
		"no scorer":          func(in *Input) { in.Scorer = metric.Scorer{} },
		"NaN":                func(in *Input) { in.Data.Pred[2] = math.NaN() },
		"baseline too short": func(in *Input) { in.Baseline.Pred = in.Baseline.Pred[1:] },
		"less than nothing":  func(in *Input) { in.Resamples = -1 },
	} {
		in := input(sadi.Binary, 40)
		change(&in)
		if r, err := Judge(context.Background(), in); err == nil {
			t.Errorf("%s: got %+v, want an error", name, r)
		}
	}
}

func TestCancelled(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if _, err := Judge(ctx, input(sadi.Binary, 40)); !errors.Is(err, stop) {
		t.Errorf("got the error %v, want %v", err, stop)
	}
}

func TestVerdict(t *testing.T) {
	// The model that is worth nothing: predictions that do not know the truth.
	shuffled := func(p sadi.Problem) Input {
		in := input(p, 400)
		perm := rng.New(1).Rand().Perm(100)
		y := slices.Clone(in.Data.Y)
		for i := range y {
			y[i] = in.Data.Y[i/100*100+perm[i%100]]
		}
		in.Data.Y = y
		return in
	}
	swapped := input(sadi.Binary, 200)
	for i, p := range swapped.Data.Pred {
		swapped.Data.Pred[i] = 1 - p
	}
	alone := input(sadi.RegressionValue, 100)
	alone.Baseline.Pred = nil
	oneClass := input(sadi.Binary, 40)
	oneClass.Data.Y = make([]float64, 40)
	moving := input(sadi.RegressionValue, 200)
	moving.Baseline.Pred[0] = 3.5
	for _, c := range []struct {
		name    string
		in      Input
		outcome Outcome
		text    string
	}{
		{"better classes", input(sadi.Binary, 200), Better, `The model is better than always answering "class 0": ROC AUC is 0.`},
		{"better numbers", input(sadi.RegressionValue, 200), Better, "The model is better than always answering 3: RMSE is "},
		{"worse", swapped, Worse, "The model is worse than always answering"},
		{"chance", shuffled(sadi.Binary), NotBetter, "The model is not better than always answering"},
		{"one class", oneClass, Unknown, "can not be told: ROC AUC is undefined: all rows are of one class."},
		{"alone", alone, "", "RMSE is "},
		{"few", input(sadi.Binary, 20), Better, "20 rows say little"},
		{"moving", moving, Better, "better than answering with a constant number"},
	} {
		c.in.Resamples = 200
		r := judge(t, c.in)
		var got Outcome
		if r.Baseline != nil {
			got = r.Baseline.Outcome
		}
		if got != c.outcome || !strings.Contains(r.Verdict, c.text) {
			t.Errorf("%s: got %s, %q, want %s, %q", c.name, got, r.Verdict, c.outcome, c.text)
		}
	}
}

func TestDigits(t *testing.T) {
	for v, want := range map[Number]string{0.84321: "0.8432", 206855.8: "206856", 12.3456: "12.35", -0.5: "-0.5", 0: "0", 1e-7: "1e-07", 1e300: "1e+300"} {
		if got := digits(v); got != want {
			t.Errorf("%v: got %s, want %s", float64(v), got, want)
		}
	}
}

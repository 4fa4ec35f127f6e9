package bundle

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/prep/preptest"
	"sadi/internal/table"
)

// each runs a test for a bundle of every problem.
func each(t *testing.T, test func(t *testing.T, b *Bundle, tab *table.Table)) {
	for _, p := range problems {
		t.Run(string(p), func(t *testing.T) {
			b, tab := fitted(t, p)
			test(t, b, tab)
		})
	}
}

func TestRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, b *Bundle, tab *table.Table) {
		file := b.Encode()
		d := decoded(t, b)
		if !bytes.Equal(d.Encode(), file) {
			t.Error("the bytes differ after a round trip")
		}
		if !slices.Equal(d.Fields, b.Fields) || d.Target != b.Target || d.Problem != b.Problem || d.Metric != b.Metric ||
			strings.Join(d.Labels, "|") != strings.Join(b.Labels, "|") || len(d.Members) != 2 || len(d.Pipelines) != len(b.Pipelines) {
			t.Errorf("got %+v", d)
		}
		for i, m := range d.Members {
			if m.Name != b.Members[i].Name || m.Weight != b.Members[i].Weight || len(m.Parts) != 2 || m.Parts[1].Model != b.Members[i].Parts[1].Model {
				t.Errorf("member %d is %+v", i, m)
			}
		}
		if !slices.Equal(predict(t, d, tab, nil), predict(t, b, tab, nil)) {
			t.Error("the predictions differ after a round trip")
		}
	})
}

// A prediction is the weighted mean over members of the plain mean over their parts.
func TestPredictionIsTheWeightedMean(t *testing.T) {
	each(t, func(t *testing.T, b *Bundle, tab *table.Table) {
		k := b.Outputs()
		want := make([]float64, tab.Rows*k)
		for _, m := range b.Members {
			for _, p := range m.Parts {
				x, err := b.Pipelines[p.Pipeline].Transform(context.Background(), tab, nil)
				if err != nil {
					t.Fatal(err)
				}
				one := make([]float64, len(want))
				if err := p.Fitted.Predict(one, x); err != nil {
					t.Fatal(err)
				}
				for i, v := range one {
					want[i] += m.Weight / 2 * v
				}
			}
		}
		for i, got := range predict(t, b, tab, nil) {
			if math.Abs(got-want[i]) > 1e-9*max(1, math.Abs(want[i])) {
				t.Fatalf("row %d: got %v, want %v", i/k, got, want[i])
			}
		}
		if b.Problem == sadi.Multiclass {
			for i, pred := 0, predict(t, b, tab, nil); i < len(pred); i += k {
				if sum := pred[i] + pred[i+1] + pred[i+2]; math.Abs(sum-1) > 1e-9 {
					t.Errorf("row %d: the probabilities add up to %v", i/k, sum)
				}
			}
		}
	})
}

// Blocks, workers, the order of rows and of columns, and columns that the model does not know do not matter.
func TestPredictionsAreOfTheRowAlone(t *testing.T) {
	each(t, func(t *testing.T, b *Bundle, tab *table.Table) {
		k := b.Outputs()
		want := predict(t, b, tab, nil)
		many := make([]int, 2*blockRows+7) // three blocks
		for i := range many {
			many[i] = i * 7 % tab.Rows
		}
		for what, rows := range map[string][]int{"one": {5}, "none": {}, "turned": {149, 3, 3, 0}, "many": many} {
			got, err := b.Predict(context.Background(), tab, rows, par.New(3))
			if err != nil || len(got) != len(rows)*k {
				t.Fatalf("%s: %d numbers, %v", what, len(got), err)
			}
			for i, row := range rows {
				if !slices.Equal(got[i*k:(i+1)*k], want[row*k:(row+1)*k]) {
					t.Fatalf("%s: place %d is not the prediction of row %d", what, i, row)
				}
			}
		}
		turned := &table.Table{Rows: tab.Rows, Cols: slices.Clone(tab.Cols)}
		slices.Reverse(turned.Cols)
		turned.Cols = slices.Insert(turned.Cols, 2, &table.Column{Name: "further", Kind: table.Number, Nums: make([]float64, tab.Rows)})
		if !slices.Equal(predict(t, b, turned, nil), want) {
			t.Error("the order of the columns matters")
		}
	})
}

func TestPredictIsSafeForConcurrentUse(t *testing.T) {
	b, tab := fitted(t, sadi.Multiclass)
	want := predict(t, b, tab, nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got, err := b.Predict(context.Background(), tab, nil, par.New(2)); err != nil || !slices.Equal(got, want) {
				t.Errorf("another prediction, %v", err)
			}
		})
	}
	wg.Wait()
}

func TestDataThatDoNotFit(t *testing.T) {
	b, tab := fitted(t, sadi.Binary)
	without := &table.Table{Rows: tab.Rows, Cols: slices.DeleteFunc(slices.Clone(tab.Cols), func(c *table.Column) bool { return c.Name == "color" })}
	words := slices.Clone(tab.Cols)
	words[0] = preptest.WordsOf("normal", table.Category, slices.Repeat([]string{"x", "y"}, tab.Rows/2))
	for what, bad := range map[string]*table.Table{"color": without, "normal": {Rows: tab.Rows, Cols: words}} {
		_, err := b.Predict(context.Background(), bad, nil, nil)
		if sadi.CodeOf(err) != sadi.SchemaMismatch || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	if _, err := b.Predict(ctx, tab, nil, nil); !errors.Is(err, cause) {
		t.Errorf("after the end: %v", err)
	}
}

// What was never seen, and what is missing everywhere, gives a prediction like any other.
func TestUnseenAndMissingValues(t *testing.T) {
	each(t, func(t *testing.T, b *Bundle, tab *table.Table) {
		odd := &table.Table{Rows: 3}
		for _, c := range tab.Cols {
			if c.Kind.Numeric() {
				odd.Cols = append(odd.Cols, &table.Column{Name: c.Name, Kind: c.Kind, Nums: []float64{math.NaN(), math.MaxFloat64, -math.MaxFloat64}})
			} else {
				odd.Cols = append(odd.Cols, preptest.WordsOf(c.Name, c.Kind, []string{"", "never seen", "\x00\xff"}))
			}
		}
		for i, v := range predict(t, b, odd, nil) {
			if math.IsNaN(v) || math.IsInf(v, 0) || b.Problem.IsClassification() && (v < 0 || v > 1) {
				t.Errorf("place %d is %v", i, v)
			}
		}
	})
}

// lost is a fitted model whose predictions are not finite.
type lost struct{ model.Fitted }

func (l lost) Predict(dst []float64, _ *dataset.Matrix) error {
	dst[len(dst)-1] = math.Inf(1)
	return nil
}

func TestAPredictionThatIsNotFiniteIsRefused(t *testing.T) {
	b, tab := fitted(t, sadi.Binary)
	b.Members[0].Parts[0].Fitted = lost{b.Members[0].Parts[0].Fitted}
	_, err := b.Predict(context.Background(), tab, []int{4, 9}, nil)
	if sadi.CodeOf(err) != sadi.Internal || !strings.Contains(err.Error(), "row 10") {
		t.Errorf("got %v", err)
	}
}

func TestCompactKeepsWhatIsUsed(t *testing.T) {
	b, tab := fitted(t, sadi.Multiclass)
	want := predict(t, b, tab, nil)
	spare, spareTab := fitted(t, sadi.Binary)
	b.Pipelines = append(spare.Pipelines, b.Pipelines...)
	for _, m := range b.Members {
		for i := range m.Parts {
			m.Parts[i].Pipeline += len(spare.Pipelines)
		}
	}
	b.Compact()
	if len(b.Pipelines) != 4 || !slices.Equal(predict(t, b, tab, nil), want) {
		t.Errorf("%d pipelines are left of 8, of which 4 are used", len(b.Pipelines))
	}
	b.Compact()
	if d := decoded(t, b); len(d.Pipelines) != 4 || !slices.Equal(predict(t, d, tab, nil), want) {
		t.Error("a second time changes what the first has left")
	}
	if len(predict(t, spare, spareTab, nil)) != tableRows {
		t.Error("the other bundle has lost its own")
	}
}

func TestClass(t *testing.T) {
	for _, c := range []struct {
		p    sadi.Problem
		pred []float64
		want int
	}{
		{sadi.Binary, []float64{0.5}, 1}, {sadi.Binary, []float64{0.4999}, 0}, {sadi.Binary, []float64{1}, 1},
		{sadi.Multiclass, []float64{0.2, 0.5, 0.3}, 1}, {sadi.Multiclass, []float64{0.4, 0.2, 0.4}, 0}, {sadi.Multiclass, []float64{0, 0, 1}, 2},
	} {
		if got := (&Bundle{Problem: c.p}).Class(c.pred); got != c.want {
			t.Errorf("%s %v: class %d, want %d", c.p, c.pred, got, c.want)
		}
	}
}

func TestOutputs(t *testing.T) {
	for _, c := range []struct {
		b    Bundle
		want int
	}{
		{Bundle{Problem: sadi.Binary, Labels: []string{"a", "b"}}, 1},
		{Bundle{Problem: sadi.Multiclass, Labels: []string{"a", "b", "c", "d"}}, 4},
		{Bundle{Problem: sadi.RegressionValue}, 1},
	} {
		if got := c.b.Outputs(); got != c.want {
			t.Errorf("%s: %d outputs, want %d", c.b.Problem, got, c.want)
		}
	}
}

// The file keeps all that a reader of data needs to read them as the training file was.
func TestFieldsKeepTheirFormat(t *testing.T) {
	b, _ := tiny(t, sadi.Binary)
	b.Fields = table.Schema{{Name: "color", Kind: table.Category}, {Name: "sold", Kind: table.DateTime, Format: "dd/mm/yyyy"},
		{Name: "price", Kind: table.Number, Format: "1.234,5"}}
	if got := decoded(t, b).Fields; !reflect.DeepEqual(got, b.Fields) {
		t.Errorf("got %+v, want %+v", got, b.Fields)
	}
}

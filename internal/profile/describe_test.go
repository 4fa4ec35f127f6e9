package profile

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"sadi/internal/par"
	"sadi/internal/rng"
	"sadi/internal/table"
)

var nan = math.NaN()

// numbers is a column of numbers.
func numbers(name string, kind table.Kind, v ...float64) *table.Column {
	return &table.Column{Name: name, Kind: kind, Nums: v}
}

// tableOf is a table of columns of equal length.
func tableOf(cols ...*table.Column) *table.Table {
	return &table.Table{Cols: cols, Rows: cols[0].Len()}
}

func mustDescribe(t *testing.T, tab *table.Table) []Column {
	t.Helper()
	cols, err := Describe(context.Background(), tab, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cols
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) }

func TestQuantilesAgreeWithNumpy(t *testing.T) {
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Quantiles []struct {
			Name      string
			Values    []float64
			Quantiles []float64
			Mean, SD  float64
			Distinct  int
		}
		Areas []struct {
			Name            string
			Classes         int
			Learned, Judged []int
			Area            float64
		}
	}
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref.Quantiles) == 0 || len(ref.Areas) == 0 {
		t.Fatal("no reference values")
	}
	for _, r := range ref.Quantiles {
		d := mustDescribe(t, tableOf(numbers(r.Name, table.Number, r.Values...)))[0]
		q := d.Quantiles
		got := []float64{q.Min, q.P01, q.P05, q.P25, q.P50, q.P75, q.P95, q.P99, q.Max}
		for i, want := range r.Quantiles {
			if !near(got[i], want) {
				t.Errorf("%s: quantile %d is %v, want %v", r.Name, i, got[i], want)
			}
		}
		if !near(q.Mean, r.Mean) || !near(q.SD, r.SD) || d.Distinct != r.Distinct {
			t.Errorf("%s: mean %v sd %v distinct %d, want %v %v %d", r.Name, q.Mean, q.SD, d.Distinct, r.Mean, r.SD, r.Distinct)
		}
	}
	for _, r := range ref.Areas {
		if got, _ := oneAgainstRest(r.Learned, r.Judged, r.Classes, 0); !near(got, r.Area) {
			t.Errorf("%s: area %v, want %v", r.Name, got, r.Area)
		}
	}
}

func TestDescribeNumbers(t *testing.T) {
	d := mustDescribe(t, tableOf(numbers("n", table.Integer, 3, nan, 1, 3, 7, math.Copysign(0, -1))))[0]
	if d.Rows != 6 || d.Missing != 1 || !near(d.MissingShare, 1.0/6) || d.Distinct != 4 || d.Order != Unordered {
		t.Errorf("got %+v", d)
	}
	if want := []LevelCount{{"3", 2}, {"0", 1}, {"1", 1}, {"7", 1}}; !reflect.DeepEqual(d.Top, want) {
		t.Errorf("top %v, want %v", d.Top, want)
	}
	want := []Bin{{0, 1, 1}, {1, 2, 1}, {2, 3, 0}, {3, 4, 2}, {4, 5, 0}, {5, 6, 0}, {6, 7, 0}, {7, 8, 1}}
	if !reflect.DeepEqual(d.Histogram, want) {
		t.Errorf("histogram %v, want %v", d.Histogram, want)
	}
}

func TestDescribeWords(t *testing.T) {
	d := mustDescribe(t, tableOf(wordColumn("w", table.Category, []string{"b", "a", "", "b", "ñandú común", "a"})))[0]
	if d.Missing != 1 || d.Distinct != 3 || d.Quantiles != nil {
		t.Errorf("got %+v", d)
	}
	if want := []LevelCount{{"a", 2}, {"b", 2}, {"ñandú común", 1}}; !reflect.DeepEqual(d.Top, want) {
		t.Errorf("top %v, want %v", d.Top, want)
	}
	if want := (TextStats{MeanLength: 3, MaxLength: 11, MeanWords: 1.2}); *d.Text != want {
		t.Errorf("text %v, want %v", *d.Text, want)
	}
}

func TestDescribeEmptyAndExtreme(t *testing.T) {
	cols := mustDescribe(t, tableOf(
		numbers("missing", table.Number, nan, nan),
		numbers("huge", table.Number, -math.MaxFloat64, math.MaxFloat64),
		numbers("neighbours", table.Number, 1, math.Nextafter(1, 2)),
		numbers("large whole", table.Integer, 1e17, 1e17+16),
		&table.Column{Name: "no word", Kind: table.Category, Codes: []int32{-1, -1}},
	))
	if cols[0].Quantiles != nil || cols[0].Distinct != 0 || cols[4].Distinct != 0 || cols[4].MissingShare != 1 {
		t.Errorf("got %+v, %+v", cols[0], cols[4])
	}
	if q := cols[1].Quantiles; q.P50 != 0 || q.Mean != 0 || math.IsInf(q.SD, 0) {
		t.Errorf("huge: %+v", *q)
	}
	for _, c := range cols[1:4] {
		rows := 0
		for _, b := range c.Histogram {
			rows += b.Count
		}
		if rows != 2 {
			t.Errorf("%s: the histogram has %d rows, want 2", c.Name, rows)
		}
	}
	if none, err := Describe(context.Background(), &table.Table{}, nil); err != nil || len(none) != 0 {
		t.Errorf("no columns: %v, %v", none, err)
	}
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		want Order
	}{{[]float64{5, 6, 7}, Sequence}, {[]float64{1, 1, 2}, Ascending}, {[]float64{3, 2, 2}, Descending},
		{[]float64{1, 1, 1}, Unordered}, {[]float64{1, 3, 2}, Unordered}, {[]float64{4}, Unordered}} {
		if got := orderOf(c.v); got != c.want {
			t.Errorf("orderOf(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestSortFloats(t *testing.T) {
	r := rng.New(3).Rand()
	v := make([]float64, 3*radixFrom)
	for i := range v {
		switch i % 4 {
		case 0:
			v[i] = r.NormFloat64() * math.Pow(10, float64(r.IntN(600)-300))
		case 1:
			v[i] = float64(r.IntN(5)) - 2
		case 2:
			v[i] = math.MaxFloat64 * (r.Float64() - 0.5)
		}
	}
	want := slices.Clone(v)
	slices.Sort(want)
	if sortFloats(v); !slices.Equal(v, want) {
		t.Error("not in the order of slices.Sort")
	}
}

func TestRunsKeepsTheMostFrequent(t *testing.T) {
	var sorted []float64
	for v := range 30 {
		for range 1 + (v*7)%30 {
			sorted = append(sorted, float64(v))
		}
	}
	distinct, top := runs(sorted, table.Integer)
	if distinct != 30 || len(top) != topLevels {
		t.Fatalf("%d distinct, %d shown", distinct, len(top))
	}
	for i, l := range top {
		v, _ := strconv.Atoi(l.Level)
		if want := 30 - i; l.Count != want || 1+(v*7)%30 != want {
			t.Errorf("place %d: %v, want a count of %d", i, l, want)
		}
	}
}

func TestDescribeIsTheSameOnAnyPool(t *testing.T) {
	for _, h := range readHeaders(t)[:10] {
		one := mustDescribe(t, h.table)
		many, err := Describe(context.Background(), h.table, par.New(4))
		if err != nil || !reflect.DeepEqual(one, many) {
			t.Errorf("%s: differs (%v)", h.name, err)
		}
	}
}

func TestDescribeStops(t *testing.T) {
	ctx, stop := context.WithCancelCause(context.Background())
	stop(os.ErrDeadlineExceeded)
	if _, err := Describe(ctx, tableOf(numbers("n", table.Number, 1, 2)), nil); err != os.ErrDeadlineExceeded {
		t.Errorf("got %v, want the cause", err)
	}
}

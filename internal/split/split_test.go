package split

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/rng"
)

// given is a division problem with the properties that hold for it.
type given struct {
	name string
	rows []int
	by   By
}

// problems are tables of 40% more rows than are divided, so that row numbers and positions differ.
func problems() []given {
	var all []given
	for _, n := range []int{10, 57, 400} {
		table := n * 14 / 10
		r := rng.New(uint64(n)).Rand()
		rows := r.Perm(table)[:n]
		slices.Sort(rows)
		classes := make([]float64, table)
		values := make([]float64, table)
		when := make([]float64, table)
		group := make([]int32, table)
		for i := range table {
			classes[i] = float64(min(r.IntN(10)/3, 2)) // 30 %, 30 %, 40 %
			values[i] = math.Round(10 * r.NormFloat64())
			when[i] = float64(r.IntN(n))
			group[i] = int32(r.IntN(n/3 + 5))
		}
		when[rows[0]] = math.NaN()
		skewed := slices.Clone(classes)
		for i := range skewed {
			skewed[i] = 0
			if i%29 == 3 {
				skewed[i] = 1
			}
		}
		for _, g := range []given{
			{"chance", rows, By{}},
			{"class", rows, By{Y: classes, Classes: 3}},
			{"rare class", rows, By{Y: skewed, Classes: 4}},
			{"quantile", rows, By{Y: values}},
			{"group", rows, By{Group: group}},
			{"group class", rows, By{Y: classes, Classes: 3, Group: group}},
			{"time", rows, By{Time: when}},
		} {
			g.name = fmt.Sprintf("%s %d", g.name, n)
			all = append(all, g)
		}
	}
	return all
}

func counts(rows []int, by By) []int {
	n := make([]int, max(by.Classes, 1))
	for _, r := range rows {
		if by.Classes > 0 {
			n[int(by.Y[r])]++
		} else {
			n[0]++
		}
	}
	return n
}

// checkFold holds a fold to what is true of every fold.
func checkFold(t *testing.T, g given, f Fold) {
	t.Helper()
	if len(f.Fit) == 0 || len(f.Valid) == 0 {
		t.Fatalf("%d rows to fit, %d to validate", len(f.Fit), len(f.Valid))
	}
	for _, set := range [][]int{f.Fit, f.Valid} {
		if !slices.IsSorted(set) || len(slices.Compact(slices.Clone(set))) != len(set) {
			t.Fatalf("rows are not ascending: %v", set)
		}
		for _, r := range set {
			if _, ok := slices.BinarySearch(g.rows, r); !ok {
				t.Fatalf("row %d was not given", r)
			}
		}
	}
	for _, r := range f.Valid {
		if _, both := slices.BinarySearch(f.Fit, r); both {
			t.Fatalf("row %d stands on both sides", r)
		}
	}
	if g.by.Group != nil {
		fit := map[int32]bool{}
		for _, r := range f.Fit {
			fit[g.by.Group[r]] = true
		}
		for _, r := range f.Valid {
			if fit[g.by.Group[r]] {
				t.Fatalf("group %d stands on both sides", g.by.Group[r])
			}
		}
	}
	if g.by.Time != nil {
		for _, a := range f.Fit {
			for _, b := range f.Valid {
				if x, y := g.by.Time[a], g.by.Time[b]; x >= y || math.IsNaN(y) {
					t.Fatalf("row %d of time %g is fitted and row %d of time %g validates", a, x, b, y)
				}
			}
		}
	}
}

// checkShare demands that a set has its share of every class, within one row.
func checkShare(t *testing.T, g given, set []int) {
	t.Helper()
	all, have := counts(g.rows, g.by), counts(set, g.by)
	for c := range all {
		share := float64(all[c]) * float64(len(set)) / float64(len(g.rows))
		if math.Abs(float64(have[c])-share) > 1+1e-9 {
			t.Errorf("class %d: %d rows where the share is %.2f", c, have[c], share)
		}
	}
}

func TestHoldout(t *testing.T) {
	for _, g := range problems() {
		for _, size := range []float64{0.1, 0.25, 0.5} {
			t.Run(fmt.Sprintf("%s/%g", g.name, size), func(t *testing.T) {
				f, err := Holdout(g.rows, size, g.by, rng.New(1))
				if err != nil {
					t.Fatal(err)
				}
				checkFold(t, g, f)
				if len(f.Fit)+len(f.Valid) != len(g.rows) {
					t.Errorf("%d + %d rows of %d", len(f.Fit), len(f.Valid), len(g.rows))
				}
				want := max(math.Round(size*float64(len(g.rows))), 1)
				slack := 0.0
				if g.by.Classes > 0 {
					slack = 1 // a class that must keep a row
				}
				if g.by.Group != nil || g.by.Time != nil {
					slack = 0.12*float64(len(g.rows)) + 3
				} else {
					checkShare(t, g, f.Valid)
				}
				if got := float64(len(f.Valid)); math.Abs(got-want) > slack {
					t.Errorf("%g rows set aside, want %g ± %g", got, want, slack)
				}
				for c, n := range counts(g.rows, g.by) {
					if n > 0 && counts(f.Fit, g.by)[c] == 0 {
						t.Errorf("class %d has %d rows and none to fit on", c, n)
					}
				}
			})
		}
	}
}

func TestKFold(t *testing.T) {
	for _, g := range problems() {
		for _, k := range []int{2, 3, 5} {
			t.Run(fmt.Sprintf("%s/%d", g.name, k), func(t *testing.T) {
				folds, err := KFold(g.rows, k, g.by, rng.New(1))
				if err != nil {
					t.Fatal(err)
				}
				if len(folds) != k {
					t.Fatalf("%d folds, want %d", len(folds), k)
				}
				times := make([]int, len(g.rows)) // how often each row validates
				lo, hi := len(g.rows), 0
				for _, f := range folds {
					checkFold(t, g, f)
					for _, r := range f.Valid {
						i, _ := slices.BinarySearch(g.rows, r)
						times[i]++
					}
					lo, hi = min(lo, len(f.Valid)), max(hi, len(f.Valid))
					if g.by.Time == nil && len(f.Fit)+len(f.Valid) != len(g.rows) {
						t.Errorf("%d + %d rows of %d", len(f.Fit), len(f.Valid), len(g.rows))
					}
					if g.by.Time == nil && g.by.Group == nil {
						checkShare(t, g, f.Valid)
					}
				}
				class := counts(g.rows, g.by)
				for i, n := range times {
					want := 1
					if g.by.Classes > 0 && class[int(g.by.Y[g.rows[i]])] == 1 {
						want = 0
					}
					if g.by.Time != nil {
						want = min(n, 1)
					}
					if n != want {
						t.Errorf("row %d validates %d times, want %d", g.rows[i], n, want)
					}
				}
				slack := 1
				if g.by.Group != nil || g.by.Time != nil {
					slack = max(5, len(g.rows)/10)
				}
				if hi-lo > slack {
					t.Errorf("folds of %d to %d rows", lo, hi)
				}
			})
		}
	}
}

// Every fold of a regression has one row of each run of k neighbours in the order of the target.
func TestKFoldQuantiles(t *testing.T) {
	const n, k = 103, 5
	y := make([]float64, n)
	rows := make([]int, n)
	for i := range y {
		y[i], rows[i] = float64((i*37)%n), i
	}
	folds, err := KFold(rows, k, By{Y: y}, rng.New(3))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folds {
		runs := map[int]int{}
		for _, r := range f.Valid {
			runs[int(y[r])/k]++
		}
		for run := range n / k {
			if runs[run] != 1 {
				t.Errorf("run %d has %d rows in a fold, want 1", run, runs[run])
			}
		}
	}
}

// The periods of distinct, ordered times are those of scikit-learn 1.2.1:
//
//	[(len(a), b[0], b[-1]) for a, b in TimeSeriesSplit(3).split(range(10))]  →  [(4,4,5), (6,6,7), (8,8,9)]
func TestKFoldTimeIsTimeSeriesSplit(t *testing.T) {
	rows := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	when := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	folds, err := KFold(rows, 3, By{Time: when}, rng.New(1))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][3]int{{4, 4, 5}, {6, 6, 7}, {8, 8, 9}} {
		f := folds[i]
		if got := [3]int{len(f.Fit), f.Valid[0], f.Valid[len(f.Valid)-1]}; got != want {
			t.Errorf("fold %d: got %v, want %v", i, got, want)
		}
	}
}

func TestSameStreamSameFolds(t *testing.T) {
	differ := false
	for _, g := range problems() {
		a, err := KFold(g.rows, 3, g.by, rng.New(5))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := KFold(g.rows, 3, g.by, rng.New(5))
		c, _ := KFold(g.rows, 3, g.by, rng.New(6))
		for i := range a {
			if Hash(a[i].Valid) != Hash(b[i].Valid) {
				t.Errorf("%s: fold %d differs between two runs", g.name, i)
			}
			differ = differ || Hash(a[i].Valid) != Hash(c[i].Valid)
		}
	}
	if !differ {
		t.Error("the stream decides nothing")
	}
}

func TestSplitRefuses(t *testing.T) {
	four := []int{0, 1, 2, 3}
	same := []float64{7, 7, 7, 7}
	for _, c := range []struct {
		name string
		err  func() error
		code sadi.Code
	}{
		{"one row", func() error { _, err := Holdout([]int{4}, .2, By{}, rng.New(1)); return err }, sadi.BadData},
		{"no fraction", func() error { _, err := Holdout(four, 0, By{}, rng.New(1)); return err }, sadi.BadUsage},
		{"NaN fraction", func() error { _, err := Holdout(four, math.NaN(), By{}, rng.New(1)); return err }, sadi.BadUsage},
		{"one time", func() error { _, err := Holdout(four, .2, By{Time: same}, rng.New(1)); return err }, sadi.BadData},
		{"few times", func() error { _, err := KFold(four, 2, By{Time: []float64{1, 1, 2, 2}}, rng.New(1)); return err }, sadi.BadData},
		{"one group", func() error { _, err := Holdout(four, .2, By{Group: make([]int32, 4)}, rng.New(1)); return err }, sadi.BadData},
		{"few groups", func() error { _, err := KFold(four, 3, By{Group: []int32{1, 1, 2, 2}}, rng.New(1)); return err }, sadi.BadData},
		{"both", func() error {
			_, err := KFold(four, 2, By{Group: make([]int32, 4), Time: same}, rng.New(1))
			return err
		}, sadi.BadUsage},
		{"too many folds", func() error { _, err := KFold(four, 5, By{}, rng.New(1)); return err }, sadi.BadUsage},
		{"no class", func() error {
			_, err := KFold(four, 2, By{Y: []float64{0, 1, math.NaN(), 0}, Classes: 2}, rng.New(1))
			return err
		}, sadi.BadData},
		{"all classes alone", func() error {
			_, err := KFold(four, 2, By{Y: []float64{0, 1, 2, 3}, Classes: 4}, rng.New(1))
			return err
		}, sadi.BadData},
		{"all classes alone, hold-out", func() error {
			_, err := Holdout(four, .5, By{Y: []float64{0, 1, 2, 3}, Classes: 4}, rng.New(1))
			return err
		}, sadi.BadData},
	} {
		if got := sadi.CodeOf(c.err()); got != c.code {
			t.Errorf("%s: code %q, want %q", c.name, got, c.code)
		}
	}
}

// The sum is that of sha256sum over the bytes 01 00… 02 00… 00 01 00… (three little-endian numbers of 8 bytes).
func TestHash(t *testing.T) {
	const want = "9caa2423ba26c156e1947c458a6367892f38c98a8b7707313cc308e689067812"
	if got := Hash([]int{1, 2, 256}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	long := make([]int, 3000)
	if Hash(long) == Hash(long[:2999]) || Hash(nil) != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Error("the hash does not cover the rows")
	}
}

func TestSplitKeepsTheRowsGiven(t *testing.T) {
	for _, g := range problems() {
		before := Hash(g.rows)
		if _, err := KFold(g.rows, 3, g.by, rng.New(1)); err != nil {
			t.Fatal(err)
		}
		if Hash(g.rows) != before {
			t.Errorf("%s: the rows given were changed", g.name)
		}
	}
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q does not say %q", text, part)
	}
}

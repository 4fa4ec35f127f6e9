package tree

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"sadi/internal/dataset"
	"sadi/internal/par"
	"sadi/internal/rng"
)

func single32(features []dataset.Feature, cols ...[]float32) *dataset.Matrix {
	return &dataset.Matrix{Rows: len(cols[0]), Features: features, Cols: cols}
}

func TestBinsOfFewValuesAreExact(t *testing.T) {
	nan := float32(math.NaN())
	neg0 := float32(math.Copysign(0, -1))
	x := single32(make([]dataset.Feature, 1), []float32{3, nan, -1, 0, neg0, 3, 1e30, -1e30, 0.5})
	b := BinsOf(x, 255, nil)
	c := &b.Columns[0]
	if want := []uint8{5, 0, 2, 3, 3, 5, 6, 1, 4}; !slices.Equal(c.Bin, want) {
		t.Errorf("got bins %v, want %v", c.Bin, want)
	}
	if c.Count != 6 || !c.Missing || c.Constant() {
		t.Errorf("got %d bins, missing %v, constant %v", c.Count, c.Missing, c.Constant())
	}
	if BinsOf(x, 255, nil) != b {
		t.Error("the bins are not kept with the matrix")
	}
	if got := c.Threshold(3, 5); got != 1.5 {
		t.Errorf("the threshold between 0 and 3 is %v, want 1.5", got)
	}
}

// Rows fall on the sides of a threshold as their bins do, for every cut, also when no number lies between.
func TestThresholdsPartBins(t *testing.T) {
	r := rng.New(3).Rand()
	near := float32(1)
	var close, random []float32
	for range 400 {
		close = append(close, near)
		near = math.Nextafter32(near, 2)
		random = append(random, float32(r.NormFloat64()*math.Exp(10*r.NormFloat64())))
	}
	b := BinsOf(single32(make([]dataset.Feature, 2), close, random), 100, nil)
	for j, col := range [][]float32{close, random} {
		c := &b.Columns[j]
		if c.Count != 100 {
			t.Errorf("got %d bins, want 100", c.Count)
		}
		for left := 1; left < c.Count; left++ {
			for name, threshold := range map[string]float32{"Threshold": c.Threshold(left, left+1), "ThresholdAbove": c.ThresholdAbove(left, left+1)} {
				for i, v := range col {
					if (v < threshold) != (int(c.Bin[i]) <= left) {
						t.Fatalf("%s after bin %d is %v: %v of bin %d is on the wrong side", name, left, threshold, v, c.Bin[i])
					}
				}
			}
		}
	}
}

func TestQuantileBinsHoldEqualShares(t *testing.T) {
	r := rng.New(4).Rand()
	n := quantileSample + 50_000 // longer than the sample
	col := make([]float32, n)
	for i := range col {
		col[i] = float32(r.NormFloat64())
		if i%4 == 0 {
			col[i] = 7 // one heavy value
		}
	}
	c := numberColumn(col, 255)
	counts := make([]int, 256)
	for i, b := range c.Bin {
		counts[b]++
		if v := col[i]; v < c.Lo[b-1] || v > c.Hi[b-1] {
			t.Fatalf("%v is in bin %d of %v to %v", v, b, c.Lo[b-1], c.Hi[b-1])
		}
	}
	if c.Count < 240 {
		t.Errorf("got %d bins", c.Count)
	}
	for b := 1; b <= c.Count; b++ {
		if share := float64(counts[b]) / float64(n) * 340; c.Hi[b-1] != 7 && (share < 0.5 || share > 1.6) {
			t.Errorf("bin %d has %d rows", b, counts[b])
		}
	}
}

// A rare value between frequent ones keeps its own bin although the sample for cuts may miss it.
func TestRareValuesOfLongColumns(t *testing.T) {
	col := make([]float32, 3*quantileSample)
	for i := range col {
		col[i] = float32(i % 2)
	}
	col[len(col)-1] = 0.5
	c := numberColumn(col, 255)
	// The sample has two values only, so all rows are looked at.
	if c.Count != 3 || c.Bin[len(col)-1] != 2 {
		t.Errorf("got %d bins and bin %d for the rare value, want 3 and 2", c.Count, c.Bin[len(col)-1])
	}
}

func TestCategoriesBeyondTheBinsShareOne(t *testing.T) {
	var col []float32
	for code := range 300 {
		for range 300 - code { // code 0 is the most frequent
			col = append(col, float32(code))
		}
	}
	col = append(col, float32(math.NaN()), 310, 305.5)
	c := categoryColumn(col, 310)
	if c.Count != 255 || !c.Missing {
		t.Errorf("got %d bins, missing %v", c.Count, c.Missing)
	}
	for code := range 310 {
		want := uint8(min(code+1, 255))
		if code >= 300 {
			want = 0 // 305.5 counts as code 305
			if code == 305 {
				want = 255
			}
		}
		if c.BinOf[code] != want {
			t.Errorf("code %d has bin %d, want %d", code, c.BinOf[code], want)
		}
	}
	for i, v := range col {
		if want := uint8(0); v == v && v < 310 {
			want = c.BinOf[int(v)]
			if c.Bin[i] != want {
				t.Fatalf("row %d, %v, has bin %d, want %d", i, v, c.Bin[i], want)
			}
		}
	}
}

func TestSortByKey(t *testing.T) {
	r := rng.New(9).Rand()
	for _, n := range []int{0, 1, 100, 5000} {
		v := make([]float32, n)
		for i := range v {
			v[i] = math.Float32frombits(r.Uint32())
			if v[i] != v[i] {
				v[i] = 0
			}
		}
		want := slices.Clone(v)
		slices.Sort(want)
		var w quantileRoom
		for _, f := range v {
			w.keys = append(w.keys, keyOf(f))
		}
		w.sort()
		for i, k := range w.keys {
			v[i] = floatOf(k)
		}
		for i := range v {
			if v[i] != want[i] {
				t.Fatalf("%d floats: number %d is %v, want %v", n, i, v[i], want[i])
			}
		}
	}
}

// The kernel's histograms are the plain sums, for tiles of every shape and dense and sparse rows.
func TestHistogramsAreSums(t *testing.T) {
	const n = 3000
	r := rng.New(6).Rand()
	var cols [][]float32
	for j, values := range []int{2, 300, 5, 1000, 20, 60, 3, 255, 1, 70} {
		for range 5 {
			col := make([]float32, n)
			for i := range col {
				col[i] = float32(r.IntN(values) * (j + 1))
			}
			cols = append(cols, col)
		}
	}
	b := BinsOf(single32(make([]dataset.Feature, len(cols)), cols...), 255, nil)
	packed := make([]int64, n)
	for i := range packed {
		packed[i] = r.Int64N(1<<40) - 1<<39
	}
	for name, take := range map[string]int{"dense": 1, "sparse": 50} {
		var rows []uint32
		for i := range uint32(n) {
			if r.IntN(take) == 0 {
				rows = append(rows, i)
			}
		}
		for _, width := range []int{1, 4} {
			pool := par.New(width)
			h := histograms{pool: pool}
			h.reset(b.Tiles(pool), len(cols))
			hist := h.take()
			for i := range hist {
				hist[i] = 99 // of an earlier node
			}
			if err := h.build(context.Background(), [][]int64{hist}, [][]uint32{rows}, packed); err != nil {
				t.Fatal(err)
			}
			for j := range cols {
				c := &b.Columns[j]
				if c.Constant() {
					continue
				}
				want := make([]int64, c.Count+1)
				for _, i := range rows {
					want[c.Bin[i]] += packed[i]
				}
				at := int(h.at[j])
				if got := hist[at : at+c.Count+1]; !slices.Equal(got, want) {
					t.Fatalf("%s rows, %d threads: the histogram of column %d differs", name, width, j)
				}
			}
		}
	}
}

func TestFixedPointKeepsSums(t *testing.T) {
	const n = 5000
	r := rng.New(8).Rand()
	for name, p := range map[string]pairs{
		"hessian 1": {factor: 1}, "hessian": {factor: 2},
	} {
		p.stride, p.g, p.h = 1, make([]float32, n), make([]float32, n)
		for i := range p.g {
			p.g[i] = float32(r.NormFloat64() * math.Exp(3*r.NormFloat64()))
			p.h[i] = 1
			if name == "hessian" {
				p.h[i] = float32(r.Float64() * 0.25)
			}
		}
		f, err := newFixed(context.Background(), nil, p)
		if err != nil {
			t.Fatal(err)
		}
		packed := make([]int64, n)
		if err := f.pack(context.Background(), nil, packed, p); err != nil {
			t.Fatal(err)
		}
		var sum int64
		var g, h, size float64
		for i, v := range packed {
			if i%3 == 0 {
				continue
			}
			sum += v
			g += float64(p.g[i])
			h += float64(p.h[i]) * p.factor
			size += math.Abs(float64(p.g[i]))
		}
		gotG, gotH := f.real(sum)
		if math.Abs(gotG-g) > 1e-6*size || math.Abs(gotH-h) > 1e-6*h {
			t.Errorf("%s: got the sums %v and %v, want %v and %v", name, gotG, gotH, g, h)
		}
		if name == "hessian 1" && gotH != h {
			t.Errorf("a sum of ones is %v, want exactly %v", gotH, h)
		}
	}
	bad := pairs{g: []float32{1, float32(math.Inf(1))}, h: []float32{1, 1}, stride: 1, factor: 1}
	if _, err := newFixed(context.Background(), nil, bad); err == nil {
		t.Error("an infinite gradient is accepted")
	}
}

func TestLevelsNeverSeenGoWhereMissingValuesGo(t *testing.T) {
	// Levels 0 and 1 decide; level 2 never occurs and level 7 is out of range.
	col := make([]float32, 90)
	y := make([]float64, 90)
	for i := range col {
		switch {
		case i%3 == 0:
			col[i] = 0
		case i%3 == 1:
			col[i], y[i] = 1, 1
		default:
			col[i], y[i] = float32(math.NaN()), 1
		}
	}
	x := single32([]dataset.Feature{{Name: "c", Levels: 3}}, col)
	ask := single32(x.Features, []float32{0, 1, float32(math.NaN()), 2, 7, -1})
	for _, m := range fitAll(t, x, y) {
		got := make([]float64, ask.Rows)
		if err := m.Predict(got, ask); err != nil {
			t.Fatal(err)
		}
		if !(got[0] < 0.5 && got[1] > 0.5 && got[2] == got[1]) {
			t.Errorf("%T: levels 0, 1 and missing give %v", m, got[:3])
		}
		for i := 3; i < 6; i++ {
			if got[i] != got[2] {
				t.Errorf("%T: the unknown level %v gives %v, a missing one %v", m, ask.Cols[0][i], got[i], got[2])
			}
		}
	}
}

func ExampleColumn_Threshold() {
	b := BinsOf(single32(make([]dataset.Feature, 1), []float32{1, 2, 4, 8}), 255, nil)
	fmt.Println(b.Columns[0].Threshold(2, 4))
	// Output: 5
}

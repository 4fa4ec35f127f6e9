package tree

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// drawnTree is a random tree on four numbers and a category of six levels, which asks features again further down.
func drawnTree(r *rand.Rand, width, depth int) Tree {
	var drafts []Draft
	var draw func(depth int) (int32, float32)
	draw = func(left int) (int32, float32) {
		at := int32(len(drafts))
		drafts = append(drafts, Draft{Feature: -1})
		if left == 0 || left < depth && r.IntN(5) == 0 {
			d := Draft{Feature: -1, Cover: float32(r.IntN(20))}
			for range width {
				d.Values = append(d.Values, float32(r.NormFloat64()))
			}
			drafts[at] = d
			return at, d.Cover
		}
		d := Draft{Feature: int32(r.IntN(5)), Threshold: float32(r.IntN(5) - 2), MissingLeft: r.IntN(2) == 0, Gain: r.Float32()}
		if d.Feature == 4 {
			d.Set, d.BeyondLeft = []uint32{r.Uint32()}, r.IntN(2) == 0
		}
		var a, b float32
		d.Left, a = draw(left - 1)
		d.Right, b = draw(left - 1)
		d.Cover = a + b
		drafts[at] = d
		return at, d.Cover
	}
	draw(depth)
	t, err := Assemble(drafts, 5, width)
	if err != nil {
		panic(err)
	}
	return t
}

func drawnRows(r *rand.Rand, n int) *dataset.Matrix {
	x := &dataset.Matrix{Rows: n, Features: make([]dataset.Feature, 5)}
	for j := range x.Features {
		col := make([]float32, n)
		for i := range col {
			switch {
			case r.IntN(6) == 0:
				col[i] = float32(math.NaN())
			case j == 4:
				col[i] = float32(r.IntN(40))
			default:
				col[i] = float32(r.IntN(7)-3) / 1.5
			}
		}
		x.Cols = append(x.Cols, col)
	}
	return x
}

// knowing is the expected output of a tree for a row of which the features in known are known: by the covers, or by the
// background rows.
func knowing(t *Tree, width, output int, known uint, row []float32, background [][]float32) float64 {
	if background != nil {
		sum := 0.0
		for _, b := range background {
			mixed := append([]float32(nil), b...)
			for j := range mixed {
				if known>>j&1 == 1 {
					mixed[j] = row[j]
				}
			}
			sum += float64(t.Values[t.Leaf(mixed)*width+output])
		}
		return sum / float64(len(background))
	}
	var value func(n int32) float64
	value = func(n int32) float64 {
		nd := &t.Nodes[n]
		if nd.Feature < 0 {
			return float64(t.Values[int(nd.Left)*width+output])
		}
		if known>>nd.Feature&1 == 1 {
			return value(t.next(nd, row[nd.Feature]))
		}
		l, r := float64(t.Covers[nd.Left]), float64(t.Covers[nd.Left+1])
		if l+r == 0 {
			l, r = 1, 1
		}
		return (l*value(nd.Left) + r*value(nd.Left+1)) / (l + r)
	}
	return value(0)
}

// shapley is the definition: the mean over all orders of what a feature adds to those before it.
func shapley(value func(known uint) float64, d int) []float64 {
	phi := make([]float64, d+1)
	for s := uint(0); s < 1<<d; s++ {
		k := bits.OnesCount(s)
		for j := range d {
			if s>>j&1 == 0 {
				weight := 1.0 / float64(d)
				for i := 1; i <= k; i++ {
					weight *= float64(i) / float64(d-i)
				}
				phi[j] += weight * (value(s|1<<j) - value(s))
			}
		}
	}
	phi[d] = value(0)
	return phi
}

func rowsOf(x *dataset.Matrix) [][]float32 {
	rows := make([][]float32, x.Rows)
	for i := range rows {
		for _, col := range x.Cols {
			rows[i] = append(rows[i], col[i])
		}
	}
	return rows
}

// TestContributionsAreShapleyValues compares both forms with the definition.
func TestContributionsAreShapleyValues(t *testing.T) {
	const d = 5
	for seed := range 12 {
		r := rng.New(uint64(seed)).Rand()
		width := 1 + 2*(seed%2)
		e := Ensemble{Features: d, Outputs: width, Width: width, Base: make([]float64, width)}
		for range 3 {
			e.Trees = append(e.Trees, drawnTree(r, width, 2+seed%5))
		}
		x, background := drawnRows(r, 10), drawnRows(r, 9)
		rows := rowsOf(x)
		for _, against := range []*dataset.Matrix{nil, background} {
			var others [][]float32
			if against != nil {
				others = rowsOf(against)
			}
			got := make([]float64, x.Rows*width*(d+1))
			if err := e.contributions(context.Background(), got, x, against, nil); err != nil {
				t.Fatal(err)
			}
			for i, row := range rows {
				for o := range width {
					want := shapley(func(known uint) float64 {
						sum := 0.0
						for k := range e.Trees {
							sum += knowing(&e.Trees[k], width, o, known, row, others)
						}
						return sum
					}, d)
					for j, w := range want {
						if g := got[(i*width+o)*(d+1)+j]; !(math.Abs(g-w) < 1e-12) {
							t.Fatalf("seed %d, background %v, row %d, output %d, feature %d: got %v, want %v", seed, against != nil, i, o, j, g, w)
						}
					}
				}
			}
		}
	}
}

// explained are models that were fitted, with the outputs that their contributions add up to.
func explained(t testing.TB) map[string]struct {
	model.Fitted
	raw func(x *dataset.Matrix) []float64
} {
	t.Helper()
	train := model.Train{Set: mixed(600), Stream: rng.New(1)}
	b, err := Boost(context.Background(), train, BoostOptions{Rounds: 10, LearningRate: 0.3, MaxBin: 255, Subsample: 1, ColumnsByTree: 1,
		GrowOptions: GrowOptions{MaxDepth: 6, Lambda: 1, MaxCatToOneHot: 4, MaxCatThreshold: 64, ColumnsByLevel: 1, ColumnsByNode: 1}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := GrowForest(context.Background(), train, ForestOptions{Trees: 12, Bootstrap: true, CartOptions: CartOptions{Criterion: Gini, MinSamplesSplit: 2, MinSamplesLeaf: 1}})
	if err != nil {
		t.Fatal(err)
	}
	values := train
	values.Y = dataset.Target{Problem: sadi.RegressionValue, Y: make([]float64, len(train.Y.Y))}
	values.Weights = make([]float64, len(train.Y.Y))
	for i, y := range train.Y.Y {
		values.Y.Y[i], values.Weights[i] = 1e6+10*y, 0.3+y
	}
	g, err := GrowForest(context.Background(), values, ForestOptions{Trees: 5, Bootstrap: true, CartOptions: CartOptions{Criterion: SquaredError, MinSamplesSplit: 2, MinSamplesLeaf: 1}})
	if err != nil {
		t.Fatal(err)
	}
	predict := func(m model.Fitted) func(x *dataset.Matrix) []float64 {
		return func(x *dataset.Matrix) []float64 {
			out := make([]float64, x.Rows*m.Outputs())
			if err := m.Predict(out, x); err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
	return map[string]struct {
		model.Fitted
		raw func(x *dataset.Matrix) []float64
	}{
		"booster": {b, func(x *dataset.Matrix) []float64 {
			out := make([]float64, x.Rows*3)
			b.Sum(out, x)
			return out
		}},
		"forest of classes": {f, predict(f)},
		"forest of values":  {g, predict(g)},
	}
}

// TestContributionsAddUp: local accuracy, and the same bits for any count of workers and after writing and reading.
func TestContributionsAddUp(t *testing.T) {
	x := mixed(1500).X
	background := mixed(40).X
	for name, m := range explained(t) {
		for _, against := range []*dataset.Matrix{nil, background} {
			t.Run(fmt.Sprint(name, ", background ", against != nil), func(t *testing.T) {
				d, k := m.Features(), m.Outputs()
				explainer := m.Fitted.(model.Explainer)
				got := make([]float64, x.Rows*k*(d+1))
				if err := explainer.Contributions(context.Background(), got, x, against, nil); err != nil {
					t.Fatal(err)
				}
				for i, want := range m.raw(x) {
					sum := 0.0
					for _, v := range got[i*(d+1):][:d+1] {
						sum += v
					}
					if !(math.Abs(sum-want) <= 1e-6*max(1, math.Abs(want))) {
						t.Fatalf("row %d, output %d: the contributions add up to %v, want %v", i/k, i%k, sum, want)
					}
				}
				again := make([]float64, len(got))
				if err := explainer.Contributions(context.Background(), again, x, against, par.New(3)); err != nil {
					t.Fatal(err)
				}
				for i := range got {
					if got[i] != again[i] {
						t.Fatalf("contribution %d is %v with one worker and %v with three", i, got[i], again[i])
					}
				}
			})
		}
	}
}

func TestContributionsRefuse(t *testing.T) {
	r := rng.New(1).Rand()
	tr := drawnTree(r, 1, 3)
	tr.Covers = nil
	b, err := NewBooster(Ensemble{Features: 5, Outputs: 1, Width: 1, Base: []float64{0}, Trees: []Tree{tr}}, loss.Squared{})
	if err != nil {
		t.Fatal(err)
	}
	x := drawnRows(r, 4)
	ctx := context.Background()
	for _, c := range []struct {
		name          string
		n             int
		x, background *dataset.Matrix
		want          sadi.Code
	}{
		{"no covers", 24, x, nil, sadi.BadUsage},
		{"no background rows", 24, x, drawnRows(r, 0), sadi.BadUsage},
		{"room", 23, x, x, sadi.Internal},
		{"features", 24, &dataset.Matrix{Rows: 4, Cols: x.Cols[:3]}, x, sadi.SchemaMismatch},
		{"features of the background", 24, x, &dataset.Matrix{Rows: 4, Cols: x.Cols[:3]}, sadi.SchemaMismatch},
	} {
		if err := b.Contributions(ctx, make([]float64, c.n), c.x, c.background, nil); sadi.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want the code %s", c.name, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := b.Contributions(ended, make([]float64, 24), x, x, nil); err == nil {
		t.Error("a context that has ended is not heard")
	}
}

// TestForestsKeepCovers: of a forest, the weight of the rows that came to a node, and after writing and reading the same.
func TestForestsKeepCovers(t *testing.T) {
	for name, m := range explained(t) {
		var e *Ensemble
		var decode func(*codec.Reader) (model.Fitted, error)
		switch f := m.Fitted.(type) {
		case *Forest:
			e, decode = &f.Ensemble, DecodeForest
		default:
			continue
		}
		var w codec.Writer
		m.Encode(&w)
		again, err := decode(codec.NewReader(w.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		var w2 codec.Writer
		again.Encode(&w2)
		if !bytes.Equal(w.Bytes(), w2.Bytes()) {
			t.Errorf("%s: writing and reading changes it", name)
		}
		for k := range e.Trees {
			a, b := e.Trees[k].Covers, again.(*Forest).Trees[k].Covers
			if len(a) != len(e.Trees[k].Nodes) || fmt.Sprint(a) != fmt.Sprint(b) {
				t.Fatalf("%s: tree %d has the covers %v and %v", name, k, a, b)
			}
			if name == "forest of classes" && a[0] != 600 { // a bootstrap of 600 rows
				t.Errorf("%s: %v rows came to the root of tree %d", name, a[0], k)
			}
		}
	}
}

func TestUses(t *testing.T) {
	tr, err := Assemble([]Draft{
		{Feature: 1, Left: 1, Right: 2, Gain: 3, Cover: 10}, {Feature: -1, Values: []float32{1}, Cover: 4},
		{Feature: 1, Left: 3, Right: 4, Gain: 2, Cover: 6}, {Feature: -1, Values: []float32{1}, Cover: 4}, {Feature: -1, Values: []float32{1}, Cover: 2},
	}, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	e := Ensemble{Features: 2, Outputs: 1, Width: 1, Base: []float64{0}, Trees: []Tree{tr, tr}}
	got := e.Uses()
	if got[0] != (model.Use{}) || got[1] != (model.Use{Splits: 4, Gain: 10, Cover: 32}) {
		t.Errorf("got %v", got)
	}
	if got[0].MeanGain() != 0 || got[1].MeanGain() != 2.5 || got[1].MeanCover() != 8 {
		t.Errorf("the means are %v, %v and %v", got[0].MeanGain(), got[1].MeanGain(), got[1].MeanCover())
	}
}

// TestUsesOfEveryModel: all that is made of trees tells splits, gains and covers, the gains being what its importance is the
// share of.
func TestUsesOfEveryModel(t *testing.T) {
	models := map[string]model.Fitted{"oblivious": fitOblivious(t, categorical(400, sadi.Binary), combining(5, 4))}
	for name, m := range explained(t) {
		models[name] = m.Fitted
	}
	for name, m := range models {
		gains := []float64{}
		for j, u := range m.(model.Asker).Uses() {
			if (u.Splits > 0) != (u.Gain > 0) || (u.Splits > 0) != (u.Cover > 0) {
				t.Errorf("%s, feature %d: %+v", name, j, u)
			}
			gains = append(gains, u.Gain)
		}
		if got, want := normalised(gains), m.(model.Importance).Importance(); !alike(got, want) {
			t.Errorf("%s: the shares of the gains are %v, the importance %v", name, got, want)
		}
	}
}

// TestUsesOfObliviousTrees by hand: a level is a question to which all rows come, and a combination asks both its features.
func TestUsesOfObliviousTrees(t *testing.T) {
	o := &Oblivious{levels: []int32{3, 4, 0}, outputs: 1,
		Projections: []Projection{{Categories: []int32{0, 1}}}, Statistics: []Statistic{{}},
		Trees: []ObliviousTree{{Splits: []ObliviousSplit{{Column: 3}, {Column: 2}}, Gains: []float32{8, 1}, Covers: []float32{1, 2, 3, 4}},
			{Splits: []ObliviousSplit{{Column: 1, Equal: true}}, Gains: []float32{2}, Covers: []float32{6, 4}}}}
	want := []model.Use{{Splits: 1, Gain: 4, Cover: 10}, {Splits: 2, Gain: 6, Cover: 20}, {Splits: 1, Gain: 1, Cover: 10}}
	if got := o.Uses(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func BenchmarkContributions(b *testing.B) {
	r := rng.New(1).Rand()
	e := Ensemble{Features: 5, Outputs: 1, Width: 1, Base: []float64{0}}
	for range 100 {
		e.Trees = append(e.Trees, drawnTree(r, 1, 6))
	}
	x := drawnRows(r, 1000)
	dst := make([]float64, 1000*6)
	for _, against := range []*dataset.Matrix{nil, drawnRows(r, 100)} {
		b.Run(fmt.Sprint("background ", against != nil), func(b *testing.B) {
			for b.Loop() {
				if err := e.contributions(context.Background(), dst, x, against, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/row")
		})
	}
}

func alike(a, b []float64) bool {
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= 1e-6) { // gains are kept as float32
			return false
		}
	}
	return len(a) == len(b)
}

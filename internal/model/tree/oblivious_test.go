package tree

import (
	"context"
	"fmt"
	"math"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// exact are options without chance: every category is asked value by value.
func exact(rounds, depth int, cosine bool) ObliviousOptions {
	return ObliviousOptions{Rounds: rounds, LearningRate: 0.3, Depth: depth, L2: 3, Cosine: cosine, MaxBin: 255, MaxOneHot: 254, LeafSteps: 1}
}

// posed is mixed data for a problem.
func posed(n int, problem sadi.Problem) dataset.Set {
	s := mixed(n)
	s.Y.Problem = problem
	switch problem {
	case sadi.Binary:
		for i, y := range s.Y.Y {
			s.Y.Y[i] = min(y, 1)
		}
		s.Y.Classes = 2
	case sadi.RegressionValue:
		for i := range s.Y.Y {
			s.Y.Y[i] = 3*s.Y.Y[i] + float64(i%5)
		}
		s.Y.Classes = 0
	}
	return s
}

// Every split is the best there is, and every leaf value the Newton step, by plain loops over rows that share nothing
// with the kernel.
func TestObliviousTreesAreTheBest(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		for _, cosine := range []bool{false, true} {
			for _, weighted := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s cosine %v weights %v", problem, cosine, weighted), func(t *testing.T) {
					set := posed(150, problem)
					if weighted {
						for i := range set.X.Rows {
							set.Weights = append(set.Weights, 0.25*float64(1+i%4))
						}
					}
					o := exact(3, 3, cosine)
					f, err := BoostOblivious(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
					if err != nil {
						t.Fatal(err)
					}
					l := loss.Default(problem, set.Y.Classes)
					scores := make([]float64, set.X.Rows*l.Outputs())
					fill(scores, l.Init(set.Y.Y, set.Weights))
					for k := range f.Trees {
						verifyTree(t, &f.Trees[k], set, l, scores, o)
					}
					got := make([]float64, len(scores))
					if err := f.Predict(got, set.X); err != nil {
						t.Fatal(err)
					}
					l.Link(scores, scores)
					for i := range got {
						if math.Abs(got[i]-scores[i]) > 1e-5*(1+math.Abs(scores[i])) {
							t.Fatalf("prediction %d is %v, want %v", i, got[i], scores[i])
						}
					}
				})
			}
		}
	}
}

// goesRight is the answer of a split, from the definition.
func goesRight(q ObliviousSplit, x *dataset.Matrix, i int) bool {
	v := x.Cols[q.Column][i]
	if q.Equal {
		return v == q.Threshold || v != v && q.Threshold == -1
	}
	return v >= q.Threshold
}

// verifyTree holds a tree to the scores before it and adds it to them.
func verifyTree(t *testing.T, tr *ObliviousTree, set dataset.Set, l loss.Loss, scores []float64, o ObliviousOptions) {
	t.Helper()
	n, k := set.X.Rows, l.Outputs()
	g, h := make([]float32, n*k), make([]float32, n*k)
	l.GradHess(g, h, set.Y.Y, scores, set.Weights)
	mean := 1.0
	weight := func(i int) float64 { return 1 }
	if set.Weights != nil {
		weight = func(i int) float64 { return set.Weights[i] }
		mean = 0
		for _, w := range set.Weights {
			mean += w / float64(n)
		}
	}
	leaf := make([]int, n)
	score := func(q *ObliviousSplit, level int) float64 {
		dot, norm := 0.0, 0.0
		for c := range k {
			G, W := map[int]float64{}, map[int]float64{}
			for i := range n {
				at := leaf[i]
				if q != nil && goesRight(*q, set.X, i) {
					at |= 1 << level
				}
				G[at] += float64(g[i*k+c])
				W[at] += weight(i)
			}
			for at := range 1 << (level + 1) {
				if W[at] > 0 {
					a := G[at] / (W[at] + o.L2*mean)
					dot += a * G[at]
					norm += a * a * W[at]
				}
			}
		}
		if o.Cosine {
			return dot / math.Sqrt(norm)
		}
		return math.Sqrt(dot)
	}
	for level, chosen := range tr.Splits {
		best := score(nil, level)
		for j, col := range set.X.Cols {
			for i := range n {
				q := ObliviousSplit{Column: int32(j), Equal: set.X.Features[j].Levels > 0, Threshold: col[i]}
				if col[i] != col[i] {
					q.Threshold = float32(math.Inf(-1))
					if q.Equal {
						q.Threshold = -1
					}
				}
				best = max(best, score(&q, level))
			}
		}
		if got := score(&chosen, level); math.Abs(got-best) > 1e-6*best {
			t.Fatalf("the split %+v of level %d scores %v, the best %v", chosen, level, got, best)
		}
		for i := range n {
			if goesRight(chosen, set.X, i) {
				leaf[i] |= 1 << level
			}
		}
	}
	if len(tr.Splits) != o.Depth {
		t.Fatalf("a tree has %d levels, want %d", len(tr.Splits), o.Depth)
	}
	factor := 1.0
	if k > 1 {
		factor = float64(k) / float64(k-1)
	}
	for at := range 1 << o.Depth {
		cover := 0.0
		for c := range k {
			G, H := 0.0, 0.0
			cover = 0
			for i := range n {
				if leaf[i] == at {
					G += float64(g[i*k+c])
					H += float64(h[i*k+c]) * factor
					cover += weight(i)
				}
			}
			want := -o.LearningRate * G / (H + o.L2*mean)
			if got := float64(tr.Values[at*k+c]); math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
				t.Fatalf("leaf %d has the value %v, want %v", at, got, want)
			}
		}
		if math.Abs(float64(tr.Covers[at])-cover) > 1e-4 {
			t.Fatalf("leaf %d has the weight %v, want %v", at, tr.Covers[at], cover)
		}
	}
	for i := range n {
		for c := range k {
			scores[i*k+c] += float64(tr.Values[leaf[i]*k+c])
		}
	}
}

// Newton steps go on to the optimum of each leaf.
func TestLeafStepsConverge(t *testing.T) {
	set := posed(200, sadi.Binary)
	o := exact(1, 2, true)
	o.LearningRate, o.L2, o.LeafSteps = 1, 0, 30
	f, err := BoostOblivious(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float64, set.X.Rows)
	if err := f.Predict(p, set.X); err != nil {
		t.Fatal(err)
	}
	sum, count := map[float64]float64{}, map[float64]float64{}
	for i, v := range p {
		sum[v] += set.Y.Y[i]
		count[v]++
	}
	for v, n := range count {
		if share := sum[v] / n; share > 0 && share < 1 && math.Abs(v-share) > 1e-6 {
			t.Errorf("a leaf with a share of %v predicts %v", share, v)
		}
	}
}

// A split that would leave a leaf with too few rows does not count there.
func TestLeastWeightOfLeaves(t *testing.T) {
	set := posed(200, sadi.RegressionValue)
	o := exact(1, 1, false)
	for _, c := range []struct {
		least  float64
		levels int
	}{{1, 1}, {80, 1}, {101, 0}} {
		o.LeastWeight = c.least
		f, err := BoostOblivious(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(f.Trees[0].Splits); got != c.levels {
			t.Errorf("at least %v of 200 rows: the tree has %d levels, want %d", c.least, got, c.levels)
		}
		for _, w := range f.Trees[0].Covers {
			if float64(w) < c.least {
				t.Errorf("a leaf has %v rows, want at least %v", w, c.least)
			}
		}
	}
}

// A level may ask a share of the columns only, and at least one of them.
func TestColumnShare(t *testing.T) {
	set := posed(300, sadi.RegressionValue)
	o := exact(40, 3, true)
	asked := map[float64]int{}
	for _, share := range []float64{0.01, 1} {
		o.ColumnShare = share
		f, err := BoostOblivious(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
		if err != nil {
			t.Fatal(err)
		}
		for k := range f.Trees {
			if q := f.Trees[k].Splits; len(q) > 0 && q[0].Column == 2 {
				asked[share]++
			}
		}
	}
	// The category is the best question nearly always, and one of three columns.
	if asked[1] < 25 || asked[0.01] < 5 || asked[0.01] > 22 {
		t.Errorf("the first question of 40 trees is the category, by share of columns: %v", asked)
	}
}

// Histograms that can not be kept change nothing but the time.
func TestObliviousWithLittleMemory(t *testing.T) {
	set := posed(3000, sadi.Multiclass)
	for _, ordered := range []bool{false, true} {
		var want []byte
		for _, keep := range []int{0, 1, 7} {
			b := &symmetricBooster{ObliviousOptions: exact(2, 6, true), Train: model.Train{Set: set, Stream: rng.New(1)}}
			b.Ordered, b.Permutations, b.MaxOneHot, b.MaxCombination = ordered, 1, 2, 2
			if err := b.start(context.Background()); err != nil {
				t.Fatal(err)
			}
			for b.iteration = range 2 {
				if err := b.firstGroups(context.Background(), b.folds[0]); err != nil {
					t.Fatal(err)
				}
				b.folds[0].direct.keep, b.folds[0].simple.keep = keep, keep
				if err := b.round(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			b.out.compact()
			var w codec.Writer
			b.out.Encode(&w)
			if want == nil {
				want = w.Bytes()
			}
			if string(w.Bytes()) != string(want) {
				t.Errorf("ordered %v: with room for %d histograms the model is another", ordered, keep)
			}
		}
	}
}

// The expected number of drawn rows is the share asked for, and the weights make up for those that are not drawn.
func TestMVSIsUnbiased(t *testing.T) {
	const n = 20_000
	r := rng.New(3).Rand()
	g, total := make([]float32, n), 0.0
	for i := range g {
		g[i] = float32(r.NormFloat64() * math.Exp(r.NormFloat64()))
		total += math.Abs(float64(g[i]))
	}
	idx := make([]uint32, n)
	for _, share := range []float64{0.2, 0.5, 0.8} {
		b := &bootstrap{kind: MVSBootstrap, share: share}
		rows, err := b.draw(context.Background(), &symmetricBooster{}, idx, g, 1, 7)
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(rows) / n; math.Abs(got-share) > 0.02 {
			t.Errorf("%v of the rows are drawn, want %v", got, share)
		}
		sum := 0.0
		for _, i := range idx[:rows] {
			sum += math.Abs(float64(g[i])) * b.weight(int(i))
		}
		if math.Abs(sum/total-1) > 0.03 {
			t.Errorf("share %v: the drawn gradients stand for %v of all", share, sum/total)
		}
	}
}

func TestObliviousPredictsWithoutAllocating(t *testing.T) {
	set := mixed(2000)
	o := exact(20, 6, true)
	o.MaxOneHot, o.MaxCombination = 2, 2
	f, err := BoostOblivious(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Statistics) == 0 {
		t.Fatal("no statistic is used: the data do not test what they should")
	}
	dst := make([]float64, 2000*3)
	if got := testing.AllocsPerRun(10, func() { _ = f.Predict(dst, set.X) }); got > 4 {
		t.Errorf("predicting 2000 rows allocates %v times", got)
	}
}

// FuzzDecodeOblivious: foreign bytes give an error or a model that predicts, and that is written as it was read.
func FuzzDecodeOblivious(f *testing.F) {
	for _, ordered := range []bool{false, true} {
		o := exact(2, 3, true)
		o.MaxOneHot, o.MaxCombination, o.Ordered = 2, 3, ordered
		m, err := BoostOblivious(context.Background(), model.Train{Set: mixed(200), Stream: rng.New(1)}, o)
		if err != nil {
			f.Fatal(err)
		}
		var w codec.Writer
		m.Encode(&w)
		f.Add(w.Bytes())
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := codec.NewReader(b)
		m, err := DecodeOblivious(r)
		if err == nil {
			err = r.Done()
		}
		if err != nil {
			if sadi.CodeOf(err) != sadi.Corrupt {
				t.Fatalf("got the code %s, want %s: %v", sadi.CodeOf(err), sadi.Corrupt, err)
			}
			return
		}
		if m.Features() > 1000 || m.Outputs() > 1000 {
			return
		}
		x := &dataset.Matrix{Rows: 10}
		for j := range m.Features() {
			x.Features = append(x.Features, dataset.Feature{})
			x.Cols = append(x.Cols, []float32{nan, 0, 1, 2.5, -7, inf, -inf, 39, float32(j), 1e30})
		}
		if err := m.Predict(make([]float64, x.Rows*m.Outputs()), x); err != nil {
			t.Fatal(err)
		}
		explainDecoded(t, m.(*Oblivious), x)
		var w, again codec.Writer
		m.Encode(&w)
		m2, err := DecodeOblivious(codec.NewReader(w.Bytes()))
		if err != nil {
			t.Fatalf("what was read can not be written and read: %v", err)
		}
		m2.Encode(&again)
		if string(w.Bytes()) != string(again.Bytes()) {
			t.Fatal("writing and reading changes a model")
		}
	})
}

// explainDecoded: what foreign bytes hold is explained, or is an error, and has a form as ordinary trees, or is an error.
func explainDecoded(t *testing.T, o *Oblivious, x *dataset.Matrix) {
	t.Helper()
	for k := range o.Trees {
		if len(o.Trees[k].Splits) > 10 {
			return // as slow as it has to be
		}
	}
	phi := make([]float64, x.Rows*o.outputs*(len(o.levels)+1))
	for _, against := range []*dataset.Matrix{nil, x} {
		if err := o.Contributions(context.Background(), phi, x, against, nil); err != nil && sadi.CodeOf(err) != sadi.BadUsage {
			t.Fatal(err)
		}
	}
	b, err := o.Unfold()
	if err != nil {
		if sadi.CodeOf(err) != sadi.BadUsage {
			t.Fatal(err)
		}
		return
	}
	got, want := make([]float64, x.Rows*o.outputs), make([]float64, x.Rows*o.outputs)
	b.Sum(got, x)
	fill(want, o.base)
	o.add(want, x, 0, x.Rows, o.Trees)
	for i := range want {
		if got[i] != want[i] && (got[i] == got[i] || want[i] == want[i]) {
			t.Fatalf("margin %d is %v, as ordinary trees %v", i, want[i], got[i])
		}
	}
}

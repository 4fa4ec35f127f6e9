package tree

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// One category of two values and its target, along the permutation 3, 0, 4, 1, 2. Value a (0) is met at rows 3, 0, 2 with
// the targets 1, 0, 1; value b (1) at rows 4, 1 with the targets 0, 1. By hand, with the prior ½:
//
//	row 3: (0+½)/1   row 0: (1+½)/2   row 2: (1+½)/3   row 4: (0+½)/1   row 1: (0+½)/2
func TestOrderedStatisticByHand(t *testing.T) {
	slots := []uint32{0, 1, 0, 0, 1}
	order := []uint32{3, 0, 4, 1, 2}
	e := &encoder{classes: 1, unit: 1, target: []int32{0, 1, 1, 1, 0}, kinds: []statisticKind{{0, 0.5}, {0, 0}, {target: -1}}}
	want := []float64{0.75, 0.25, 0.5, 0.5, 0.5}
	prior0 := []float64{0.5, 0, 1.0 / 3, 0, 0}
	grid := func(v float64) uint8 { return uint8(min(v*256, 255)) }
	for _, byPlace := range []bool{false, true} {
		dst := [][]uint8{make([]uint8, 5), make([]uint8, 5), make([]uint8, 5)}
		e.ordered(dst, slots, 2, order, byPlace)
		for place, r := range order {
			at := int(r)
			if byPlace {
				at = place
			}
			if dst[0][at] != grid(want[r]) || dst[1][at] != grid(prior0[r]) {
				t.Errorf("by place %v: row %d has the codes %d and %d, want %d and %d", byPlace, r, dst[0][at], dst[1][at], grid(want[r]), grid(prior0[r]))
			}
			// log2(1+3) = 2 is the largest, log2(1+2) = 1 + ½ in the linear form.
			if f := []uint8{255, 191}[slots[r]]; dst[2][at] != f {
				t.Errorf("row %d has the frequency %d, want %d", r, dst[2][at], f)
			}
		}
	}
	codes, unseen := e.whole(e.kinds[0], slots, 2)
	if codes[0] != grid(2.5/4) || codes[1] != grid(0.5) || unseen != 128 {
		t.Errorf("of all rows: %v, unseen %d", codes, unseen)
	}
	e.weights = []float64{1, 1, 1, 0, 1} // row 3 counts as absent
	dst := [][]uint8{make([]uint8, 5), make([]uint8, 5), make([]uint8, 5)}
	e.ordered(dst, slots, 2, order, false)
	if dst[0][0] != grid(0.5) || dst[0][2] != grid(0.25) {
		t.Errorf("without row 3: %v", dst[0])
	}
}

func TestOrderedStatisticOfClasses(t *testing.T) {
	set := dataset.Set{Y: dataset.Target{Problem: sadi.Multiclass, Classes: 3, Y: []float64{2, 2, 0, 2, 1, 0}}}
	e := newEncoder(set, nil)
	if len(e.kinds) != 3 || e.kinds[0].target != 0 || e.kinds[1].target != 2 || e.kinds[2].target != -1 {
		t.Fatalf("the kinds are %v, want the two largest classes and the frequency", e.kinds)
	}
	dst := [][]uint8{make([]uint8, 6), make([]uint8, 6), make([]uint8, 6)}
	e.ordered(dst, make([]uint32, 6), 1, []uint32{0, 1, 2, 3, 4, 5}, false)
	for i, want := range []float64{1. / 3, (1 + 1./3) / 2, (2 + 1./3) / 3, (2 + 1./3) / 4, (3 + 1./3) / 5, (3 + 1./3) / 6} {
		if got := float64(dst[1][i]); math.Abs(got-want*256) > 1 {
			t.Errorf("row %d has the share %v of class 2, want %v", i, got/256, want)
		}
	}
}

// A category with a value for every four rows, and a target that has nothing to do with it. With the statistics of all
// rows a model would learn the training targets by heart; with ordered ones it must not.
func TestOrderedStatisticsDoNotLeak(t *testing.T) {
	const n = 3000
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.RegressionValue} {
		for _, ordered := range []bool{false, true} {
			t.Run(fmt.Sprint(problem, " ordered ", ordered), func(t *testing.T) {
				r := rng.New(5).Rand()
				draw := func() dataset.Set {
					x := &dataset.Matrix{Rows: n, Features: []dataset.Feature{{Name: "c", Levels: n / 4}, {Name: "d", Levels: 40}}}
					x.Cols = [][]float32{make([]float32, n), make([]float32, n)}
					y := make([]float64, n)
					for i := range n {
						x.Cols[0][i], x.Cols[1][i] = float32(r.IntN(n/4)), float32(r.IntN(40))
						y[i] = float64(r.IntN(2))
					}
					return dataset.Set{X: x, Y: dataset.Target{Problem: problem, Y: y, Classes: 2}}
				}
				train, test := draw(), draw()
				o := ObliviousOptions{Rounds: 60, LearningRate: 0.1, Depth: 6, L2: 3, Cosine: true, MaxBin: 255, MaxCombination: 2, Permutations: 3, Ordered: ordered}
				f, err := BoostOblivious(context.Background(), model.Train{Set: train, Stream: rng.New(1)}, o)
				if err != nil {
					t.Fatal(err)
				}
				squared := func(s dataset.Set, f model.Fitted) float64 {
					p, sum := make([]float64, n), 0.0
					if err := f.Predict(p, s.X); err != nil {
						t.Fatal(err)
					}
					for i, y := range s.Y.Y {
						sum += (p[i] - y) * (p[i] - y) / n
					}
					return sum
				}
				in, out := squared(train, f), squared(test, f)
				if in < 0.225 || out > 0.265 {
					t.Errorf("the loss is %.4f on the training rows and %.4f on new ones; ¼ is that of knowing nothing", in, out)
				}
				// The control: the same booster on statistics that hold each row's own target.
				leaky := &dataset.Matrix{Rows: n, Features: []dataset.Feature{{Name: "greedy"}}, Cols: [][]float32{make([]float32, n)}}
				sum, count := map[float32]float32{}, map[float32]float32{}
				for i, c := range train.X.Cols[0] {
					sum[c] += float32(train.Y.Y[i])
					count[c]++
				}
				for i, c := range train.X.Cols[0] {
					leaky.Cols[0][i] = (sum[c] + 0.5) / (count[c] + 1)
				}
				greedy := dataset.Set{X: leaky, Y: train.Y}
				f, err = BoostOblivious(context.Background(), model.Train{Set: greedy, Stream: rng.New(1)}, o)
				if err != nil {
					t.Fatal(err)
				}
				if got := squared(greedy, f); got > 0.215 {
					t.Errorf("the control that leaks has a training loss of %.4f: the data do not test what they should", got)
				}
			})
		}
	}
}

// In ordered boosting the scores of a row come from models that have not seen its target: whatever the target of the
// row at a place is, no part that learned from earlier places alone is any different.
func TestOrderedPartsDoNotSeeTheirRows(t *testing.T) {
	const n = 1000
	f := &fold{parts: partsOf(n, true)}
	if p := f.parts[0]; p.body != n/2 || p.end != n {
		t.Fatalf("the largest part is %+v", p)
	}
	for k := 1; k < len(f.parts); k++ {
		if f.parts[k].end != f.parts[k-1].body || f.parts[k].at != f.parts[k-1].at+f.parts[k-1].end {
			t.Errorf("part %d is %+v after %+v", k, f.parts[k], f.parts[k-1])
		}
	}
	scores := func(change int) []float64 {
		g := &fold{parts: f.parts, y: make([]float64, n), leaf: make([]uint32, n), scores: make([]float64, f.rows())}
		for i := range g.leaf {
			g.leaf[i], g.y[i] = uint32(i%4), float64(i%7)
		}
		g.y[change] += 100
		b := &symmetricBooster{out: &Oblivious{outputs: 1, loss: loss.Squared{}}, meanWeight: 1}
		b.LearningRate, b.Y.Problem = 0.5, sadi.RegressionValue
		b.g, b.h = make([]float32, f.rows()), make([]float32, f.rows())
		if err := b.gradients(context.Background(), g, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := b.estimate(context.Background(), g, 4); err != nil {
			t.Fatal(err)
		}
		return g.scores
	}
	const place = 300
	a, b := scores(place), scores(place+1)
	for k, p := range f.parts {
		same := slices.Equal(a[p.at:p.at+p.end], b[p.at:p.at+p.end])
		if same != (p.body <= place) {
			t.Errorf("part %d of places before %d: that it is the same for other targets at %d and %d is %v", k, p.body, place, place+1, same)
		}
	}
}

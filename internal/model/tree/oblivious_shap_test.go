package tree

import (
	"context"
	"fmt"
	"math"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// categorical is data of two categories, two numbers and a small category, of which all say something together: 6 features,
// the last of which is never asked.
func categorical(n int, problem sadi.Problem) dataset.Set {
	r := rng.New(21).Rand()
	x := &dataset.Matrix{Rows: n, Features: []dataset.Feature{{Name: "a", Levels: 9}, {Name: "b", Levels: 12}, {Name: "c"}, {Name: "d"},
		{Name: "e", Levels: 3}, {Name: "constant"}}}
	for range x.Features {
		x.Cols = append(x.Cols, make([]float32, n))
	}
	y := make([]float64, n)
	for i := range n {
		a, b, e := r.IntN(9), r.IntN(12), r.IntN(3)
		c, d := r.NormFloat64(), float64(r.IntN(4))
		for j, v := range []float64{float64(a), float64(b), c, d, float64(e), 1} {
			if x.Cols[j][i] = float32(v); j < 5 && r.IntN(12) == 0 {
				x.Cols[j][i] = float32(math.NaN())
			}
		}
		y[i] = float64((a*5+b*7)%11)/4 + c*d/3 + float64(e)/2 + 0.3*r.NormFloat64()
		switch problem {
		case sadi.Binary:
			y[i] = math.Round(1 / (1 + math.Exp(2-y[i])))
		case sadi.Multiclass:
			y[i] = min(max(math.Floor(y[i]), 0), 2)
		}
	}
	s := dataset.Set{X: x, Y: dataset.Target{Problem: problem, Y: y}}
	if problem.IsClassification() {
		s.Y.Classes = 3
		if problem == sadi.Binary {
			s.Y.Classes = 2
		}
	}
	return s
}

// combining are options under which trees ask numbers, categories value by value, statistics and combinations.
func combining(rounds, depth int) ObliviousOptions {
	o := exact(rounds, depth, true)
	o.MaxOneHot, o.MaxCombination, o.Permutations = 4, 3, 1
	return o
}

func fitOblivious(t testing.TB, set dataset.Set, o ObliviousOptions) *Oblivious {
	t.Helper()
	f, err := BoostOblivious(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// kindsAsked counts the levels that ask a feature, a statistic of one feature, and one of several.
func kindsAsked(o *Oblivious) (direct, single, several int) {
	for k := range o.Trees {
		for l := range o.Trees[k].Splits {
			switch q := &o.Trees[k].Splits[l]; {
			case int(q.Column) < len(o.levels):
				direct++
			case len(o.asked(q)) == 1:
				single++
			default:
				several++
			}
		}
	}
	return direct, single, several
}

// margin is the outputs of a row, by the prediction of the model.
func (o *Oblivious) margin(row []float32) []float64 {
	x := &dataset.Matrix{Rows: 1}
	for _, v := range row {
		x.Cols = append(x.Cols, []float32{v})
	}
	out := append([]float64(nil), o.base...)
	o.add(out, x, 0, 1, o.Trees)
	return out
}

// knowingOblivious is the expected margin where the features in known are those of a row. A question is answered when all
// features that it depends on are known; otherwise both ways are weighed by the training rows in the leaves below them.
func knowingOblivious(o *Oblivious, output int, known uint, row []float32) float64 {
	sum := o.base[output]
	x := &dataset.Matrix{Rows: 1}
	for _, v := range row {
		x.Cols = append(x.Cols, []float32{v})
	}
	for k := range o.Trees {
		t := &o.Trees[k]
		below := func(way, level int) float64 { // training rows whose first answers are these
			n := 0.0
			for leaf, c := range t.Covers {
				if leaf&(1<<level-1) == way {
					n += float64(c)
				}
			}
			return n
		}
		var value func(way, level int) float64
		value = func(way, level int) float64 {
			if level == len(t.Splits) {
				return float64(t.Values[way*o.outputs+output])
			}
			q, all := &t.Splits[level], true
			for _, j := range o.asked(q) {
				all = all && known>>j&1 == 1
			}
			left, right := value(way, level+1), value(way|1<<level, level+1)
			if all {
				one := ObliviousTree{Splits: []ObliviousSplit{*q}, Values: make([]float32, 2*o.outputs)}
				one.Values[o.outputs] = 1
				answer := make([]float64, o.outputs)
				o.add(answer, x, 0, 1, []ObliviousTree{one})
				if answer[0] == 1 {
					return right
				}
				return left
			}
			l, r := below(way, level+1), below(way|1<<level, level+1)
			if l+r == 0 {
				l, r = 1, 1
			}
			return (l*left + r*right) / (l + r)
		}
		sum += value(0, 0)
	}
	return sum
}

// TestObliviousContributionsAreShapleyValues compares both forms with the definition, over models whose trees ask
// everything that trees can ask.
func TestObliviousContributionsAreShapleyValues(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		for _, ordered := range []bool{false, true} {
			set := categorical(400, problem)
			options := combining(4, 5)
			options.Ordered = ordered
			o := fitOblivious(t, set, options)
			if direct, single, several := kindsAsked(o); direct == 0 || single == 0 || several == 0 {
				t.Fatalf("%s: the trees ask %d features, %d statistics and %d combinations: the data do not test what they should",
					problem, direct, single, several)
			}
			d, k := o.Features(), o.Outputs()
			x, background := head(set.X, 6), head(categorical(430, problem).X, 430)
			background = tail(background, 30)
			for j := range x.Cols { // values that no training row has
				x.Cols[j][j] = 50
			}
			rows, others := rowsOf(x), rowsOf(background)
			for _, against := range []*dataset.Matrix{nil, background} {
				got := make([]float64, x.Rows*k*(d+1))
				if err := o.Contributions(context.Background(), got, x, against, nil); err != nil {
					t.Fatal(err)
				}
				for i, row := range rows {
					margins := map[uint][]float64{}
					for out := range k {
						want := shapley(func(known uint) float64 {
							if against == nil {
								return knowingOblivious(o, out, known, row)
							}
							if margins[known] == nil {
								margins[known] = meanMargin(o, row, known, others)
							}
							return margins[known][out]
						}, d)
						for j, w := range want {
							if g := got[(i*k+out)*(d+1)+j]; !(math.Abs(g-w) < 1e-10) {
								t.Fatalf("%s, ordered %v, background %v, row %d, output %d, feature %d: got %v, want %v",
									problem, ordered, against != nil, i, out, j, g, w)
							}
						}
					}
				}
			}
		}
	}
}

// meanMargin is the mean over background rows of the margins when the known features are those of a row.
func meanMargin(o *Oblivious, row []float32, known uint, background [][]float32) []float64 {
	mean := make([]float64, o.outputs)
	for _, b := range background {
		mixed := append([]float32(nil), b...)
		for j := range mixed {
			if known>>j&1 == 1 {
				mixed[j] = row[j]
			}
		}
		for c, v := range o.margin(mixed) {
			mean[c] += v / float64(len(background))
		}
	}
	return mean
}

func head(x *dataset.Matrix, n int) *dataset.Matrix { return rowRange(x, 0, n) }
func tail(x *dataset.Matrix, n int) *dataset.Matrix { return rowRange(x, x.Rows-n, x.Rows) }

func rowRange(x *dataset.Matrix, lo, hi int) *dataset.Matrix {
	part := &dataset.Matrix{Rows: hi - lo, Features: x.Features}
	for _, col := range x.Cols {
		part.Cols = append(part.Cols, append([]float32(nil), col[lo:hi]...))
	}
	return part
}

// TestObliviousContributionsAddUp over more than a block of rows, with the same bits for any count of workers, and after
// writing and reading.
func TestObliviousContributionsAddUp(t *testing.T) {
	set := categorical(9000, sadi.Multiclass)
	o := fitOblivious(t, set, combining(10, 6))
	var w codec.Writer
	o.Encode(&w)
	read, err := DecodeOblivious(codec.NewReader(w.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	d, k := o.Features(), o.Outputs()
	raw := make([]float64, set.X.Rows*k)
	fill(raw, o.base)
	o.add(raw, set.X, 0, set.X.Rows, o.Trees)
	for _, against := range []*dataset.Matrix{nil, head(set.X, 20)} {
		x, want := set.X, raw
		if against != nil {
			x, want = head(set.X, 300), raw[:300*k]
		}
		got, again := make([]float64, x.Rows*k*(d+1)), make([]float64, x.Rows*k*(d+1))
		if err := o.Contributions(context.Background(), got, x, against, nil); err != nil {
			t.Fatal(err)
		}
		for i, v := range want {
			sum := 0.0
			for _, c := range got[i*(d+1):][:d+1] {
				sum += c
			}
			if math.Abs(sum-v) > 1e-9*max(1, math.Abs(v)) {
				t.Fatalf("background %v, row %d: the contributions add up to %v, want %v", against != nil, i/k, sum, v)
			}
			if got[i*(d+1)+5] != 0 {
				t.Fatalf("a constant feature contributes %v", got[i*(d+1)+5])
			}
		}
		if err := read.(model.Explainer).Contributions(context.Background(), again, x, against, par.New(3)); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != again[i] {
				t.Fatalf("contribution %d is %v with one worker and %v with three", i, got[i], again[i])
			}
		}
	}
}

// TestObliviousContributionsAreThoseOfItsTrees: without combinations the same model as ordinary trees has the same values.
func TestObliviousContributionsAreThoseOfItsTrees(t *testing.T) {
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass} {
		set := categorical(500, problem)
		options := combining(8, 6)
		options.MaxCombination = 1
		o := fitOblivious(t, set, options)
		b, err := o.Unfold()
		if err != nil {
			t.Fatal(err)
		}
		n := set.X.Rows * o.Outputs() * (o.Features() + 1)
		got, want := make([]float64, n), make([]float64, n)
		for _, against := range []*dataset.Matrix{nil, head(set.X, 25)} {
			if err := o.Contributions(context.Background(), got, set.X, against, nil); err != nil {
				t.Fatal(err)
			}
			if err := b.Contributions(context.Background(), want, set.X, against, nil); err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-10 {
					t.Fatalf("%s, background %v: contribution %d is %v, want %v", problem, against != nil, i, got[i], want[i])
				}
			}
		}
	}
}

func TestObliviousContributionsRefuse(t *testing.T) {
	set := categorical(100, sadi.Binary)
	o := fitOblivious(t, set, combining(2, 3))
	n := 100 * 7
	for _, c := range []struct {
		name          string
		n             int
		x, background *dataset.Matrix
		want          sadi.Code
	}{
		{"no background rows", n, set.X, head(set.X, 0), sadi.BadUsage},
		{"room", n - 1, set.X, nil, sadi.Internal},
		{"features", n, &dataset.Matrix{Rows: 100, Cols: set.X.Cols[:3]}, nil, sadi.SchemaMismatch},
	} {
		if err := o.Contributions(context.Background(), make([]float64, c.n), c.x, c.background, nil); sadi.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want the code %s", c.name, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := o.Contributions(ended, make([]float64, n), set.X, nil, par.New(2)); err == nil {
		t.Error("a context that has ended is not heard")
	}
	// Foreign bytes may ask more features than a fit does.
	wide := &Oblivious{levels: make([]int32, 21), outputs: 1, base: []float64{0}, loss: o.loss}
	tr := ObliviousTree{Values: make([]float32, 1<<21), Covers: make([]float32, 1<<21), Gains: make([]float32, 21)}
	x := &dataset.Matrix{Rows: 1}
	for j := range int32(21) {
		tr.Splits = append(tr.Splits, ObliviousSplit{Column: j})
		x.Cols = append(x.Cols, []float32{0})
	}
	wide.Trees = []ObliviousTree{tr}
	if err := wide.Contributions(context.Background(), make([]float64, 22), x, nil, nil); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("a tree of 21 features: got %v", err)
	}
}

func BenchmarkObliviousContributions(b *testing.B) {
	set := categorical(3000, sadi.Binary)
	for _, combination := range []int{1, 2} {
		options := combining(100, 6)
		options.MaxCombination = combination
		o := fitOblivious(b, set, options)
		x := head(set.X, 1000)
		dst := make([]float64, 1000*7)
		for _, against := range []*dataset.Matrix{nil, head(set.X, 100)} {
			b.Run(fmt.Sprint("combination ", combination, ", background ", against != nil), func(b *testing.B) {
				for b.Loop() {
					if err := o.Contributions(context.Background(), dst, x, against, nil); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/row")
			})
		}
	}
}

package tree

import (
	"context"
	"math"
	"math/rand/v2"
	"sort"

	"sadi/internal/dataset"
)

// maxCount is the most often that a tree's bootstrap sample may hold a row. For the usual sample a 65th time has a
// chance below 1e-89.
const maxCount = 64

// bag draws the bootstrap samples of a forest. Rows are drawn in proportion to their weights and then count alike, as if
// a row of weight 2 were two rows; only where a row would be drawn so often that the counts overflow, they are drawn
// alike and carry their weights.
type bag struct {
	rows, draws int
	upTo        []float64 // the sum of the weights up to each row; nil = all rows alike
	last        int       // the last row with a weight
}

// mostExpected is how often a row may be drawn on average; maxCount is then out of reach.
const mostExpected = 16

func newBag(s dataset.Set, maxSamples float64) bag {
	n := s.X.Rows
	b := bag{rows: n, draws: n}
	if maxSamples > 0 {
		b.draws = max(1, int(math.Round(maxSamples*float64(n))))
	}
	if s.Weights == nil {
		return b
	}
	upTo, sum, largest := make([]float64, n), 0.0, 0.0
	for i, w := range s.Weights {
		if w > 0 {
			b.last = i
		}
		sum += w
		largest = max(largest, w)
		upTo[i] = sum
	}
	if largest*float64(b.draws) <= mostExpected*sum {
		b.upTo = upTo
	}
	return b
}

// byWeight reports whether the draw takes care of the weights.
func (b *bag) byWeight() bool { return b.upTo != nil }

// draw says how often each row is in a sample.
func (b *bag) draw(random *rand.Rand) []uint8 {
	counts := make([]uint8, b.rows)
	for range b.draws {
		i := 0
		if b.upTo == nil {
			i = random.IntN(b.rows)
		} else {
			// The first row whose sum is above the number: never one of weight 0.
			at := random.Float64() * b.upTo[b.rows-1]
			i = min(sort.Search(b.rows, func(i int) bool { return b.upTo[i] > at }), b.last)
		}
		if counts[i] < maxCount {
			counts[i]++
		}
	}
	return counts
}

// outOfBag gathers predictions of rows by the trees that did not draw them (Breiman 1996, "Out-of-bag estimation").
type outOfBag struct {
	sums  []float64 // n × the numbers in a leaf
	trees []int32   // that did not draw the row
	width int
}

func newOutOfBag(rows, width int) *outOfBag {
	return &outOfBag{sums: make([]float64, rows*width), trees: make([]int32, rows), width: width}
}

// add adds a tree that drew the rows with a count.
func (o *outOfBag) add(ctx context.Context, f *forester, t *Tree, drawn []uint8) error {
	if o == nil {
		return nil
	}
	return f.Pool.For(ctx, (len(drawn)+rowBlock-1)/rowBlock, func(i int) {
		for r := i * rowBlock; r < min((i+1)*rowBlock, len(drawn)); r++ {
			if drawn[r] > 0 {
				continue
			}
			o.trees[r]++
			leaf := t.leafAt(f.X.Cols, r)
			for k, v := range t.Values[leaf*o.width:][:o.width] {
				o.sums[r*o.width+k] += float64(v)
			}
		}
	})
}

// predictions are the means, in the form of Forest.Predict.
func (o *outOfBag) predictions(a *average) []float64 {
	if o == nil {
		return nil
	}
	p := make([]float64, len(o.sums))
	for r, n := range o.trees {
		row, sums := p[r*o.width:][:o.width], o.sums[r*o.width:][:o.width]
		for k, s := range sums {
			switch {
			case n == 0:
				row[k] = math.NaN()
			case a.probability:
				row[k] = min(s/float64(n), 1)
			default:
				row[k] = a.offset + s/float64(n)
			}
		}
		if o.width > 1 && n > 0 {
			normalised(row)
		}
	}
	return p
}

// forest is the fitted forest of the trees so far.
func (f *forester) forest() *Forest {
	a := f.average()
	return &Forest{average: a, outOfBag: f.outOfBag.predictions(&a)}
}

// OutOfBag are predictions of the training rows by the trees that did not draw them; see model.OutOfBag.
func (f *Forest) OutOfBag() []float64 { return append([]float64(nil), f.outOfBag...) }

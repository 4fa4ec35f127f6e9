package profile

import (
	"cmp"
	"math"
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/table"
)

// Notation of this file: rows kept[i] of the column x stand beside y.Y[i]. The target is learned on one half of the
// rows and judged on the other. A row's value falls into a bin: a level, or a range of numbers with about equally many
// rows of the learning half; the last bin is for missing values.
const (
	classBins  = 64      // ranges for classes
	amountBins = 1024    // ranges for numbers, where the target is interpolated between them
	maxCells   = 4 << 20 // bins × classes; a column with more is not judged
)

// learns reports whether the i-th row is in the learning half. The pattern 1001 keeps rows that alternate by design
// from falling into one half.
func learns(i int) bool { return i&3 == 0 || i&3 == 3 }

// columnSkill is how well the column alone predicts the target out of sample: R² for regression; for classes the area
// under the ROC curve of each against the others, weighted by its rows. 0 when that can not be said.
func columnSkill(x *table.Column, y dataset.Target, kept []int) float64 {
	if y.Problem.IsClassification() {
		return classSkill(x, y, kept)
	}
	return amountSkill(x, y.Y, kept)
}

// binner gives the bin of row r of the table.
type binner struct {
	of    func(r int) int
	count int // of bins, the one for missing values included
}

func newBinner(x *table.Column, kept []int, ranges int) binner {
	if !x.Kind.Numeric() {
		n := len(x.Levels)
		return binner{count: n + 1, of: func(r int) int {
			if k := x.Codes[r]; k >= 0 {
				return int(k)
			}
			return n
		}}
	}
	edges := rangeEdges(x.Nums, kept, ranges)
	n := len(edges) + 1
	return binner{count: n + 1, of: func(r int) int {
		v := x.Nums[r]
		if math.IsNaN(v) {
			return n
		}
		b, _ := slices.BinarySearch(edges, v)
		return b
	}}
}

// rangeEdges cuts the learning half into ranges; an edge belongs to the range below it.
func rangeEdges(nums []float64, kept []int, ranges int) []float64 {
	var sorted []float64
	for i, r := range kept {
		if v := nums[r]; learns(i) && !math.IsNaN(v) {
			sorted = append(sorted, v+0)
		}
	}
	sortFloats(sorted)
	var edges []float64
	for b := 1; b < ranges && len(sorted) > 0; b++ {
		e := sorted[(len(sorted)-1)*b/ranges]
		if e < sorted[len(sorted)-1] && (len(edges) == 0 || e > edges[len(edges)-1]) {
			edges = append(edges, e)
		}
	}
	return edges
}

func classSkill(x *table.Column, y dataset.Target, kept []int) float64 {
	bins := newBinner(x, kept, classBins)
	K := y.Classes
	if bins.count*K > maxCells {
		return 0
	}
	learned, judged := make([]int, bins.count*K), make([]int, bins.count*K)
	for i, r := range kept {
		at := bins.of(r)*K + int(y.Y[i])
		if learns(i) {
			learned[at]++
		} else {
			judged[at]++
		}
	}
	var area, rows float64
	for k := range K {
		a, n := oneAgainstRest(learned, judged, K, k)
		area += float64(a * n)
		rows += n
	}
	if rows == 0 {
		return 0
	}
	return area / rows
}

// oneAgainstRest is the area under the ROC curve of class k on the judging half, where a bin's score is the share of
// the class on the learning half; n is the rows of the class, 0 when there is no curve.
func oneAgainstRest(learned, judged []int, K, k int) (area, n float64) {
	bins := len(learned) / K
	score := make([]float64, bins)
	inClass, others := make([]int, bins), make([]int, bins)
	var total, of int
	all := make([]int, bins)
	for b := range bins {
		for c := range K {
			all[b] += learned[b*K+c]
			others[b] += judged[b*K+c]
		}
		inClass[b] = judged[b*K+k]
		others[b] -= inClass[b]
		total += all[b]
		of += learned[b*K+k]
	}
	prior := float64(of) / float64(max(total, 1))
	order := make([]int, bins)
	for b := range bins {
		order[b] = b
		score[b] = (float64(learned[b*K+k]) + prior) / (float64(all[b]) + 1) // one row's worth of prior, for empty bins
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
	var below, positives, pairs float64
	for i := 0; i < bins; {
		var pos, neg float64
		e := i
		for ; e < bins && score[order[e]] == score[order[i]]; e++ {
			pos += float64(inClass[order[e]])
			neg += float64(others[order[e]])
		}
		pairs += float64(pos * (below + float64(neg/2)))
		below += neg
		positives += pos
		i = e
	}
	if of == 0 || positives == 0 || below == 0 {
		return 0, 0
	}
	return pairs / (positives * below), positives
}

// amountSkill is R² of the line through the bins' means; a column of words has a mean for each level.
func amountSkill(x *table.Column, y []float64, kept []int) float64 {
	bins := newBinner(x, kept, amountBins)
	scale := 0.0 // keeps squares finite
	for _, v := range y {
		scale = max(scale, math.Abs(v))
	}
	if scale == 0 {
		return 0
	}
	c := newCurve(x, y, kept, bins, scale)
	var mean, n float64
	for i := range kept {
		if !learns(i) {
			mean += y[i] / scale
			n++
		}
	}
	if n == 0 {
		return 0
	}
	mean /= n
	var residual, spread float64
	for i, r := range kept {
		if !learns(i) {
			v := y[i] / scale
			e, d := v-c.at(r), v-mean
			residual += float64(e * e)
			spread += float64(d * d)
		}
	}
	if spread == 0 {
		return 0
	}
	return max(0, 1-residual/spread)
}

// curve is the mean of x and y in each bin.
type curve struct {
	x     *table.Column
	bins  binner
	mx    []float64 // numbers only
	my    []float64 // NaN in an empty bin
	prior float64
}

func newCurve(x *table.Column, y []float64, kept []int, bins binner, scale float64) *curve {
	c := &curve{x: x, bins: bins, mx: make([]float64, bins.count), my: make([]float64, bins.count)}
	n := make([]float64, bins.count)
	var rows float64
	for i, r := range kept {
		if !learns(i) {
			continue
		}
		b := bins.of(r)
		n[b]++
		rows++
		c.my[b] += y[i] / scale
		c.prior += y[i] / scale
		if x.Kind.Numeric() && b < bins.count-1 {
			c.mx[b] += (x.Nums[r] - c.mx[b]) / n[b] // the running mean stays finite
		}
	}
	c.prior /= max(rows, 1)
	for b := range n {
		c.my[b] /= n[b] // an empty bin becomes NaN
	}
	return c
}

// at is the prediction for row r of the table.
func (c *curve) at(r int) float64 {
	b := c.bins.of(r)
	if math.IsNaN(c.my[b]) {
		return c.prior
	}
	if !c.x.Kind.Numeric() || b == c.bins.count-1 {
		return c.my[b]
	}
	v, other := c.x.Nums[r], b-1
	if v > c.mx[b] {
		other = b + 1
	}
	if other < 0 || other >= c.bins.count-1 || math.IsNaN(c.my[other]) {
		return c.my[b]
	}
	t := (v - c.mx[b]) / (c.mx[other] - c.mx[b])
	if !(t >= 0 && t <= 1) {
		return c.my[b]
	}
	return between(c.my[b], c.my[other], t)
}

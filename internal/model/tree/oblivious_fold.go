package tree

import (
	"context"
	"math"
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// fold is the training rows in one random order, with scores of its own. Its statistics are ordered by it, and in ordered
// boosting its gradients too.
type fold struct {
	order   []uint32 // the row at each place; nil = no statistic needs an order
	byPlace bool     // rows are numbered by their places rather than as they come
	bins    *Bins
	y       []float64
	weights []float64
	parts   []prefix
	scores  []float64 // of each part, n × Outputs

	direct *columnGroup // the features that are asked as they are
	simple *columnGroup // statistics of single categories
	leaf   []uint32
}

// prefix is one of the models that ordered boosting keeps (section 5 of the paper): it learns from the rows before body and
// scores those before end. Plain boosting has one part, of all rows.
type prefix struct{ body, end, at int }

// leastBody is the share of the rows that the smallest part learns from.
const leastBody = 64

// partsOf halves the rows until few are left.
func partsOf(n int, ordered bool) []prefix {
	if !ordered || n < 4 {
		return []prefix{{body: n, end: n}}
	}
	var parts []prefix
	at := 0
	for end := n; end > max(2, n/leastBody); end = (end + 1) / 2 {
		parts = append(parts, prefix{body: (end + 1) / 2, end: end, at: at})
		at += end
	}
	return parts
}

// rows is the number of scored rows of all parts.
func (f *fold) rows() int {
	last := f.parts[len(f.parts)-1]
	return last.at + last.end
}

// newFold orders the rows by a stream; nil keeps them as they come.
func newFold(set dataset.Set, bins *Bins, stream *rng.Stream, ordered bool, base []float64, pool *par.Pool) *fold {
	n := set.X.Rows
	f := &fold{bins: bins, y: set.Y.Y, weights: set.Weights, parts: partsOf(n, ordered), leaf: make([]uint32, n)}
	if stream != nil {
		f.order = make([]uint32, n)
		for i, r := range stream.Rand().Perm(n) {
			f.order[i] = uint32(r)
		}
	}
	if ordered && f.order != nil {
		f.byPlace = true
		f.bins = bins.permuted(f.order, pool)
		f.y = gathered(set.Y.Y, f.order)
		if set.Weights != nil {
			f.weights = gathered(set.Weights, f.order)
		}
	}
	f.scores = make([]float64, f.rows()*len(base))
	fill(f.scores, base)
	return f
}

func gathered[T any](src []T, order []uint32) []T {
	dst := make([]T, len(order))
	for i, r := range order {
		dst[i] = src[r]
	}
	return dst
}

// permuted is the bins with the rows in another order.
func (b *Bins) permuted(order []uint32, pool *par.Pool) *Bins {
	p := &Bins{Rows: b.Rows, Columns: slices.Clone(b.Columns)}
	_ = pool.For(context.Background(), len(p.Columns), func(j int) {
		p.Columns[j].Bin = gathered(b.Columns[j].Bin, order)
	})
	return p
}

// statisticBins is the most bins of a statistic.
const statisticBins = 23

// codeColumn bins the codes of a statistic, about equal numbers of rows to a bin.
func codeColumn(codes []uint8) Column {
	var counts [256]int
	for _, c := range codes {
		counts[c]++
	}
	var values []float32
	var rows []int
	for v, n := range counts {
		if n > 0 {
			values, rows = append(values, float32(v)), append(rows, n)
		}
	}
	first := binStarts(rows, len(codes), statisticBins)
	c := Column{Bin: make([]uint8, len(codes)), Count: len(first)}
	var bin [256]uint8
	for b, from := range first {
		to := len(values)
		if b+1 < len(first) {
			to = first[b+1]
		}
		c.Lo, c.Hi = append(c.Lo, values[from]), append(c.Hi, values[to-1])
		for _, v := range values[from:to] {
			bin[int(v)] = uint8(b + 1)
		}
	}
	for i, v := range codes {
		c.Bin[i] = bin[v]
	}
	return c
}

// answerBins sets a bit of the leaves of rows whose bin goes right.
func answerBins(leaf []uint32, bins []uint8, right *[256]uint8, level int) {
	for i, b := range bins {
		leaf[i] |= uint32(right[b]) << level
	}
}

// bucketsOf is the target of the statistics: a class, or the rank of a number among all, in steps of 1/targetUnits.
func bucketsOf(set dataset.Set) []int32 {
	y := set.Y.Y
	target := make([]int32, len(y))
	if set.Y.Problem.IsClassification() {
		for i, c := range y {
			target[i] = int32(c)
		}
		return target
	}
	sorted := slices.Clone(y)
	slices.Sort(sorted)
	last := max(len(y)-1, 1)
	for i, v := range y {
		lo, _ := slices.BinarySearch(sorted, v)
		hi, _ := slices.BinarySearch(sorted, math.Nextafter(v, math.Inf(1)))
		target[i] = int32((targetUnits*(lo+hi-1) + last) / (2 * last)) // the middle of equals, rounded
	}
	return target
}

// automaticRate is the learning rate for a number of rows and rounds, after CatBoost's fit of good rates on many tables:
// ln rate = a·ln n + b for 1000 rounds, and proportional to rounds^c otherwise.
func automaticRate(rows, rounds int, a, b, c float64) float64 {
	rate := elementary.Exp(float64(a*elementary.Log(float64(max(rows, 1))))+b) * elementary.Pow(float64(rounds)/1000, c)
	return math.Round(min(rate, 0.5)*1e6) / 1e6
}

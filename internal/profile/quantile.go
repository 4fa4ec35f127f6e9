package profile

import (
	"math"
	"slices"
)

// quantiles of sorted values, at least one.
func quantiles(sorted []float64) *Quantiles {
	q := &Quantiles{Min: sorted[0], Max: sorted[len(sorted)-1]}
	for _, at := range []struct {
		p   float64
		dst *float64
	}{{.01, &q.P01}, {.05, &q.P05}, {.25, &q.P25}, {.5, &q.P50}, {.75, &q.P75}, {.95, &q.P95}, {.99, &q.P99}} {
		*at.dst = quantile(sorted, at.p)
	}
	q.Mean, q.SD = meanSD(sorted)
	return q
}

// quantile is the p-quantile of sorted values by linear interpolation at p·(n-1), type 7 of Hyndman, Fan: Sample
// quantiles in statistical packages, The American Statistician 50 (1996).
func quantile(sorted []float64, p float64) float64 {
	h := float64(p * float64(len(sorted)-1))
	i := int(h)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return between(sorted[i], sorted[i+1], h-float64(i))
}

// between is a + t·(b-a) for t in [0, 1], also when b-a is beyond the range of numbers.
func between(a, b, t float64) float64 {
	if d := b - a; !math.IsInf(d, 0) {
		return a + float64(d*t)
	}
	return float64(a*(1-t)) + float64(b*t)
}

// meanSD is the mean and the standard deviation (n-1), in two passes over values scaled so that squares stay finite.
func meanSD(v []float64) (mean, sd float64) {
	scale := 1.0
	if largest := max(math.Abs(slices.Min(v)), math.Abs(slices.Max(v))); largest > 1e140 {
		scale = largest
	}
	var sum float64
	for _, x := range v {
		sum += x / scale
	}
	n := float64(len(v))
	m := sum / n
	if len(v) > 1 {
		var squares float64
		for _, x := range v {
			d := x/scale - m
			squares += float64(d * d)
		}
		sd = math.Sqrt(squares / (n - 1))
	}
	return m * scale, min(sd*scale, math.MaxFloat64)
}

// maxExact is the magnitude up to which whole numbers are exact, so that adding 1 gives the next one.
const maxExact = 1 << 52

// histogram has bins of equal width from the least to the greatest value: one for each whole number, or for an equal
// count of them, when the column is whole.
func histogram(sorted []float64, whole bool) []Bin {
	lo, hi := sorted[0], sorted[len(sorted)-1]
	if lo == hi {
		return []Bin{{lo, hi, len(sorted)}}
	}
	edges := equalEdges(lo, hi)
	if whole && lo >= -maxExact && hi <= maxExact {
		edges = wholeEdges(lo, hi)
	}
	bins := make([]Bin, 0, len(edges)-1)
	from := 0
	for b := 1; b < len(edges); b++ {
		to := len(sorted)
		if b < len(edges)-1 {
			to, _ = slices.BinarySearch(sorted, edges[b])
		}
		bins = append(bins, Bin{edges[b-1], edges[b], to - from})
		from = to
	}
	return bins
}

func equalEdges(lo, hi float64) []float64 {
	edges := make([]float64, 0, maxBins+1)
	for b := range maxBins + 1 {
		e := between(lo, hi, float64(b)/maxBins)
		if b == maxBins {
			e = hi
		}
		if len(edges) == 0 || e > edges[len(edges)-1] { // neighbours may meet when hi is next to lo
			edges = append(edges, e)
		}
	}
	return edges
}

func wholeEdges(lo, hi float64) []float64 {
	width := math.Ceil((hi - lo + 1) / maxBins)
	edges := []float64{lo}
	for e := lo + width; e <= hi; e += width {
		edges = append(edges, e)
	}
	return append(edges, edges[len(edges)-1]+width)
}

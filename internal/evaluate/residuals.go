package evaluate

import (
	"cmp"
	"math"
	"slices"

	"sadi/internal/metric"
)

const (
	mostBands  = 50
	leastBand  = 5 // rows of a band, unless there are fewer
	mostWorst  = 10
	mostCells  = 30 // of the histogram
	leastCells = 5
)

var shares = []float64{0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1}

// residuals is the report that only numbers have.
func residuals(d metric.Data, model *metric.Prepared) *Regression {
	n := len(d.Y)
	e := make([]float64, n)
	for i, y := range d.Y {
		e[i] = y - d.Pred[i]
	}
	r := &Regression{}
	r.Mean, r.Std = moments(d, e)
	r.TargetMean, r.TargetStd = moments(d, d.Y)

	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(e[a], e[b]) })
	for _, q := range shares {
		r.Quantiles = append(r.Quantiles, Quantile{Number(q), Number(quantile(d, order, e, q))})
	}
	r.Histogram = histogram(d, order, e)

	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(math.Abs(e[b]), math.Abs(e[a])), cmp.Compare(a, b)) })
	for _, i := range order {
		if len(r.Worst) == mostWorst {
			break
		}
		if weight(d, i) > 0 {
			r.Worst = append(r.Worst, Residual{i, Number(d.Y[i]), Number(d.Pred[i]), Number(e[i])})
		}
	}
	r.Predictions = bands(d, model.Order(0))
	return r
}

// moments are the mean and the standard deviation.
func moments(d metric.Data, x []float64) (mean, std Number) {
	var sum, total float64
	for i, v := range x {
		sum += float64(weight(d, i) * v)
		total += weight(d, i)
	}
	m := sum / total
	var squares float64
	for i, v := range x {
		squares += float64(weight(d, i) * float64((v-m)*(v-m)))
	}
	return Number(m), Number(math.Sqrt(squares / total))
}

// quantile is the least value, by the given order, with at least the share q of the weight at or below it, and the middle
// of it and the next one where the share is met exactly.
func quantile(d metric.Data, order []int, x []float64, q float64) float64 {
	var total, below float64
	for _, i := range order {
		total += weight(d, i)
	}
	value := math.NaN()
	middle := false
	for _, i := range order {
		w := weight(d, i)
		if w == 0 {
			continue
		}
		if middle {
			return float64(value/2) + float64(x[i]/2)
		}
		value = x[i]
		below += w
		if below > q*total {
			return value
		}
		middle = below == q*total
	}
	return value
}

// histogram has equal cells from the least to the greatest residual, as many as the root of the rows up to mostCells.
func histogram(d metric.Data, order []int, e []float64) Histogram {
	lo, hi := e[order[0]], e[order[len(order)-1]]
	width := hi - lo
	if !(width > 0) || math.IsInf(width, 0) {
		var sum float64
		for _, i := range order {
			sum += weight(d, i)
		}
		return Histogram{[]Number{Number(lo), Number(hi)}, []Number{Number(sum)}}
	}
	cells := min(max(int(math.Sqrt(float64(len(order)))), leastCells), mostCells)
	h := Histogram{make([]Number, cells+1), make([]Number, cells)}
	for j := range h.Edges {
		h.Edges[j] = Number(lo + float64(width*(float64(j)/float64(cells))))
	}
	h.Edges[cells] = Number(hi)
	for _, i := range order {
		cell := min(int((e[i]-lo)/width*float64(cells)), cells-1)
		h.Counts[cell] += Number(weight(d, i))
	}
	return h
}

// bands are groups of rows of rising prediction.
func bands(d metric.Data, order []int32) []Band {
	var out []Band
	n := len(order)
	for _, g := range cut(n, min(mostBands, max(1, n/leastBand)), func(a, b int) bool { return d.Pred[order[a]] == d.Pred[order[b]] }) {
		var rows []int
		var w, predicted, actual float64
		for _, i := range order[g.lo:g.hi] {
			rows = append(rows, int(i))
			u := weight(d, int(i))
			w += u
			predicted += float64(u * d.Pred[i])
			actual += float64(u * d.Y[i])
		}
		if w == 0 {
			continue
		}
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(d.Y[a], d.Y[b]) })
		out = append(out, Band{Number(predicted / w), Number(actual / w), Number(quantile(d, rows, d.Y, 0.1)),
			Number(quantile(d, rows, d.Y, 0.9)), Number(w)})
	}
	return out
}

package evaluate

import (
	"math"

	"sadi/internal/metric"
)

const (
	mostPoints = 200
	mostGroups = 20 // of a calibration
	leastGroup = 20 // rows of a group, unless there are fewer
)

// roc is the area and the reduced curve, from the cumulated weights at each threshold.
func roc(tp, fp, at []float64) (area Number, curve ROC) {
	last := len(tp) - 1
	P, N := tp[last], fp[last]
	x, y := make([]float64, 0, last+2), make([]float64, 0, last+2)
	threshold := append([]float64{math.Nextafter(at[0], math.Inf(1))}, at...)
	x, y = append(x, 0), append(y, 0)
	var sum float64
	for i := range tp {
		x, y = append(x, fp[i]/N), append(y, tp[i]/P)
		sum += float64((x[i+1] - x[i]) * (y[i+1] + y[i]) / 2)
	}
	for _, i := range thin(len(x), func(i int) float64 { return x[i] + y[i] }) {
		curve.FalsePositive = append(curve.FalsePositive, Number(x[i]))
		curve.TruePositive = append(curve.TruePositive, Number(y[i]))
		curve.Threshold = append(curve.Threshold, Number(threshold[i]))
	}
	return Number(sum), curve
}

// precisionRecall is the average precision and the reduced curve.
func precisionRecall(tp, fp, at []float64) (area Number, curve PR) {
	P := tp[len(tp)-1]
	var sum, before float64
	for i := range tp {
		if tp[i] > before {
			sum += float64((tp[i] - before) / P * (tp[i] / (tp[i] + fp[i])))
		}
		before = tp[i]
	}
	for _, i := range thin(len(tp), func(i int) float64 { return tp[i] / P }) {
		curve.Recall = append(curve.Recall, Number(tp[i]/P))
		curve.Precision = append(curve.Precision, Number(safe(tp[i]/(tp[i]+fp[i]))))
		curve.Threshold = append(curve.Threshold, Number(at[i]))
	}
	return Number(sum), curve
}

// thin picks at most mostPoints of n points of a curve: the first, the last, and between them the first point at or
// beyond each of evenly spaced lengths. length rises along the curve.
func thin(n int, length func(i int) float64) []int {
	var out []int
	if n <= mostPoints {
		for i := range n {
			out = append(out, i)
		}
		return out
	}
	begin, end := length(0), length(n-1)
	out = append(out, 0)
	next := 1
	reached := func(l float64) bool {
		return next < mostPoints-1 && l >= begin+float64(float64(next)/(mostPoints-1)*(end-begin))
	}
	for i := 1; i < n-1; i++ {
		l := length(i)
		if !reached(l) {
			continue
		}
		out = append(out, i)
		for reached(l) {
			next++
		}
	}
	return append(out, n-1)
}

// calibrate groups the rows by rising probability, as evenly as equal probabilities (which stay together) allow.
func calibrate(d metric.Data, order []int32, score func(int32) float64, class int) Calibration {
	var c Calibration
	var total, gap float64
	groups := min(mostGroups, max(1, len(order)/leastGroup))
	for _, g := range cut(len(order), groups, func(a, b int) bool { return score(order[a]) == score(order[b]) }) {
		var w, predicted, observed float64
		for _, i := range order[g.lo:g.hi] {
			u := weight(d, int(i))
			w += u
			predicted += float64(u * score(i))
			observed += float64(u * isClass(d, int(i), class))
		}
		if w == 0 {
			continue
		}
		c.Predicted = append(c.Predicted, Number(predicted/w))
		c.Observed = append(c.Observed, Number(observed/w))
		c.Weight = append(c.Weight, Number(w))
		gap += math.Abs(predicted - observed)
		total += w
	}
	c.Error = Number(gap / total)
	return c
}

// group is a range of ranks.
type group struct{ lo, hi int }

// cut splits n ranks into at most the given number of groups of about equal size; ranks that are tied stay together.
func cut(n, groups int, tied func(a, b int) bool) []group {
	var out []group
	for lo := 0; lo < n; {
		hi := max(lo+1, (len(out)+1)*n/groups)
		if len(out) == groups-1 {
			hi = n
		}
		for hi < n && tied(hi-1, hi) {
			hi++
		}
		out = append(out, group{lo, hi})
		lo = hi
	}
	return out
}

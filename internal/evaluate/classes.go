package evaluate

import (
	"cmp"
	"math"
	"slices"

	"sadi"
	"sadi/internal/metric"
)

const (
	mostConfused = 100 // classes in a confusion matrix
	mostCurves   = 20  // classes with curves
)

// classify is the report that only classes have.
func classify(in Input, model *metric.Prepared) *Classification {
	d := in.Data
	decided := make([]int32, len(d.Y))
	metric.Decide(decided, d)
	k := d.Classes
	support, chosen, right := make([]float64, k), make([]float64, k), make([]float64, k)
	var confusion [][]Number
	if k <= mostConfused {
		confusion = make([][]Number, k)
		for i := range confusion {
			confusion[i] = make([]Number, k)
		}
	}
	for i, y := range d.Y {
		w, c := weight(d, i), int(y)
		support[c] += w
		chosen[decided[i]] += w
		if int(decided[i]) == c {
			right[c] += w
		}
		if confusion != nil {
			confusion[c][decided[i]] += Number(w)
		}
	}
	out := &Classification{Labels: in.Labels, Confusion: confusion}
	if d.Problem == sadi.Binary {
		out.Positive, out.Threshold = in.Labels[1], 0.5
	}
	for c, label := range in.Labels {
		out.Classes = append(out.Classes, Class{Label: label, Support: Number(support[c]), Decided: Number(chosen[c]),
			Precision: Number(right[c] / chosen[c]), Recall: Number(right[c] / support[c]),
			F1: Number(2 * right[c] / (support[c] + chosen[c]))})
	}
	for _, c := range drawn(d, support) {
		out.Curves = append(out.Curves, curvesOf(d, model, c, in.Labels[c]))
	}
	return out
}

// drawn are the classes that get curves: the positive one, or those with most rows, in the order of the classes.
func drawn(d metric.Data, support []float64) []int {
	if d.Problem == sadi.Binary {
		return []int{1}
	}
	all := make([]int, d.Classes)
	for c := range all {
		all[c] = c
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(support[b], support[a]) })
	all = all[:min(len(all), mostCurves)]
	slices.Sort(all)
	return all
}

func weight(d metric.Data, i int) float64 {
	if d.Weights == nil {
		return 1
	}
	return d.Weights[i]
}

// isClass is 1 where row i is of the class.
func isClass(d metric.Data, i, class int) float64 {
	if int(d.Y[i]) == class {
		return 1
	}
	return 0
}

// curvesOf are the curves of a class against the rest. The column of its probabilities has its index, or is the only one.
func curvesOf(d metric.Data, model *metric.Prepared, class int, label string) Curves {
	k := d.Outputs()
	col := 0
	if k > 1 {
		col = class
	}
	score := func(i int32) float64 { return d.Pred[int(i)*k+col] }
	order := model.Order(col)

	// The cumulated weights of the class and of the rest from the top score down, where the score changes.
	var tp, fp, at []float64
	var pos, neg float64
	for j := len(order) - 1; j >= 0; j-- {
		i := order[j]
		if w := weight(d, int(i)); int(d.Y[i]) == class {
			pos += w
		} else {
			neg += w
		}
		if j == 0 || score(order[j-1]) != score(i) {
			tp, fp, at = append(tp, pos), append(fp, neg), append(at, score(i))
		}
	}
	c := Curves{Label: label, ROCAUC: undefined, AveragePrecision: undefined, Calibration: calibrate(d, order, score, class)}
	switch {
	case pos == 0:
		c.Reason = "no row is of this class"
	case neg == 0:
		c.Reason = "all rows are of this class"
	default:
		c.ROCAUC, c.ROC = roc(tp, fp, at)
	}
	if pos > 0 {
		c.AveragePrecision, c.PR = precisionRecall(tp, fp, at)
	}
	return c
}

// safe is x, or 0 where a division by 0 made it none.
func safe(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return x
}

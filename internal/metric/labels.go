package metric

import (
	"math"

	"sadi"
)

// Decide writes the decided class of each row of a classification problem to dst.
func Decide(dst []int32, d Data) {
	if d.Problem == sadi.Binary {
		for i, p := range d.Pred {
			dst[i] = 0
			if p >= 0.5 {
				dst[i] = 1
			}
		}
		return
	}
	k := d.Classes
	for i := range dst {
		best, row := 0, d.Pred[i*k:(i+1)*k]
		for c, p := range row {
			if p > row[best] {
				best = c
			}
		}
		dst[i] = int32(best)
	}
}

// tally counts, for each class, the weight of the rows that are of the class and decided so (tp), that are decided so
// (chosen), and that are of the class (truth). All label metrics follow from these and from the total.
func (v *View) tally() {
	if v.tallied {
		return
	}
	v.tallied = true
	k := v.p.d.Classes
	v.tp, v.chosen, v.truth = zeros(v.tp, k), zeros(v.chosen, k), zeros(v.truth, k)
	decided := v.p.decided()
	for i, y := range v.p.d.Y {
		w, c := v.weight(i), int32(y)
		v.truth[c] += w
		v.chosen[decided[i]] += w
		if decided[i] == c {
			v.tp[c] += w
		}
	}
}

func zeros(s []float64, n int) []float64 {
	s = grow(s, n)
	clear(s)
	return s
}

// ratio is a/b, and 0 where b is 0, as scikit-learn has it for precision, recall, F1 and Jaccard.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// counts are tp, chosen and truth of one class or of the classes together.
type counts struct{ tp, chosen, truth float64 }

func precision(c counts) float64 { return ratio(c.tp, c.chosen) }
func recall(c counts) float64    { return ratio(c.tp, c.truth) }
func f1(c counts) float64        { return ratio(2*c.tp, c.chosen+c.truth) }
func jaccard(c counts) float64   { return ratio(c.tp, c.chosen+c.truth-c.tp) }

// positive is a score of class 1.
func positive(of func(counts) float64) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		v.tally()
		return of(counts{v.tp[1], v.chosen[1], v.truth[1]}), nil
	}
}

// micro is a score of all classes counted together.
func micro(of func(counts) float64) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		v.tally()
		var c counts
		for k := range v.tp {
			c.tp += v.tp[k]
		}
		c.chosen, c.truth = v.total, v.total
		return of(c), nil
	}
}

// macro is the mean of a score over the classes that are true or decided for some row.
func macro(of func(counts) float64) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		v.tally()
		var sum, n float64
		for k := range v.tp {
			if v.truth[k] > 0 || v.chosen[k] > 0 {
				sum += of(counts{v.tp[k], v.chosen[k], v.truth[k]})
				n++
			}
		}
		return sum / n, nil
	}
}

// weighted is the mean of a score over the classes, each with the weight of its rows.
func weighted(of func(counts) float64) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		v.tally()
		var sum float64
		for k := range v.tp {
			sum += float64(v.truth[k] * of(counts{v.tp[k], v.chosen[k], v.truth[k]}))
		}
		return sum / v.total, nil
	}
}

func accuracy(v *View) (float64, error) { return micro(recall)(v) }

// balancedAccuracy is the mean recall of the classes that have rows.
func balancedAccuracy(v *View) (float64, error) {
	v.tally()
	var sum, n float64
	for k, t := range v.truth {
		if t > 0 {
			sum += v.tp[k] / t
			n++
		}
	}
	return sum / n, nil
}

// matthews is the correlation of truth and decision, 0 where either is constant (Gorodkin 2004 for K classes).
func matthews(v *View) (float64, error) {
	v.tally()
	var correct, both, chosen2, truth2 float64
	for k := range v.tp {
		correct += v.tp[k]
		both += float64(v.truth[k] * v.chosen[k])
		chosen2 += float64(v.chosen[k] * v.chosen[k])
		truth2 += float64(v.truth[k] * v.truth[k])
	}
	all := float64(v.total * v.total)
	if spread := float64((all - chosen2) * (all - truth2)); spread > 0 {
		return (float64(correct*v.total) - both) / math.Sqrt(spread), nil
	}
	return 0, nil
}

// likelihoodPositive is LR+, the true positive rate over the false positive rate.
func likelihoodPositive(v *View) (float64, error) {
	v.tally()
	falsePositive := v.chosen[1] - v.tp[1]
	switch {
	case v.truth[1] == 0 || v.truth[0] == 0:
		return 0, oneClass("the likelihood ratio")
	case falsePositive == 0:
		return 0, undefined("the positive likelihood ratio is undefined: no negative row was decided to be positive, so it has no bound")
	}
	return float64(v.tp[1]*v.truth[0]) / float64(falsePositive*v.truth[1]), nil
}

// likelihoodNegative is -LR-, the false negative rate over the true negative rate.
func likelihoodNegative(v *View) (float64, error) {
	v.tally()
	switch {
	case v.truth[1] == 0 || v.truth[0] == 0:
		return 0, oneClass("the likelihood ratio")
	case v.tp[0] == 0:
		return 0, undefined("the negative likelihood ratio is undefined: no negative row was decided to be negative")
	}
	return -float64((v.truth[1]-v.tp[1])*v.truth[0]) / float64(v.tp[0]*v.truth[1]), nil
}

func oneClass(name string) error {
	return undefined("%s is undefined: all rows are of one class", name)
}

// topTwo is the share of rows whose class is among the two most probable, the smaller index first among equals.
func topTwo(v *View) (float64, error) {
	hits, err := v.p.losses("top_k_accuracy", func(d Data, dst []float64) error {
		k := d.Classes
		for i, y := range d.Y {
			row, c := d.Pred[i*k:(i+1)*k], int(y)
			ahead := 0
			for j, p := range row {
				if p > row[c] || p == row[c] && j < c {
					ahead++
				}
			}
			dst[i] = 0
			if ahead < 2 {
				dst[i] = 1
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return v.mean(hits), nil
}

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

// tally counts for each class the weight of the rows that are of the class and decided so (tp, true positives), decided
// so but of another class (fp), and of the class but decided otherwise (fn). All label metrics follow from these.
func (v *View) tally() {
	if v.tallied {
		return
	}
	v.tallied = true
	k := v.p.d.Classes
	v.tp, v.fp, v.fn = zeros(v.tp, k), zeros(v.fp, k), zeros(v.fn, k)
	decided := v.p.decided()
	for i, y := range v.p.d.Y {
		w, c := v.weight(i), int32(y)
		if decided[i] == c {
			v.tp[c] += w
		} else {
			v.fp[decided[i]] += w
			v.fn[c] += w
		}
	}
}

func zeros(s []float64, n int) []float64 {
	s = grow(s, n)
	clear(s)
	return s
}

// counts are what the tally says of one class or of several together.
type counts struct{ tp, fp, fn float64 }

func (v *View) counts(k int) counts { return counts{v.tp[k], v.fp[k], v.fn[k]} }

// truth is the weight of the rows of the class, chosen that of the rows decided so.
func (c counts) truth() float64  { return c.tp + c.fn }
func (c counts) chosen() float64 { return c.tp + c.fp }

func precision(c counts) float64 { return ratio(c.tp, c.tp+c.fp) }
func recall(c counts) float64    { return ratio(c.tp, c.tp+c.fn) }
func f1(c counts) float64        { return ratio(2*c.tp, 2*c.tp+c.fp+c.fn) }
func jaccard(c counts) float64   { return ratio(c.tp, c.tp+c.fp+c.fn) }

// ratio is a/b, and 0 where b is 0, as scikit-learn has it for precision, recall, F1 and Jaccard.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// positive is a score of class 1.
func positive(of func(counts) float64) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		v.tally()
		return of(v.counts(1)), nil
	}
}

// micro is a score of all classes counted together.
func micro(of func(counts) float64) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		v.tally()
		var c counts
		for k := range v.tp {
			c.tp += v.tp[k]
			c.fp += v.fp[k]
		}
		c.fn = c.fp // the same rows, counted at the other class
		return of(c), nil
	}
}

// macro is the mean of a score over the classes that are true or decided for some row.
func macro(of func(counts) float64) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		v.tally()
		var sum, n float64
		for k := range v.tp {
			if c := v.counts(k); c.tp+c.fp+c.fn > 0 {
				sum += of(c)
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
		var sum, total float64
		for k := range v.tp {
			c := v.counts(k)
			sum += float64(c.truth() * of(c))
			total += c.truth()
		}
		return sum / total, nil
	}
}

func accuracy(v *View) (float64, error) { return micro(recall)(v) }

// balancedAccuracy is the mean recall of the classes that have rows.
func balancedAccuracy(v *View) (float64, error) {
	v.tally()
	var sum, n float64
	for k := range v.tp {
		if c := v.counts(k); c.truth() > 0 {
			sum += recall(c)
			n++
		}
	}
	return sum / n, nil
}

// matthews is the correlation of truth and decision, 0 where either is constant (Gorodkin 2004 for K classes).
func matthews(v *View) (float64, error) {
	v.tally()
	var correct, all, both, chosen2, truth2 float64
	var truths, decisions int
	for k := range v.tp {
		c := v.counts(k)
		if c.truth() > 0 {
			truths++
		}
		if c.chosen() > 0 {
			decisions++
		}
		correct += c.tp
		all += c.truth()
		both += float64(c.truth() * c.chosen())
		chosen2 += float64(c.chosen() * c.chosen())
		truth2 += float64(c.truth() * c.truth())
	}
	if truths < 2 || decisions < 2 {
		return 0, nil
	}
	square := float64(all * all)
	return (float64(correct*all) - both) / math.Sqrt(float64((square-chosen2)*(square-truth2))), nil
}

// likelihoodPositive is LR+, the true positive rate over the false positive rate.
func likelihoodPositive(v *View) (float64, error) {
	v.tally()
	pos, neg := v.counts(1), v.counts(0)
	switch {
	case pos.truth() == 0 || neg.truth() == 0:
		return 0, oneClass("the likelihood ratio")
	case pos.fp == 0:
		return 0, undefined("the positive likelihood ratio is undefined: no negative row was decided to be positive, so it has no bound")
	}
	return recall(pos) / (pos.fp / neg.truth()), nil
}

// likelihoodNegative is LR-, the false negative rate over the true negative rate.
func likelihoodNegative(v *View) (float64, error) {
	v.tally()
	pos, neg := v.counts(1), v.counts(0)
	switch {
	case pos.truth() == 0 || neg.truth() == 0:
		return 0, oneClass("the likelihood ratio")
	case neg.tp == 0:
		return 0, undefined("the negative likelihood ratio is undefined: no negative row was decided to be negative")
	}
	return pos.fn / pos.truth() / recall(neg), nil
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

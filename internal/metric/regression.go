package metric

import (
	"math"

	"sadi/internal/elementary"
)

// A loss of a row takes its truth and its prediction.

func squaredError(y, p float64) float64  { e := y - p; return float64(e * e) }
func absoluteError(y, p float64) float64 { return math.Abs(y - p) }
func percentage(y, p float64) float64    { return math.Abs(y-p) / max(math.Abs(y), epsilon) }
func squaredLogError(y, p float64) float64 {
	e := elementary.Log1p(y) - elementary.Log1p(p)
	return float64(e * e)
}

// poissonDeviance is 2 (y ln(y/p) - y + p).
func poissonDeviance(y, p float64) float64 {
	if y == 0 {
		return 2 * p
	}
	return 2 * (float64(y*elementary.Log(y/p)) - y + p)
}

// gammaDeviance is 2 (ln(p/y) + y/p - 1).
func gammaDeviance(y, p float64) float64 { return 2 * (elementary.Log(p/y) + y/p - 1) }

// domain says which truths and predictions a loss is defined for.
type domain struct {
	truth, prediction func(float64) bool
	text              string
}

var (
	anywhere    = domain{}
	nonNegative = domain{atLeastZero, atLeastZero, "targets and predictions of at least 0"}
	counting    = domain{atLeastZero, aboveZero, "targets of at least 0 and predictions above 0"}
	strictly    = domain{aboveZero, aboveZero, "targets and predictions above 0"}
)

func atLeastZero(v float64) bool { return v >= 0 }
func aboveZero(v float64) bool   { return v > 0 }

// rowLosses fills a loss for each row, or says which row it is not defined for.
func rowLosses(name string, loss func(y, p float64) float64, in domain) func(d Data, dst []float64) error {
	return func(d Data, dst []float64) error {
		for i, y := range d.Y {
			p := d.Pred[i]
			if in.truth != nil && !in.truth(y) {
				return undefined("%s is undefined: it needs %s, and a target is %v", name, in.text, y)
			}
			if in.prediction != nil && !in.prediction(p) {
				return undefined("%s is undefined: it needs %s, and a prediction is %v", name, in.text, p)
			}
			dst[i] = loss(y, p)
		}
		return nil
	}
}

// negMean is minus the weighted mean of a loss.
func negMean(name string, loss func(y, p float64) float64, in domain) func(*View) (float64, error) {
	fill := rowLosses(name, loss, in)
	return func(v *View) (float64, error) {
		l, err := v.p.losses(name, fill)
		if err != nil {
			return 0, err
		}
		return -v.mean(l), nil
	}
}

// negRoot is minus the root of the weighted mean of a loss.
func negRoot(name string, loss func(y, p float64) float64, in domain) func(*View) (float64, error) {
	mean := negMean(name, loss, in)
	return func(v *View) (float64, error) {
		m, err := mean(v)
		return -math.Sqrt(-m), err
	}
}

var (
	squaredErrors  = rowLosses("the squared error", squaredError, anywhere)
	absoluteErrors = rowLosses("the absolute error", absoluteError, anywhere)
)

// share is 1 - part/whole: 1 where nothing is left of a whole of 0, and 0 where something is, as in scikit-learn.
func share(part, whole float64) float64 {
	switch {
	case part == 0:
		return 1
	case whole == 0:
		return 0
	}
	return 1 - part/whole
}

// r2 is the share of the variance that the prediction explains.
func r2(v *View) (float64, error) {
	if v.rows < 2 {
		return 0, undefined("R² is undefined for fewer than two rows")
	}
	l, err := v.p.losses("the squared error", squaredErrors)
	if err != nil {
		return 0, err
	}
	return share(v.mean(l), v.variance(v.p.d.Y)), nil
}

// variance is the weighted mean of the squared distances from the weighted mean, exactly 0 where all are equal.
func (v *View) variance(x []float64) float64 {
	m := v.mean(x)
	var sum float64
	for i, a := range x {
		sum += float64(v.weight(i) * float64((a-m)*(a-m)))
	}
	// The mean is rounded, so the sum need not be 0 where it should be.
	if scale := m * 0x1p-20; sum <= float64(v.total*float64(scale*scale)) && v.constant(x) {
		return 0
	}
	return sum / v.total
}

// constant reports whether all rows have the same value.
func (v *View) constant(x []float64) bool {
	first := math.NaN()
	for i, a := range x {
		if v.weight(i) == 0 {
			continue
		}
		if first == first && a != first {
			return false
		}
		first = a
	}
	return true
}

// explainedVariance is r2 for a prediction that is freed of its bias.
func explainedVariance(v *View) (float64, error) {
	e, err := v.p.losses("the error", rowLosses("the error", func(y, p float64) float64 { return y - p }, anywhere))
	if err != nil {
		return 0, err
	}
	return share(v.variance(e), v.variance(v.p.d.Y)), nil
}

func maxError(v *View) (float64, error) {
	l, err := v.p.losses("the absolute error", absoluteErrors)
	if err != nil {
		return 0, err
	}
	var worst float64
	for i, a := range l {
		if a > worst && v.weight(i) > 0 {
			worst = a
		}
	}
	return -worst, nil
}

func medianAbsoluteError(v *View) (float64, error) {
	l, err := v.p.losses("the absolute error", absoluteErrors)
	if err != nil {
		return 0, err
	}
	return -v.median("the absolute error in order", l), nil
}

// d2AbsoluteError is the share of the absolute deviation from the median that the prediction does away with.
func d2AbsoluteError(v *View) (float64, error) {
	if v.rows < 2 {
		return 0, undefined("D² of the absolute error is undefined for fewer than two rows")
	}
	l, err := v.p.losses("the absolute error", absoluteErrors)
	if err != nil {
		return 0, err
	}
	middle := v.median("the target in order", v.p.d.Y)
	var spread float64
	for i, y := range v.p.d.Y {
		if w := v.weight(i); w > 0 {
			spread += float64(w * math.Abs(y-middle))
		}
	}
	return share(v.mean(l), spread/v.total), nil
}

// median is the value with half of the weight on each side, the middle of the two where the halves meet between two
// values. With whole weights it is the median of the repeated rows (scikit-learn < 1.7 took the lower of the two).
func (v *View) median(key string, x []float64) float64 {
	order := v.p.derive(key, func(m *memo) {
		m.n = v.p.byValue(m.n, func(i int) float64 { return x[i] })
	}).n
	var below float64
	half := v.total / 2
	for at, i := range order {
		w := v.weight(int(i))
		below += w
		if w == 0 || below < half {
			continue
		}
		if below > half {
			return x[i]
		}
		for _, j := range order[at+1:] {
			if v.weight(int(j)) > 0 {
				return x[i] + float64((x[j]-x[i])/2)
			}
		}
		return x[i]
	}
	return x[order[len(order)-1]] // rounding left the sum just below the half
}

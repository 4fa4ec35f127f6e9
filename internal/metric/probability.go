package metric

import (
	"sadi"
	"sadi/internal/elementary"
)

// epsilon is how far from 0 and 1 the log loss keeps probabilities: the spacing of float64 at 1, as scikit-learn ≥ 1.2.
const epsilon = 0x1p-52

// logLosses are -ln p(class of the row), the probabilities being clipped to [ε, 1-ε] and made to add up to 1.
func logLosses(d Data, dst []float64) error {
	if err := checkProbabilities(d); err != nil {
		return err
	}
	if d.Problem == sadi.Binary {
		for i, p := range d.Pred {
			p = min(max(p, epsilon), 1-epsilon)
			if d.Y[i] == 0 {
				p = 1 - p
			}
			dst[i] = -elementary.Log(p)
		}
		return nil
	}
	k := d.Classes
	for i, y := range d.Y {
		row := d.Pred[i*k : (i+1)*k]
		var sum float64
		for _, p := range row {
			sum += min(max(p, epsilon), 1-epsilon)
		}
		dst[i] = -elementary.Log(min(max(row[int(y)], epsilon), 1-epsilon) / sum)
	}
	return nil
}

// brierLosses are the squared distances of the probabilities from the truth: of P(class 1) in a binary problem, summed
// over the classes otherwise, as scikit-learn ≥ 1.7.
func brierLosses(d Data, dst []float64) error {
	if err := checkProbabilities(d); err != nil {
		return err
	}
	if d.Problem == sadi.Binary {
		for i, p := range d.Pred {
			e := d.Y[i] - p
			dst[i] = float64(e * e)
		}
		return nil
	}
	k := d.Classes
	for i, y := range d.Y {
		var sum float64
		for c, p := range d.Pred[i*k : (i+1)*k] {
			if c == int(y) {
				p = 1 - p
			}
			sum += float64(p * p)
		}
		dst[i] = sum
	}
	return nil
}

// checkProbabilities leaves room for what rounding does to a blend.
func checkProbabilities(d Data) error {
	for i, p := range d.Pred {
		if p < -1e-9 || p > 1+1e-9 {
			return sadi.Errorf(sadi.Internal, "the prediction %v is not a probability", p).At("row %d", i/d.Outputs())
		}
	}
	return nil
}

func logLoss(v *View) (float64, error) {
	l, err := v.p.losses("log", logLosses)
	if err != nil {
		return 0, err
	}
	return v.mean(l), nil
}

func brier(v *View) (float64, error) {
	l, err := v.p.losses("brier", brierLosses)
	if err != nil {
		return 0, err
	}
	return v.mean(l), nil
}

// d2LogLoss is the share of the log loss of the class frequencies that the prediction does away with.
func d2LogLoss(v *View) (float64, error) {
	loss, err := logLoss(v)
	if err != nil {
		return 0, err
	}
	v.tally()
	var null float64
	for k := range v.tp {
		if f := v.counts(k).truth() / v.total; f > 0 {
			null -= float64(f * elementary.Log(f))
		}
	}
	if null <= 0 {
		return 0, oneClass("D² of the log loss")
	}
	return 1 - loss/null, nil
}

// d2Brier is the share of the Brier score of the class frequencies that the prediction does away with.
func d2Brier(v *View) (float64, error) {
	loss, err := brier(v)
	if err != nil {
		return 0, err
	}
	v.tally()
	var null float64
	for k := range v.tp {
		f := v.counts(k).truth() / v.total
		null += float64(f * (1 - f))
	}
	if v.p.d.Problem == sadi.Binary {
		null /= 2
	}
	if null <= 0 {
		return 0, oneClass("D² of the Brier score")
	}
	return 1 - loss/null, nil
}

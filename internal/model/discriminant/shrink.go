package discriminant

import (
	"sadi/internal/num"
	"sadi/internal/param"
)

// shrunk is the covariance (1 − amount)·Σ_c + amount·diag(target).
type shrunk struct {
	amount float64
	target []float64
}

// shrink says how the covariance of the class is drawn towards the identity. Only features that vary among all rows count.
func (c *class) shrink(values param.Values, variance []float64) shrunk {
	s := shrunk{target: make([]float64, len(variance))}
	d, p := len(variance), 0.0
	var traceOfCorr, trace float64
	for j, v := range variance {
		if v > 0 {
			p++
			traceOfCorr += c.corr[j*d+j]
			trace += float64(c.spread[j] * c.spread[j])
		}
	}
	if p == 0 {
		return s
	}
	kind := values.Choice("shrinkage")
	switch kind {
	case "auto":
		s.amount = c.ledoitWolf(traceOfCorr/p, p)
	case "amount":
		s.amount = values.Float("shrinkage_amount")
	}
	for j, v := range variance {
		switch {
		case v == 0:
		case kind != "auto":
			s.target[j] = trace / p
		case c.spread[j] > 0:
			s.target[j] = float64(traceOfCorr/p*c.spread[j]) * c.spread[j]
		default:
			s.target[j] = traceOfCorr / p // in the unit of the prepared feature, as the class has none
		}
	}
	return s
}

// ledoitWolf is the advised amount for R among p features whose mean variance is mu.
func (c *class) ledoitWolf(mu, p float64) float64 {
	squares := num.Dot(c.corr, c.corr)
	distance := squares/p - float64(mu*mu) // |R − μI|²/p
	if !(distance > 0) {
		return 0
	}
	error2 := (c.fourth - squares) / (c.weight * p) // of R as an estimate
	return max(0, min(1, error2/distance))
}

// addTo adds π times the shrunken covariance to the matrix.
func (c *class) addTo(within []float64, s shrunk) {
	d := len(c.spread)
	for i := range d {
		for j := range d {
			within[i*d+j] += float64(c.share * (1 - s.amount) * c.spread[i] * c.corr[i*d+j] * c.spread[j])
		}
		within[i*d+i] += float64(c.share * s.amount * s.target[i])
	}
}

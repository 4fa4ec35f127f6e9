package main

import (
	"math"
	"slices"
)

// outcome is one training.
type outcome struct {
	Train   float64 `json:"train"`   // seconds, from the matrix to the model
	CPU     float64 `json:"cpu"`     // processor seconds of that, which a busy machine changes less
	Binning float64 `json:"binning"` // seconds of that
	Grown   float64 `json:"grown"`   // MB by which the process grew
	Predict float64 `json:"predict"` // seconds for the rows that judge
	Score   float64 `json:"score"`
	Lower   bool    `json:"lower"` // a lower score is better
}

func values(o []outcome, of func(outcome) float64) []float64 {
	v := make([]float64, len(o))
	for i := range o {
		v[i] = of(o[i])
	}
	return v
}

func median(o []outcome, of func(outcome) float64) float64 { return middle(values(o, of)) }

func middle(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func average(o []outcome, of func(outcome) float64) float64 {
	sum := 0.0
	for _, x := range values(o, of) {
		sum += x
	}
	return sum / float64(len(o))
}

// ratio is the median of a's over b's, round by round.
func ratio(a, b []outcome, of func(outcome) float64) float64 {
	if len(a) != len(b) {
		return math.NaN()
	}
	v, w := values(a, of), values(b, of)
	for i := range v {
		v[i] /= w[i]
	}
	return middle(v)
}

// student are the quantiles .975 of Student's t for 1, 2, … degrees of freedom.
var student = []float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228}

// interval is the mean advantage of ours in score, and half of its 95 % interval, over the paired rounds.
func interval(ours, theirs []outcome) (mean, half float64) {
	n := len(ours)
	if n < 2 || len(theirs) != n {
		return math.NaN(), math.NaN()
	}
	d := make([]float64, n)
	for i := range d {
		d[i] = ours[i].Score - theirs[i].Score
		if ours[i].Lower {
			d[i] = -d[i]
		}
		mean += d[i] / float64(n)
	}
	variance := 0.0
	for _, x := range d {
		variance += (x - mean) * (x - mean) / float64(n-1)
	}
	t := 1.96
	if n-2 < len(student) {
		t = student[n-2]
	}
	return mean, t * math.Sqrt(variance/float64(n))
}

package trial

import (
	"math"

	"sadi/internal/dataset"
	"sadi/internal/metric"
)

// score is the metric on one fold, NaN where it is undefined (one class only, say).
func (j *Job) score(s dataset.Set, pred []float64) float64 {
	v, err := j.Scorer.Score(MetricData(s.Y, s.Weights, pred))
	if err != nil {
		return math.NaN()
	}
	return v
}

// MetricData is the form in which scorers take a target and its predictions.
func MetricData(y dataset.Target, weights, pred []float64) metric.Data {
	return metric.Data{Y: y.Y, Pred: pred, Weights: weights, Problem: y.Problem, Classes: y.Classes}
}

// Mean is the score of a trial: the mean over the folds on which the metric is defined, NaN if there is none.
func Mean(scores []float64) float64 {
	var sum float64
	var n int
	for _, s := range scores {
		if !math.IsNaN(s) {
			sum += s
			n++
		}
	}
	return sum / float64(n)
}

// firstUnusable is the index of the first prediction that is NaN or infinite, or -1.
func firstUnusable(pred []float64) int {
	for i, v := range pred {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return i
		}
	}
	return -1
}

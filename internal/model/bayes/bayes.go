// Package bayes is what classifiers by Bayes' rule share: the probability of a class is its prior times its density, over the
// sum of these.
package bayes

import (
	"sadi/internal/elementary"
	"sadi/internal/num"
	"sadi/internal/param"
)

// Absent is the logarithm of the prior of a class that has no row, and the least of all logarithms.
const Absent = -1e300

// Priors is the parameter that says what the priors are.
var Priors = param.Param{Name: "priors", Kind: param.Choice, Choices: []string{"shares", "uniform"}, Default: "shares",
	Desc: "Probabilities of the classes before anything is known of a row: their shares of the weight, or all the same."}

// Uniform reports whether the priors of all classes with rows are the same.
func Uniform(values param.Values) bool { return values.Choice(Priors.Name) == "uniform" }

// LogPriors are the logarithms of the priors, which need not add up to 1; that of a class without rows is 0.
func LogPriors(priors []float64) []float64 {
	logs := make([]float64, len(priors))
	for c, p := range priors {
		if logs[c] = Absent; p > 0 {
			logs[c] = elementary.Log(p)
		}
	}
	return logs
}

// Posterior writes the probabilities of a row, or that of the second class where there is one output. logs are the logarithms
// of prior times density; where only one class is declared, it is the first.
func Posterior(dst, logs []float64) {
	switch {
	case len(dst) > 1:
		num.Softmax(dst, logs)
	case len(logs) > 1:
		dst[0] = num.Logistic(logs[1] - logs[0])
	default:
		dst[0] = 0
	}
}

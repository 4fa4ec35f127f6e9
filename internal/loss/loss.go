// Package loss gives the pointwise losses that boosting and linear models minimise, on raw scores.
//
// Notation used here:
//
//	n  rows   i  a row
//	K  outputs: raw scores of a row (the classes for Softmax, otherwise 1)
//	f  raw score, any real number          y  truth      w  weight
//	ℓ  value of a loss at (y, f), g = ∂ℓ/∂f, h = ∂²ℓ/∂f² (its diagonal for K outputs)
//
// Everything is computed in float64; gradients and hessians leave as float32, brought into its range. Raw scores of
// any finite size are fine: nothing overflows.
package loss

import (
	"math"

	"sadi"
	"sadi/internal/num"
)

// Loss is a pointwise loss. Implementations are values without state, so a kernel may run on many row ranges at once.
type Loss interface {
	Name() string // pinned: it stands in model files
	Outputs() int // K
	// Check says which truth the loss is not defined for, or nil.
	Check(y []float64) error
	// Init is the constant raw score, K numbers, with the least total loss. w may be nil.
	Init(y, w []float64) []float64
	// Value is ℓ for one row; raw has K numbers. Terms of y alone are left out.
	Value(y float64, raw []float64) float64
	// GradHess writes w·g and w·h of n rows to g and h (n × K row-major, as raw is); w may be nil. Rows do not depend
	// on each other, so callers may cut them into blocks.
	GradHess(g, h []float32, y, raw, w []float64)
	// Link turns raw scores of n rows into predictions: P(class 1), K probabilities, or the expected value. dst has
	// the shape of raw and may be raw.
	Link(dst, raw []float64)
}

// Leafwise is a loss whose hessian says nothing about its shape, so that a Newton step is a guess: the best step for a
// group of rows is the weighted Alpha-quantile of their y - f.
type Leafwise interface {
	Loss
	Quantile() float64
}

// Default is the loss of a problem: Logistic, Softmax or Squared.
func Default(p sadi.Problem, classes int) Loss {
	switch p {
	case sadi.Binary:
		return Logistic{}
	case sadi.Multiclass:
		return Softmax{Classes: classes}
	}
	return Squared{}
}

// Names lists the losses, by their pinned names.
func Names() []string {
	return []string{"logistic", "softmax", "squared", "absolute", "huber", "quantile", "poisson", "gamma", "tweedie", "pseudo_huber"}
}

// LogLink reports whether predictions are exponentials of raw scores, so that a step that is long for a Newton step
// multiplies them.
func LogLink(l Loss) bool {
	switch l.(type) {
	case Poisson, Gamma, Tweedie:
		return true
	}
	return false
}

// Identity reports whether the link of a loss leaves the raw score as it is.
func Identity(l Loss) bool {
	switch l.(type) {
	case Logistic, Softmax:
		return false
	}
	return !LogLink(l)
}

// Shape is the number that Named wants beside the name to give the same loss.
func Shape(l Loss) float64 {
	switch l := l.(type) {
	case Huber:
		return l.Delta
	case PseudoHuber:
		return l.Delta
	case Quantile:
		return l.Alpha
	case Poisson:
		return l.Step
	case Tweedie:
		return l.Power
	}
	return 0
}

// Named is the loss of a name. classes is for softmax; shape is the Delta of huber and pseudo_huber, the Alpha of
// quantile, the Step of poisson and the Power of tweedie, 0 meaning the default, and must be 0 for the others.
func Named(name string, classes int, shape float64) (Loss, error) {
	bad := func(what string) (Loss, error) {
		return nil, sadi.Errorf(sadi.BadUsage, "the %s of the loss %s can not be %v", what, name, shape)
	}
	switch name {
	case "huber":
		if !(shape >= 0 && shape <= math.MaxFloat64) {
			return bad("delta")
		}
		return Huber{Delta: shape}, nil
	case "pseudo_huber":
		if !(shape >= 0 && shape <= math.MaxFloat64) {
			return bad("delta")
		}
		return PseudoHuber{Delta: shape}, nil
	case "poisson":
		if !(shape >= 0 && shape <= 100) {
			return bad("step")
		}
		return Poisson{Step: shape}, nil
	case "quantile":
		if !(shape >= 0 && shape < 1) {
			return bad("alpha")
		}
		return Quantile{Alpha: shape}, nil
	case "tweedie":
		if !(shape == 0 || shape > 1 && shape < 2) {
			return bad("power")
		}
		return Tweedie{Power: shape}, nil
	}
	if shape != 0 {
		return bad("shape")
	}
	switch name {
	case "logistic":
		return Logistic{}, nil
	case "softmax":
		if classes < 2 {
			return nil, sadi.Errorf(sadi.BadUsage, "the loss softmax needs at least two classes and is given %d", classes)
		}
		return Softmax{Classes: classes}, nil
	case "squared":
		return Squared{}, nil
	case "absolute":
		return Absolute{}, nil
	case "gamma":
		return Gamma{}, nil
	}
	return nil, sadi.Errorf(sadi.BadUsage, "%q is not the name of a loss", name)
}

// single brings a number into the range of float32.
func single(x float64) float32 {
	return float32(min(max(x, -math.MaxFloat32), math.MaxFloat32))
}

// weight is w[i], or 1 where there are no weights.
func weight(w []float64, i int) float64 {
	if w == nil {
		return 1
	}
	return w[i]
}

// mean is the weighted mean, 0 where no row weighs anything.
func mean(y, w []float64) float64 {
	var sum, total num.Exact // the order of the rows is not to show
	for i, v := range y {
		sum.Add(float64(weight(w, i) * v))
		total.Add(weight(w, i))
	}
	if total.Value() == 0 {
		return 0
	}
	return sum.Value() / total.Value()
}

// check is the error of the first truth that is not allowed.
func check(y []float64, name, text string, allowed func(float64) bool) error {
	for i, v := range y {
		if !allowed(v) || math.IsInf(v, 0) {
			return sadi.Errorf(sadi.BadData, "the loss %s needs %s, and a target is %v", name, text, v).At("row %d", i)
		}
	}
	return nil
}

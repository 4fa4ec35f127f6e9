package svm

import (
	"math"

	"sadi"
	"sadi/internal/num"
)

// kernelKind is a similarity of two rows. The numbers stand in model files.
type kernelKind uint8

const (
	rbf kernelKind = iota
	linearKernel
	poly
	sigmoid
)

var kernelNames = [...]string{"rbf", "linear", "poly", "sigmoid"}

// kernel is a similarity with its parameters.
type kernel struct {
	kind         kernelKind
	degree       int
	gamma, coef0 float64
}

// maxSimilarity bounds similarities, so that sums of them stay finite.
const maxSimilarity = 1e100

// apply turns the products x·z of a row with others into similarities; square is |x|², squares are the |z|². It is the
// same for x and z exchanged, bit by bit.
func (k *kernel) apply(products []float64, square float64, squares []float64) {
	switch k.kind {
	case rbf:
		for i, p := range products {
			products[i] = -k.gamma * max(0, square+squares[i]-float64(2*p))
		}
		num.Exp(products, products)
	case linearKernel:
		for i, p := range products {
			products[i] = bounded(p)
		}
	case poly:
		for i, p := range products {
			products[i] = bounded(power(float64(k.gamma*p)+k.coef0, k.degree))
		}
	case sigmoid: // tanh t = 1 − 2/(1 + e^2t)
		for i, p := range products {
			products[i] = 2 * (float64(k.gamma*p) + k.coef0)
		}
		num.Exp(products, products)
		for i, e := range products {
			products[i] = 1 - 2/(1+e)
		}
	}
}

// bounded keeps a similarity finite; a NaN, which only features beyond all measure give, becomes 0.
func bounded(v float64) float64 {
	if v != v {
		return 0
	}
	return max(-maxSimilarity, min(maxSimilarity, v))
}

// power is x^n by repeated squaring.
func power(x float64, n int) float64 {
	p := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			p *= x
		}
		x *= x
	}
	return p
}

// scaled is the kernel with γ itself in place of γ in a unit, and an error if similarities of the points would not fit into
// 32 bits.
func (k kernel) scaled(unit string, s *sample) (kernel, error) {
	switch d := float64(len(s.cols)); {
	case unit == "number" || d == 0:
	case unit == "auto":
		k.gamma /= d
	default:
		if v := s.variance(); v > 0 {
			k.gamma /= d * v
		}
	}
	k.gamma = min(k.gamma, math.MaxFloat64)
	top := 0.0
	for _, col := range s.cols {
		largest := 0.0
		for _, v := range col {
			largest = max(largest, math.Abs(float64(v)))
		}
		top += float64(largest * largest)
	}
	const most = 1e30
	switch k.kind {
	case linearKernel:
	case poly:
		top = power(float64(k.gamma*top)+math.Abs(k.coef0), k.degree)
	default:
		return k, nil
	}
	if !(top <= most) {
		return k, sadi.Errorf(sadi.BadData, "the features are so large that a %s kernel of them has no room in a number", kernelNames[k.kind]).
			At("kernel").Advise("take the kernel rbf, or features of about the size 1")
	}
	return k, nil
}

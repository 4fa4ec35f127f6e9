package tpe

import (
	"math"
	"math/rand/v2"

	"sadi/internal/elementary"
	"sadi/internal/search"
)

// parzen is a density on the unit box: a mixture of one kernel around each observed point and one wide kernel, the
// prior, around the middle. A kernel is a product over the axes: a normal truncated to [0, 1] for a number, a table of
// probabilities for a word. An int takes the mass of its cell, so that its density and a float's are alike.
type parzen struct {
	axes    []search.Axis
	centres [][]float64 // by kernel and axis; NaN = the prior's kernel on this axis
	logMass [][]float64 // by kernel and axis: ln of a number's normal mass within [0, 1]
	logW    []float64   // ln of the kernels' weights, which add up to 1
	sum     []float64   // running sums of the weights
	sigma   float64     // width of the observed points' kernels, the same on every axis
	share   float64     // of the prior in an observed point's table of words
}

const (
	priorMean  = 0.5
	priorSigma = 1.0
	widthAtOne = 0.2 // width of the kernel of a single observation
)

// newParzen is the density of the points of the given results, which are in ask order.
func newParzen(space search.Space, history []search.Result, which []int) *parzen {
	n, d := len(which), len(space.Axes)
	p := &parzen{axes: space.Axes, share: 1 / float64(n+1)}
	// Scott's rule, but no narrower than the number of kernels warrants ("magic clipping").
	p.sigma = widthAtOne * elementary.Pow(float64(max(n, 1)), -1/float64(d+4))
	p.sigma = min(max(p.sigma, 1/min(100, float64(n+2))), 1)
	weights := recency(n)
	for _, i := range which {
		p.centres = append(p.centres, space.Point(history[i].Values))
	}
	prior := make([]float64, d)
	for j := range prior {
		prior[j] = math.NaN()
	}
	p.centres, weights = append(p.centres, prior), append(weights, 1)
	for _, c := range p.centres {
		mass := make([]float64, d)
		for j, a := range p.axes {
			if mu, sigma := p.kernel(c[j]); a.Levels == 0 {
				mass[j] = elementary.Log(normalMass((0-mu)/sigma, (1-mu)/sigma))
			}
		}
		p.logMass = append(p.logMass, mass)
	}
	var total float64
	for _, w := range weights {
		total += w
	}
	var sum float64
	for _, w := range weights {
		sum += w / total
		p.logW, p.sum = append(p.logW, elementary.Log(w/total)), append(p.sum, sum)
	}
	return p
}

// recency are the weights of n observations: 1 for the latest 25, falling evenly to 1/n for the oldest.
func recency(n int) []float64 {
	const flat = 25
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
		if ramp := n - flat; i < ramp {
			w[i] = 1 / float64(n)
			if ramp > 1 {
				w[i] += float64((1 - 1/float64(n)) * (float64(i) / float64(ramp-1)))
			}
		}
	}
	return w
}

// kernel is the mean and the width of a number's kernel.
func (p *parzen) kernel(centre float64) (mu, sigma float64) {
	if math.IsNaN(centre) {
		return priorMean, priorSigma
	}
	return centre, p.sigma
}

// chance is the probability of a word under the kernel of a centre.
func (p *parzen) chance(a search.Axis, centre float64, level int) float64 {
	k := float64(a.Levels)
	if math.IsNaN(centre) {
		return 1 / k
	}
	c := p.share
	if a.Level(centre) == level {
		c++
	}
	return c / (1 + float64(k*p.share))
}

// draw draws a point: a kernel by weight, then each axis from it.
func (p *parzen) draw(r *rand.Rand) []float64 {
	k, at := 0, r.Float64()
	for k < len(p.sum)-1 && p.sum[k] <= at {
		k++
	}
	u := make([]float64, len(p.axes))
	for j, a := range p.axes {
		x, centre := r.Float64(), p.centres[k][j]
		if a.Levels == 0 {
			mu, sigma := p.kernel(centre)
			u[j] = truncatedQuantile(x, mu, sigma)
			continue
		}
		level := 0
		for level < a.Levels-1 {
			if x -= p.chance(a, centre, level); x < 0 {
				break
			}
			level++
		}
		u[j] = (float64(level) + 0.5) / float64(a.Levels)
	}
	return u
}

// logDensity is ln of the density at u, up to a constant that depends on u alone (the widths of its cells).
func (p *parzen) logDensity(u []float64) float64 {
	terms := make([]float64, len(p.centres))
	copy(terms, p.logW)
	for j, a := range p.axes {
		lo, hi := a.Cell(u[j])
		for k := range terms {
			centre := p.centres[k][j]
			if a.Levels > 0 {
				terms[k] += elementary.Log(p.chance(a, centre, a.Level(u[j])))
				continue
			}
			mu, sigma := p.kernel(centre)
			terms[k] += logNormal(lo, hi, mu, sigma) - p.logMass[k][j]
		}
	}
	return logSumExp(terms)
}

// logNormal is ln of the mass of [lo, hi], or of the density at lo = hi, under a normal.
func logNormal(lo, hi, mu, sigma float64) float64 {
	if lo == hi {
		z := (lo - mu) / sigma
		return float64(-z*z/2) - elementary.Log(sigma*math.Sqrt(2*math.Pi))
	}
	return elementary.Log(normalMass((lo-mu)/sigma, (hi-mu)/sigma))
}

// normalMass is the mass of the standard normal on [a, b], exact in both tails.
func normalMass(a, b float64) float64 {
	if a > 0 {
		a, b = -b, -a
	}
	return (elementary.Erfc(-b/math.Sqrt2) - elementary.Erfc(-a/math.Sqrt2)) / 2
}

// truncatedQuantile is the x-quantile of a normal truncated to [0, 1], whose mean lies within.
func truncatedQuantile(x, mu, sigma float64) float64 {
	a, b := elementary.Erf((0-mu)/(sigma*math.Sqrt2)), elementary.Erf((1-mu)/(sigma*math.Sqrt2))
	z := math.Sqrt2 * elementary.Erfinv(float64(a*(1-x))+float64(b*x))
	return min(max(mu+float64(sigma*z), 0), 1)
}

// logSumExp is ln Σ exp(x).
func logSumExp(x []float64) float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = max(top, v)
	}
	if math.IsInf(top, -1) {
		return top
	}
	var sum float64
	for _, v := range x {
		sum += elementary.Exp(v - top)
	}
	return top + elementary.Log(sum)
}

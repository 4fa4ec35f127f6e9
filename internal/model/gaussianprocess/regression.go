package gaussianprocess

import (
	"context"
	"math"
	"slices"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/model"
	"sadi/internal/num"
	"sadi/internal/param"
)

const (
	leastNoise = 1e-6
	bound      = 1e5   // of c, l and σ², and one over it
	jitter     = 1e-10 // is added to the diagonal of K, and ten times as much as long as K has no factor
)

// response is the regression of a target on rows: K + diag(σ²/w).
type response struct {
	cols [][]float32
	y    []float64 // of mean 0 and variance 1
	w    []float64 // of mean 1; nil = all 1
}

func (s *response) noise(level float64, i int) float64 {
	if s.w == nil {
		return level
	}
	return level / s.w[i]
}

// likelihood is the log marginal likelihood (algorithm 2.1) and, if gradient is not nil, its gradient by θ (5.9).
func (s *response) likelihood(k *kernel, level float64, gradient []float64) float64 {
	n := len(s.y)
	p := k.pointsOf(s.cols)
	width := n + 1
	if gradient != nil {
		width += n
	}
	a, slope := k.matrix(p, width, gradient != nil)
	cov := a
	if gradient != nil {
		cov = append([]float64(nil), a...)
	}
	for i, y := range s.y {
		a[i*width+i] += s.noise(level, i) + jitter
		a[i*width+n] = y
		if gradient != nil {
			a[i*width+n+1+i] = 1
		}
	}
	if !num.Cholesky(a, n, width, 1e-14) {
		return math.Inf(-1)
	}
	value := -float64(n) / 2 * (math.Ln2 + elementary.Log(math.Pi))
	for i := range n {
		z := a[i*width+n]
		value -= float64(z*z/2) + elementary.Log(a[i*width+i])
	}
	if gradient == nil {
		return value
	}
	// M = ½(αα' − K⁻¹), with K⁻¹ = V'V and α = V'z for V = U'⁻¹.
	m := make([]float64, n*n)
	alpha := make([]float64, n)
	for i := range n {
		num.Axpy(alpha, a[i*width+n], a[i*width+n+1:(i+1)*width])
	}
	crossed(m, a[n+1:], width, n)
	for i := range n {
		for j := i; j < n; j++ {
			m[i*n+j] = (float64(alpha[i]*alpha[j]) + m[i*n+j]) / 2
		}
	}
	k.contract(gradient[:len(gradient)-1], m, cov, width, slope, p)
	last := 0.0
	for i := range n {
		last += float64(m[i*n+i] * s.noise(level, i))
	}
	gradient[len(gradient)-1] = last
	return value
}

// crossed subtracts V'V from m, n × n, on and above the diagonal. V is lower triangular; its rows are width apart.
func crossed(m, v []float64, width, n int) {
	var c [4]float64
	var x [4][]float64
	zero := make([]float64, n)
	for p := 0; p < n; p += 4 {
		for k := range x {
			x[k] = zero
			if p+k < n {
				x[k] = v[(p+k)*width : (p+k)*width+n]
			}
		}
		last := min(p+4, n)
		for i := range last {
			var from [4][]float64
			for k := range x {
				c[k], from[k] = x[k][i], x[k][i:]
			}
			num.SubtractFour(m[i*n+i:i*n+last], &c, &from)
		}
	}
}

// tune maximises the likelihood.
func (s *response) tune(ctx context.Context, k kernel, level float64, o *options) (kernel, float64, error) {
	theta := append(k.theta(), elementary.Log(level))
	least, most := bounds(len(theta))
	least[len(theta)-1] = elementary.Log(leastNoise)
	theta, err := ascent(ctx, theta, least, most, o.maxIter, o.tol, func(theta, gradient []float64) (float64, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		at, last := k.at(theta[:len(theta)-1]), elementary.Exp(theta[len(theta)-1])
		return s.likelihood(&at, last, gradient), nil
	})
	if err != nil {
		return k, 0, err
	}
	return k.at(theta[:len(theta)-1]), elementary.Exp(theta[len(theta)-1]), nil
}

// theta are the logarithms of the kernel's parameters.
func (k *kernel) theta() []float64 {
	t := []float64{elementary.Log(k.Constant)}
	for _, l := range k.Scales {
		t = append(t, elementary.Log(l))
	}
	return t
}

// at is the kernel of other parameters.
func (k *kernel) at(theta []float64) kernel {
	other := kernel{shape: k.shape, Constant: elementary.Exp(theta[0])}
	for _, l := range theta[1:] {
		other.Scales = append(other.Scales, elementary.Exp(l))
	}
	return other
}

func bounds(n int) (least, most []float64) {
	for range n {
		most = append(most, elementary.Log(bound))
		least = append(least, -elementary.Log(bound))
	}
	return least, most
}

// solve is α = (K + diag(σ²/w))⁻¹y.
func (s *response) solve(k *kernel, level float64) []float64 {
	n := len(s.y)
	p := k.pointsOf(s.cols)
	for extra := jitter; ; extra *= 10 {
		a, _ := k.matrix(p, n+1, false)
		for i, y := range s.y {
			a[i*(n+1)+i] += s.noise(level, i) + extra
			a[i*(n+1)+n] = y
		}
		if !num.Cholesky(a, n, n+1, 1e-14) {
			continue // ends: with enough on its diagonal every matrix has a factor
		}
		alpha := make([]float64, n)
		for i := n - 1; i >= 0; i-- {
			row := a[i*(n+1) : (i+1)*(n+1)]
			alpha[i] = (row[n] - num.Dot(row[i+1:n], alpha[i+1:])) / row[i]
		}
		return alpha
	}
}

func fitRegressor(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	if err := check(ctx, train); err != nil {
		return nil, err
	}
	o := optionsOf(values, train.X)
	set := model.Sample(train.Set, o.maxRows)
	f := &Fitted{kind: sadi.RegressionValue, outputs: 1, cols: set.X.Cols, processes: make([]process, 1)}
	full := response{cols: set.X.Cols}
	full.w, full.y, f.mean, f.spread = standardised(set)
	p := &f.processes[0]
	p.kernel = o.start(len(f.cols))
	if f.spread == 0 {
		p.alpha = make([]float64, len(full.y))
		return f, f.prepare()
	}
	level := values.Float("noise_level")
	if o.maxIter > 0 {
		few := model.Sample(set, o.tuneOnMax)
		s := response{cols: few.X.Cols}
		var spread float64
		s.w, s.y, _, spread = standardised(few)
		if spread > 0 {
			var err error
			if p.kernel, level, err = s.tune(ctx, p.kernel, level, &o); err != nil {
				return nil, err
			}
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	p.alpha = full.solve(&p.kernel, level)
	return f, f.prepare()
}

// standardised are weights of mean 1 and targets of mean 0 and variance 1; spread is 0 where the target is constant.
func standardised(s dataset.Set) (w, y []float64, mean, spread float64) {
	if s.Weights != nil {
		w = slices.Clone(s.Weights)
		num.MeanOne(w)
	}
	y, mean, spread = num.Standardise(s.Y.Y, w)
	return w, y, mean, spread
}

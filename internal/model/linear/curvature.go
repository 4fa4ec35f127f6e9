package linear

import (
	"context"
	"math"

	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/num"
)

// curvature is the approximate Hessian B₀ from which quasiNewton starts: mix ⊗ A + I ⊗ Λ with a k × k matrix over the
// predictors, one A over the variables of a predictor, and the diagonal Λ of the L2 penalty. A is dense, or diagonal
// where the features are too many.
type curvature struct {
	k, size  int       // predictors; variables of each
	mix      []float64 // k × k
	dense    []float64 // A, size × size
	diagonal []float64 // of A; all of A when dense is nil
	lambda   []float64 // Λ of a predictor

	// For solve: mix = U·diag(values)·U′, and by eigenvalue the factor of value·A + Λ.
	vectors, values []float64
	factors         []cholesky
}

const (
	// ridgeOf is added to the diagonal of A, as a share of it, so that A can be inverted: it bounds the steps along
	// directions that the data hardly know.
	ridgeOf = 1e-4
	// gramWork is the number of products above which A is taken from a sample of the rows.
	gramWork = 4e9
)

// curvature is the Hessian of the objective where all coefficients are 0, plus the L2 penalty: with the shares π of the
// classes (diag(π) − ππ′) ⊗ R. With one predictor it is the Hessian at any γ: the mean of p(1 − p), times the mean of
// x̃x̃′ over the rows weighted by p(1 − p).
func (o *objective) curvature(ctx context.Context, gamma []float64) (*curvature, error) {
	c := &curvature{k: o.k, size: o.size, diagonal: make([]float64, o.size), lambda: o.l2[:o.size]}
	c.mix = outer(o.priors[len(o.priors)-o.k:])
	var spread []float64 // nil where every row has the same probabilities
	if o.k == 1 && num.MaxAbs(gamma) > 0 && !o.d.passes {
		c.mix[0], spread = o.spread(gamma)
	}
	regular(c.mix, o.k)
	c.values, c.vectors = eigen(c.mix, o.k)
	for v := range c.diagonal {
		c.diagonal[v] = 1 + ridgeOf
	}
	if o.d.passes {
		return c, nil
	}
	return c, o.densify(ctx, c, spread)
}

// densify makes A dense, if it can be factorised.
func (o *objective) densify(ctx context.Context, c *curvature, spread []float64) error {
	gram, err := o.sampledGram(ctx, spread)
	if err != nil {
		return err
	}
	d := len(o.d.Spread)
	c.dense = make([]float64, o.size*o.size)
	for v, i := range o.use {
		for u, j := range o.use[:v] {
			c.dense[(v+1)*o.size+u+1] = gram[i*d+j]
			c.dense[(u+1)*o.size+v+1] = gram[i*d+j]
		}
		c.diagonal[v+1] += gram[i*d+i] - 1
	}
	if spread != nil && o.intercept {
		mean, err := o.d.transposeTimes(ctx, spread)
		if err != nil {
			return err
		}
		for v, i := range o.use {
			c.dense[v+1], c.dense[(v+1)*o.size] = mean[i], mean[i]
		}
	}
	for v, l := range c.diagonal {
		c.dense[v*o.size+v] = l
	}
	return c.factorise(ctx)
}

// factorise prepares solve for a dense A. Eigenvalues are taken in classes of a factor of 4, so that there are few
// factors however many predictors there are.
func (c *curvature) factorise(ctx context.Context) error {
	known := map[int]cholesky{}
	c.factors = make([]cholesky, c.k)
	for e, value := range c.values {
		class := int(math.Round(elementary.Log(value) / elementary.Log(4)))
		if c.k == 1 {
			class = 0
		} else {
			value = elementary.Pow(4, float64(class))
		}
		f, ok := known[class]
		if !ok {
			scaled := append([]float64(nil), c.dense...)
			num.Scale(scaled, value)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if f, ok = factorise(scaled, c.size, c.lambda, 0); !ok {
				c.dense, c.factors = nil, nil
				return nil
			}
			known[class] = f
		}
		c.factors[e] = f
	}
	return nil
}

// spread is, for two classes, the mean of p(1 − p), and the weights of the rows by it, which add up to 1; nil where
// every row is certain.
func (o *objective) spread(gamma []float64) (mean float64, weights []float64) {
	coef, intercept := o.expand(gamma)
	weights = make([]float64, len(o.y))
	for lo := 0; lo < len(weights); lo += tile {
		z := weights[lo:min(lo+tile, len(weights))]
		for i := range z {
			z[i] = intercept[0]
		}
		addProducts(z, o.d.X.Cols, lo, coef)
		for i, v := range z {
			p := num.Logistic(v)
			z[i] = o.d.share(lo+i) * float64(p*(1-p))
		}
	}
	mean = num.Sum(weights)
	if !(mean > 0) {
		return 0, nil
	}
	num.Scale(weights, 1/mean)
	return mean, weights
}

// sampledGram is R with the weights of the rows, nil for their shares, of every second, third, … row when there are
// very many.
func (o *objective) sampledGram(ctx context.Context, weights []float64) ([]float64, error) {
	n, d := len(o.y), len(o.d.Spread)
	every := max(1, int(float64(n)*float64(d)*float64(d)/gramWork))
	if weights == nil && every == 1 {
		return o.d.Gram(ctx)
	}
	m := (n + every - 1) / every
	x := *o.d
	x.Share = make([]float64, m)
	for i := range m {
		if weights != nil {
			x.Share[i] = weights[i*every]
		} else {
			x.Share[i] = o.d.share(i * every)
		}
	}
	sum := num.Sum(x.Share)
	if !(sum > 0) {
		return make([]float64, d*d), nil
	}
	num.Scale(x.Share, 1/sum)
	if every > 1 {
		part := make([][]float32, d)
		err := o.d.pool.For(ctx, d, func(j int) {
			part[j] = make([]float32, m)
			for i := range m {
				part[j][i] = o.d.X.Cols[j][i*every]
			}
		})
		if err != nil {
			return nil, err
		}
		x.X = &dataset.Matrix{Rows: m, Features: o.d.X.Features, Cols: part}
	}
	return x.gram(ctx)
}

// outer is diag(π) − ππ′.
func outer(shares []float64) []float64 {
	k := len(shares)
	m := make([]float64, k*k)
	for p, a := range shares {
		for q, b := range shares {
			m[p*k+q] = -float64(a * b)
		}
		m[p*k+p] += a
	}
	return m
}

// regular keeps a mixing matrix away from singular: no direction counts for less than rare, and the one in which all
// predictors grow alike, which changes no softmax, for 1/100 of the mean.
func regular(m []float64, k int) {
	const rare, alike = 1e-5, 1e-2
	sum := 0.0
	for p := range k {
		m[p*k+p] += rare
		sum += m[p*k+p]
	}
	if k > 1 {
		for i := range m {
			m[i] += alike * sum / float64(k*k)
		}
	}
}

// times writes B₀v to dst.
func (c *curvature) times(dst, v []float64) {
	w := make([]float64, len(v)) // (I ⊗ A)v
	for p := range c.k {
		out, in := w[p*c.size:(p+1)*c.size], v[p*c.size:(p+1)*c.size]
		for i := range out {
			if c.dense != nil {
				out[i] = num.Dot(c.dense[i*c.size:(i+1)*c.size], in)
			} else {
				out[i] = c.diagonal[i] * in[i]
			}
		}
	}
	blend(dst, c.mix, w, c.k)
	for i := range dst {
		dst[i] += float64(c.lambda[i%c.size] * v[i])
	}
}

// solve replaces v by B₀⁻¹v, in the basis of the eigenvectors of mix.
func (c *curvature) solve(v []float64) {
	w := make([]float64, len(v))
	blend(w, transpose(c.vectors, c.k), v, c.k)
	for e, value := range c.values {
		part := w[e*c.size : (e+1)*c.size]
		if c.dense != nil {
			c.factors[e].solve(part)
			continue
		}
		for i := range part {
			part[i] /= float64(value*c.diagonal[i]) + c.lambda[i]
		}
	}
	blend(v, c.vectors, w, c.k)
}

// blend writes (m ⊗ I)w to dst, for the k × k matrix m.
func blend(dst, m, w []float64, k int) {
	size := len(w) / k
	clear(dst)
	for p := range k {
		for q := range k {
			num.Axpy(dst[p*size:(p+1)*size], m[p*k+q], w[q*size:(q+1)*size])
		}
	}
}

func transpose(m []float64, k int) []float64 {
	t := make([]float64, len(m))
	for p := range k {
		for q := range k {
			t[q*k+p] = m[p*k+q]
		}
	}
	return t
}

// at is the diagonal of B₀.
func (c *curvature) at(i int) float64 {
	p, v := i/c.size, i%c.size
	return float64(c.mix[p*c.k+p]*c.diagonal[v]) + c.lambda[v]
}

package linear

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/num"
)

// curvature is the approximate Hessian B₀ from which quasiNewton starts: the Kronecker product mix ⊗ A of a k × k
// matrix over the predictors and one A over the variables of a predictor. A is dense, or diagonal where the features
// are too many.
type curvature struct {
	k, size    int       // predictors; variables of each
	mix, unmix []float64 // k × k and its inverse
	dense      []float64 // size × size
	diagonal   []float64 // of A; all of A when dense is nil
	factor     cholesky
}

const (
	// ridgeOf is added to the diagonal of A, as a share of it, so that A can be inverted: it bounds the steps along
	// directions that the data hardly know.
	ridgeOf = 1e-4
	// gramWork is the number of products above which A is taken from a sample of the rows.
	gramWork = 4e9
)

// curvature is the Hessian of the objective where all coefficients are 0: with the shares π of the classes,
// (diag(π) − ππ′) ⊗ R, plus the L2 penalty, which is taken as if it were mixed likewise.
func (o *objective) curvature(ctx context.Context) (*curvature, error) {
	c := &curvature{k: o.k, size: o.size, diagonal: make([]float64, o.size)}
	// The penalty alone decides how far predictors go alike. That of L2 wants them to add up to 0, where they start;
	// that of L1 may want them far from there.
	alike := 1.0
	if num.MaxAbs(o.l1) > 0 {
		alike = 0.01
	}
	c.mix = mixing(o.priors[len(o.priors)-o.k:], alike)
	c.unmix, _ = invert(append([]float64(nil), c.mix...), o.k)
	top := 0.0
	for p := range o.k {
		top = max(top, c.mix[p*o.k+p])
	}
	for v, l := range o.l2[:o.size] {
		c.diagonal[v] = 1 + ridgeOf + l/top
	}
	if len(o.use) > MaxGram {
		return c, nil
	}
	gram, err := o.sampledGram(ctx)
	if err != nil {
		return nil, err
	}
	d := len(o.d.Spread)
	c.dense = make([]float64, o.size*o.size)
	for v, i := range o.use {
		for u, j := range o.use[:v] {
			c.dense[(v+1)*o.size+u+1] = gram[i*d+j]
			c.dense[(u+1)*o.size+v+1] = gram[i*d+j]
		}
	}
	for v, l := range c.diagonal {
		c.dense[v*o.size+v] = l
	}
	var ok bool
	if c.factor, ok = factorise(c.dense, o.size, make([]float64, o.size), 0); !ok {
		c.dense = nil
	}
	return c, nil
}

// sampledGram is R, of every second, third, … row when there are very many.
func (o *objective) sampledGram(ctx context.Context) ([]float64, error) {
	n, d := len(o.y), len(o.d.Spread)
	every := int(float64(n) * float64(d) * float64(d) / gramWork)
	if every < 2 {
		return o.d.Gram(ctx)
	}
	m := (n + every - 1) / every
	x := *o.d
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
	x.Share = make([]float64, m)
	for i := range m {
		x.Share[i] = o.d.share(i * every)
	}
	sum := num.Sum(x.Share)
	if sum == 0 {
		return make([]float64, d*d), nil
	}
	num.Scale(x.Share, 1/sum)
	return x.gram(ctx)
}

// mixing is diag(π) − ππ′ kept away from singular: a class counts as no rarer than rare, and the direction in which all
// predictors grow alike, which changes no softmax, gets the share alike of the mean curvature.
func mixing(shares []float64, alike float64) []float64 {
	const rare = 1e-3
	k := len(shares)
	m := make([]float64, k*k)
	sum := 0.0
	for p, a := range shares {
		for q, b := range shares {
			m[p*k+q] = -float64(a * b)
		}
		m[p*k+p] = max(float64(a*(1-a)), rare)
		sum += m[p*k+p]
	}
	if k > 1 {
		for i := range m {
			m[i] += alike * sum / float64(k*k)
		}
	}
	return m
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
	c.blend(dst, c.mix, w)
}

// solve replaces v by B₀⁻¹v.
func (c *curvature) solve(v []float64) {
	w := append([]float64(nil), v...)
	for p := range c.k {
		part := w[p*c.size : (p+1)*c.size]
		if c.dense != nil {
			c.factor.solve(part)
			continue
		}
		for i := range part {
			part[i] /= c.diagonal[i]
		}
	}
	c.blend(v, c.unmix, w)
}

// blend writes (m ⊗ I)w to dst.
func (c *curvature) blend(dst, m, w []float64) {
	clear(dst)
	for p := range c.k {
		for q := range c.k {
			num.Axpy(dst[p*c.size:(p+1)*c.size], m[p*c.k+q], w[q*c.size:(q+1)*c.size])
		}
	}
}

// at is the diagonal of B₀.
func (c *curvature) at(v int) float64 {
	p := v / c.size
	return c.mix[p*c.k+p] * c.diagonal[v%c.size]
}

package linear

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/num"
)

// curvature is the approximate Hessian B₀ from which quasiNewton starts: for each predictor one block scale[p]·A with
// the same A, the rest 0. A is dense, or diagonal where the features are too many.
type curvature struct {
	size     int // variables of a block
	scale    []float64
	dense    []float64 // size × size
	diagonal []float64 // when dense is nil
	factor   cholesky
}

const (
	// ridgeOf is added to the diagonal of A, as a share of it, so that A can be inverted: it bounds the steps along
	// directions that the data hardly know.
	ridgeOf = 1e-4
	// gramWork is the number of products above which A is taken from a sample of the rows.
	gramWork = 4e9
)

// curvature is the Hessian of the objective where all coefficients are 0: the block of a class of share π is
// π(1 − π)·R, plus the L2 penalty.
func (o *objective) curvature(ctx context.Context) (*curvature, error) {
	c := &curvature{size: o.size, scale: make([]float64, o.k), diagonal: make([]float64, o.size)}
	top := 0.0
	for p := range c.scale {
		share := o.priors[len(o.priors)-o.k+p]
		c.scale[p] = max(float64(share*(1-share)), 1e-3)
		top = max(top, c.scale[p])
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

// times writes B₀v to dst.
func (c *curvature) times(dst, v []float64) {
	for p, s := range c.scale {
		out, in := dst[p*c.size:(p+1)*c.size], v[p*c.size:(p+1)*c.size]
		for i := range out {
			if c.dense != nil {
				out[i] = s * num.Dot(c.dense[i*c.size:(i+1)*c.size], in)
			} else {
				out[i] = s * c.diagonal[i] * in[i]
			}
		}
	}
}

// solve replaces v by B₀⁻¹v.
func (c *curvature) solve(v []float64) {
	for p, s := range c.scale {
		part := v[p*c.size : (p+1)*c.size]
		num.Scale(part, 1/s)
		if c.dense != nil {
			c.factor.solve(part)
			continue
		}
		for i := range part {
			part[i] /= c.diagonal[i]
		}
	}
}

// at is the diagonal of B₀.
func (c *curvature) at(v int) float64 { return c.scale[v/c.size] * c.diagonal[v%c.size] }

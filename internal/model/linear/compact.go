package linear

import (
	"context"
	"math"

	"sadi/internal/num"
)

// compact is the BFGS matrix in the compact form of Byrd, Nocedal and Schnabel (1994, Representations of quasi-Newton
// matrices and their use in limited memory methods, Mathematical Programming 63, theorem 2.3):
//
//	B = B₀ − W·M⁻¹·W'    W = [B₀S Y]    M = [S'B₀S  L; L'  −D]
//
// where S and Y hold the pairs as columns, L[i][j] = s[i]'y[j] for i > j, and D the s[i]'y[i], which are 1. Z is W·M⁻¹.
type compact struct {
	base    *curvature
	scale   float64 // B₀ = scale·base
	m       int     // columns of W: twice the pairs
	w, z    []float64
	diag    []float64 // of B
	product []float64 // (I ⊗ A)Δ
	inner   []float64 // W'Δ
}

func (q *quasiNewton) newCompact(n int) *compact {
	k := len(q.pairs)
	b := &compact{base: q.curvature, scale: 1 / q.theta, m: 2 * k, w: make([]float64, n*2*k), z: make([]float64, n*2*k),
		diag: make([]float64, n), product: make([]float64, n), inner: make([]float64, 2*k)}
	middle := make([]float64, b.m*b.m)
	for i, p := range q.pairs {
		for v := range n {
			b.w[v*b.m+i], b.w[v*b.m+k+i] = b.scale*p.bs[v], p.y[v]
		}
		for j, o := range q.pairs {
			middle[i*b.m+j] = b.scale * num.Dot(p.s, o.bs)
			if i > j {
				l := num.Dot(p.s, o.y)
				middle[i*b.m+k+j], middle[(k+j)*b.m+i] = l, l
			}
		}
		middle[(k+i)*b.m+k+i] = -1
	}
	inverse, ok := invert(middle, b.m)
	if !ok { // pairs that depend on each other: leave the correction out
		b.m = 0
	}
	for v := range n {
		b.diag[v] = b.scale * b.base.at(v)
		w, z := b.w[v*b.m:(v+1)*b.m], b.z[v*b.m:(v+1)*b.m]
		for i, x := range w {
			num.Axpy(z, x, inverse[i*b.m:(i+1)*b.m])
		}
		b.diag[v] = max(b.diag[v]-num.Dot(w, z), 1e-6*b.diag[v])
	}
	return b
}

// descend is the direction Δ that minimises g'Δ + ½Δ'BΔ + Σ l1·|x + Δ|, by coordinate descent: all coordinates, then
// those that are not 0 until they settle, then all again. worst is the size of the subgradient at x; a tenth of it may
// remain, for the next direction starts from a better model.
func (b *compact) descend(ctx context.Context, x, g, l1 []float64, worst float64) []float64 {
	const rounds, sweeps = 4, 25
	delta := make([]float64, len(x))
	all := make([]int, len(x))
	for i := range all {
		all[i] = i
	}
	for range rounds {
		if b.sweep(delta, x, g, l1, all) <= 0.1*worst {
			break
		}
		var active []int
		for i := range x {
			if x[i]+delta[i] != 0 {
				active = append(active, i)
			}
		}
		for range sweeps {
			if ctx.Err() != nil || b.sweep(delta, x, g, l1, active) <= 0.1*worst {
				break
			}
		}
	}
	return delta
}

// sweep updates the given coordinates once and returns the largest change in units of the gradient.
func (b *compact) sweep(delta, x, g, l1 []float64, coordinates []int) float64 {
	changed := 0.0
	for _, i := range coordinates {
		h := b.diag[i]
		slope := g[i] + b.uncorrected(i, delta[i]) - num.Dot(b.z[i*b.m:(i+1)*b.m], b.inner[:b.m])
		at := x[i] + delta[i]
		move := shrink(at-slope/h, l1[i]/h) - at
		if move == 0 {
			continue
		}
		delta[i] += move
		b.step(i, move)
		changed = max(changed, math.Abs(move)*h/max(1, b.base.at(i)))
	}
	return changed
}

// uncorrected is entry i of B₀Δ, where Δ[i] is move.
func (b *compact) uncorrected(i int, move float64) float64 {
	c := b.base
	p, v := i/c.size, i%c.size
	sum := float64(c.lambda[v] * move)
	for q, m := range c.mix[p*c.k : (p+1)*c.k] {
		sum += float64(m * b.product[q*c.size+v])
	}
	return float64(b.scale * sum)
}

// step brings (I ⊗ A)Δ and W'Δ up to date after Δ[i] has moved.
func (b *compact) step(i int, move float64) {
	num.Axpy(b.inner, move, b.w[i*b.m:(i+1)*b.m])
	c := b.base
	p, v := i/c.size, i%c.size
	if c.dense != nil {
		num.Axpy(b.product[p*c.size:(p+1)*c.size], move, c.dense[v*c.size:(v+1)*c.size])
		return
	}
	b.product[i] += float64(move * c.diagonal[v])
}

package linear

import (
	"context"
	"math"
)

// MaxGram is the number of features up to which solvers use R; beyond it they pass over the matrix instead.
const MaxGram = 1024

const (
	gramTile  = 32   // columns of a tile of R
	gramRows  = 256  // rows that a tile holds in the cache: 2·32·256 numbers
	gramChunk = 8192 // rows of a task, at least
)

// Gram is R = Σ share·x̃x̃', d × d. It is summed in chunks of rows, as many as the shape alone says, which are added in
// order. The result is shared and must not be written to.
func (d *Design) Gram(ctx context.Context) ([]float64, error) {
	return remember(d, "gram", func() ([]float64, error) { return d.gram(ctx) })
}

func (d *Design) gram(ctx context.Context) ([]float64, error) {
	n, p := d.X.Rows, len(d.X.Cols)
	tiles := (p + gramTile - 1) / gramTile
	chunk := max(gramChunk, (n+15)/16)
	chunks := (n + chunk - 1) / chunk
	pairs := tiles * (tiles + 1) / 2
	root := make([]float64, n) // √share
	for i := range root {
		root[i] = math.Sqrt(d.share(i))
	}
	parts := make([][]float64, chunks)
	for c := range parts {
		parts[c] = make([]float64, p*p)
	}
	err := d.pool.For(ctx, chunks*pairs, func(t int) {
		c, a, b := t/pairs, 0, t%pairs
		for b > a {
			a++
			b -= a
		}
		d.gramTile(parts[c], root, c*chunk, min((c+1)*chunk, n), a*gramTile, b*gramTile)
	})
	if err != nil {
		return nil, err
	}
	sum := parts[0]
	for _, part := range parts[1:] {
		for i, v := range part {
			sum[i] += v
		}
	}
	for i := range p {
		for j := range i {
			sum[j*p+i] = sum[i*p+j]
		}
	}
	return sum, nil
}

// gramTile adds to the tile of R whose first row is a and first column b, b ≤ a, the rows lo to hi.
func (d *Design) gramTile(r, root []float64, lo, hi, a, b int) {
	p := len(d.X.Cols)
	left := make([]float64, gramTile*gramRows)
	right := left
	if a != b {
		right = make([]float64, gramTile*gramRows)
	}
	ca, cb := min(gramTile, p-a), min(gramTile, p-b)
	for ; lo < hi; lo += gramRows {
		m := min(gramRows, hi-lo)
		d.standardise(left, root, lo, m, a, ca)
		if a != b {
			d.standardise(right, root, lo, m, b, cb)
		}
		for i := 0; i < ca; i += 4 {
			for j := 0; j < cb; j += 2 {
				if a == b && j > i+3 {
					break // above the diagonal
				}
				gramKernel(r, p, a+i, b+j, left[i*gramRows:], right[j*gramRows:], m)
			}
		}
	}
}

// standardise writes √share·x̃ for m rows from lo of the columns from j on; columns up to the tile's end become 0.
func (d *Design) standardise(dst, root []float64, lo, m, j, cols int) {
	for k := range gramTile {
		out := dst[k*gramRows:][:m]
		if k >= cols || d.Spread[j+k] == 0 {
			clear(out)
			continue
		}
		mean, spread := d.Mean[j+k], d.Spread[j+k]
		x, w := d.X.Cols[j+k][lo:][:m], root[lo:][:m]
		for i := range out {
			out[i] = (float64(x[i]) - mean) / spread * w[i]
		}
	}
}

// gramKernel adds the 4 × 2 products of four columns with two, over m rows, to R at (i, j).
func gramKernel(r []float64, p, i, j int, left, right []float64, m int) {
	a0, a1, a2, a3 := left[:m], left[gramRows:][:m], left[2*gramRows:][:m], left[3*gramRows:][:m]
	b0, b1 := right[:m], right[gramRows:][:m]
	var s00, s01, s10, s11, s20, s21, s30, s31 float64
	for k, u := range b0 {
		v := b1[k]
		s00 += float64(a0[k] * u)
		s01 += float64(a0[k] * v)
		s10 += float64(a1[k] * u)
		s11 += float64(a1[k] * v)
		s20 += float64(a2[k] * u)
		s21 += float64(a2[k] * v)
		s30 += float64(a3[k] * u)
		s31 += float64(a3[k] * v)
	}
	for k, s := range [8]float64{s00, s01, s10, s11, s20, s21, s30, s31} {
		if row, col := i+k/2, j+k%2; row < p && col <= row {
			r[row*p+col] += s
		}
	}
}

package textngram

import (
	"context"
	"math"

	"sadi/internal/rng"
)

// sparse is a matrix of sparse rows.
type sparse struct {
	rows [][]entry
	cols int
}

// dense is a matrix of n rows and k columns, row-major.
type dense struct {
	n, k int
	v    []float64
}

func newDense(n, k int) dense           { return dense{n, k, make([]float64, n*k)} }
func (d dense) row(i int) []float64     { return d.v[i*d.k : (i+1)*d.k] }
func (d dense) at(i, j int) float64     { return d.v[i*d.k+j] }
func (d dense) set(i, j int, v float64) { d.v[i*d.k+j] = v }

// mul is A·x.
func (a sparse) mul(x dense) dense {
	y := newDense(len(a.rows), x.k)
	for i, row := range a.rows {
		out := y.row(i)
		for _, e := range row {
			for j, v := range x.row(int(e.term)) {
				out[j] += float64(e.weight * v)
			}
		}
	}
	return y
}

// mulT is Aᵀ·x.
func (a sparse) mulT(x dense) dense {
	y := newDense(a.cols, x.k)
	for i, row := range a.rows {
		in := x.row(i)
		for _, e := range row {
			out := y.row(int(e.term))
			for j, v := range in {
				out[j] += float64(e.weight * v)
			}
		}
	}
	return y
}

// powerIterations sharpens the sampled range of a matrix whose singular values fall slowly, as those of texts do.
const powerIterations = 4

// truncatedSVD returns the right singular vectors of the k largest singular values of A (cols × k, row-major) and these
// values, by the randomised range finder with power iterations: Halko, Martinsson and Tropp, "Finding structure with
// randomness" (SIAM Review 53, 2011), algorithms 4.4 and 5.1. Values of nearly 0 are left out, so that there can be
// fewer. The sign of a vector is such that its largest entry is positive.
func truncatedSVD(ctx context.Context, a sparse, k int, s rng.Stream) (axes, values []float64, err error) {
	l := min(k+oversample, a.cols, len(a.rows))
	x := newDense(a.cols, l)
	r := s.Child("svd").Rand()
	for i := range x.v {
		x.v[i] = rng.Normal(r)
	}
	orthonormalise(x)
	for range powerIterations {
		if err := context.Cause(ctx); err != nil {
			return nil, nil, err
		}
		x = a.mulT(a.mul(x))
		orthonormalise(x)
	}
	y := a.mul(x)
	orthonormalise(y)
	b := a.mulT(y) // (QᵀA)ᵀ, cols × l: its left singular vectors are the axes
	vectors, squares := eigen(gram(b))
	kept := 0
	for kept < min(k, l) && squares[kept] > 1e-10*squares[0] {
		values = append(values, math.Sqrt(squares[kept]))
		kept++
	}
	axes = make([]float64, a.cols*kept)
	for c := range kept {
		largest := 0.0
		for i := range a.cols {
			var v float64
			for j, bij := range b.row(i) {
				v += float64(bij * vectors.at(j, c))
			}
			v /= values[c]
			axes[i*kept+c] = v
			if math.Abs(v) > math.Abs(largest)+1e-12 {
				largest = v
			}
		}
		if largest < 0 {
			for i := range a.cols {
				axes[i*kept+c] = -axes[i*kept+c]
			}
		}
	}
	return axes, values, nil
}

// orthonormalise makes the columns orthonormal by modified Gram-Schmidt, run twice against cancellation ("twice is
// enough", Giraud et al. 2005); a column that depends on those before it becomes 0.
func orthonormalise(d dense) {
	cols := make([][]float64, d.k)
	for j := range cols {
		cols[j] = make([]float64, d.n)
		for i := range cols[j] {
			cols[j][i] = d.at(i, j)
		}
		before := math.Sqrt(dot(cols[j], cols[j]))
		for range 2 {
			for _, p := range cols[:j] {
				along := dot(p, cols[j])
				for i, v := range p {
					cols[j][i] -= float64(along * v)
				}
			}
		}
		after := math.Sqrt(dot(cols[j], cols[j]))
		for i, v := range cols[j] {
			if after > 1e-10*before {
				cols[j][i] = v / after
			} else {
				cols[j][i] = 0
			}
			d.set(i, j, cols[j][i])
		}
	}
}

func dot(a, b []float64) float64 {
	var sum float64
	for i, v := range a {
		sum += float64(v * b[i])
	}
	return sum
}

// gram is BᵀB.
func gram(b dense) dense {
	g := newDense(b.k, b.k)
	for i := range b.n {
		row := b.row(i)
		for p, v := range row {
			for q, w := range row[:p+1] {
				g.v[p*g.k+q] += float64(v * w)
			}
		}
	}
	for p := range g.k {
		for q := range p {
			g.set(q, p, g.at(p, q))
		}
	}
	return g
}

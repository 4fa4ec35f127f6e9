package gaussianprocess

import (
	"math"

	"sadi/internal/num"
)

// shape is the form ρ of a covariance, by the distance r:
//
//	rbf       e^(−r²/2)
//	matern32  (1 + √3·r)·e^(−√3·r)
//	matern52  (1 + √5·r + 5r²/3)·e^(−√5·r)
type shape uint8

const (
	rbf shape = iota
	matern32
	matern52
)

// shapeNames are the shapes as people name them.
var shapeNames = []string{"rbf", "matern32", "matern52"}

func shapeOf(name string) shape {
	for i, n := range shapeNames {
		if n == name {
			return shape(i)
		}
	}
	return rbf
}

func sqrt(x float64) float64 { return math.Sqrt(x) }

// kernel is a covariance: c·ρ.
type kernel struct {
	shape
	Constant float64
	Scales   []float64 // of the features, or one for all of them
}

// scale is the length scale of feature j.
func (k *kernel) scale(j int) float64 {
	if len(k.Scales) == 1 {
		return k.Scales[0]
	}
	return k.Scales[j]
}

// covariances turns squared distances into covariances. If slope is not nil it becomes the derivative by log l_j but for the
// factor (x_j − x'_j)²/l_j².
func (k *kernel) covariances(squares, slope []float64) {
	c := k.Constant
	e := make([]float64, len(squares))
	switch k.shape {
	case rbf:
		for i, s := range squares {
			e[i] = -s / 2
		}
		num.Exp(e, e)
		for i, v := range e {
			squares[i] = c * v
		}
		copy(slope, squares)
		return
	case matern32:
		for i, s := range squares {
			e[i] = -sqrt(3 * s)
		}
		num.Exp(e, e)
		for i, s := range squares {
			squares[i] = c * (1 + sqrt(3*s)) * e[i]
			if slope != nil {
				slope[i] = 3 * c * e[i]
			}
		}
	case matern52:
		for i, s := range squares {
			e[i] = -sqrt(5 * s)
		}
		num.Exp(e, e)
		for i, s := range squares {
			r := sqrt(5 * s)
			squares[i] = c * (1 + r + s/0.6) * e[i]
			if slope != nil {
				slope[i] = c / 0.6 * (1 + r) * e[i]
			}
		}
	}
}

// points are n rows as a kernel measures them: columns in units of their length scales, from the first row on. Columns of
// zeros fill up to a multiple of four.
type points struct {
	n    int
	cols [][]float64
}

// pointsOf measures columns with a kernel.
func (k *kernel) pointsOf(cols [][]float32) points {
	p := points{n: len(cols[0])}
	for j, col := range cols {
		scaled := make([]float64, p.n)
		origin, l := float64(col[0]), k.scale(j)
		for i, x := range col {
			scaled[i] = (float64(x) - origin) / l
		}
		p.cols = append(p.cols, scaled)
	}
	for len(p.cols)%4 > 0 {
		p.cols = append(p.cols, make([]float64, p.n))
	}
	return p
}

// squares writes the squared distances between the rows from lo on and a place, which has as many coordinates as there are
// columns.
func (p *points) squares(dst []float64, lo int, at []float64) {
	clear(dst)
	var a [4]float64
	var x [4][]float64
	for j := 0; j < len(p.cols); j += 4 {
		for k := range x {
			a[k], x[k] = at[j+k], p.cols[j+k][lo:]
		}
		num.AddSquaresFour(dst, &a, &x)
	}
}

// row writes the coordinates of row i to at.
func (p *points) row(i int, at []float64) []float64 {
	for j, col := range p.cols {
		at[j] = col[i]
	}
	return at
}

// matrix is K, n × m with m ≥ n, of which what is on and above the diagonal is written, and the slopes, if they are asked for.
func (k *kernel) matrix(p points, m int, slopes bool) (cov, slope []float64) {
	cov = make([]float64, p.n*m)
	if slopes {
		slope = make([]float64, p.n*p.n)
	}
	at := make([]float64, len(p.cols))
	for i := range p.n {
		row := cov[i*m+i : i*m+p.n]
		p.squares(row, i, p.row(i, at))
		if slopes {
			k.covariances(row, slope[i*p.n+i:(i+1)*p.n])
		} else {
			k.covariances(row, nil)
		}
	}
	return cov, slope
}

// contract writes Σ M[a][b]·∂K[a][b]/∂θ for the constant and the length scales to gradient. m is symmetric; only what is on and
// above its diagonal is read. cov and slope are those of matrix, cov n × width.
func (k *kernel) contract(gradient, m, cov []float64, width int, slope []float64, p points) {
	clear(gradient)
	n := p.n
	weighted, squares, at := make([]float64, n), make([]float64, n), make([]float64, len(p.cols))
	for i := range n {
		w := weighted[i:]
		for j := range w { // pairs off the diagonal count twice
			w[j] = 2 * m[i*n+i+j]
		}
		w[0] /= 2
		gradient[0] += num.Dot(w, cov[i*width+i:])
		for j := range w {
			w[j] *= slope[i*n+i+j]
		}
		if len(k.Scales) == 1 {
			p.squares(squares[i:], i, p.row(i, at))
			gradient[1] += num.Dot(w, squares[i:])
			continue
		}
		for j := range k.Scales {
			col, sum := p.cols[j][i:], 0.0
			for q, v := range col {
				e := v - col[0]
				sum += float64(w[q] * float64(e*e))
			}
			gradient[1+j] += sum
		}
	}
}

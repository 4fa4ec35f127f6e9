package linear

import (
	"context"
	"math"
	"sync"

	"sadi/internal/dataset"
	"sadi/internal/num"
	"sadi/internal/par"
)

// Design is the standardised view x̃ of a matrix under weights. Without centring (a model without intercept) the mean
// is taken as 0 and the deviation as the root mean square.
type Design struct {
	X      *dataset.Matrix
	Mean   []float64 // d
	Spread []float64 // d; 0 = the column is constant and takes no part
	Share  []float64 // n weights that add up to 1; nil = all 1/n
	Total  float64   // W

	center bool
	passes bool // solvers pass over the matrix in place of using R
	pool   *par.Pool
}

// NewDesign standardises x under weights; nil weights are all 1, and what depends on x alone is then remembered with it.
func NewDesign(ctx context.Context, pool *par.Pool, x *dataset.Matrix, weights []float64, center bool) (*Design, error) {
	d := &Design{X: x, Total: float64(x.Rows), center: center, passes: len(x.Cols) > MaxGram, pool: pool}
	if weights != nil {
		d.Share = num.RelativeWeights(weights, len(weights))
		sum := num.Sum(d.Share)
		num.Scale(d.Share, 1/sum)
		d.Total = num.MaxAbs(weights) * sum
	}
	moments, err := remember(d, "moments", func() ([2][]float64, error) {
		mean, spread := make([]float64, len(x.Cols)), make([]float64, len(x.Cols))
		err := pool.For(ctx, len(x.Cols), func(j int) { mean[j], spread[j] = d.moments(x.Cols[j]) })
		return [2][]float64{mean, spread}, err
	})
	d.Mean, d.Spread = moments[0], moments[1]
	return d, err
}

// share is the weight of row i.
func (d *Design) share(i int) float64 {
	if d.Share == nil {
		return 1 / float64(d.X.Rows)
	}
	return d.Share[i]
}

// moments are mean and deviation of a column. Values are taken relative to one of them, so that a constant column has
// exactly deviation 0.
func (d *Design) moments(col []float32) (mean, spread float64) {
	var origin, sum, sum2 float64
	if d.center {
		for i, v := range col {
			if d.share(i) > 0 {
				origin = float64(v)
				break
			}
		}
		for i, v := range col {
			sum += float64(d.share(i) * (float64(v) - origin))
		}
		mean = origin + sum
	}
	for i, v := range col {
		e := float64(v) - origin - sum
		sum2 += float64(d.share(i) * float64(e*e))
	}
	return mean, math.Sqrt(sum2)
}

// remembered is a value that is built once; unlike a sync.Once it is tried again after an error (a cancelled build).
type remembered[T any] struct {
	sync.Mutex
	done  bool
	value T
}

// remember keeps with the matrix what depends on the matrix alone, and builds anew what depends on weights.
func remember[T any](d *Design, what string, build func() (T, error)) (T, error) {
	if d.Share != nil {
		return build()
	}
	key := "linear/" + what
	if d.center {
		key += "/centred"
	}
	r := d.X.Memo(key, func() any { return new(remembered[T]) }).(*remembered[T])
	r.Lock()
	defer r.Unlock()
	if r.done {
		return r.value, nil
	}
	v, err := build()
	if err == nil {
		r.value, r.done = v, true
	}
	return v, err
}

// Response is a target in its own scale: y = Mean + Spread·ỹ.
type Response struct {
	Mean, Spread float64
	Y            []float64 // n: ỹ, of mean 0 and variance 1; all 0 when the target is constant
}

// NewResponse standardises a target under the weights of the design; without centring its mean is taken as 0.
func (d *Design) NewResponse(y []float64) Response {
	if d.center {
		z, mean, spread := num.Standardise(y, d.Share)
		return Response{Y: z, Mean: mean, Spread: spread}
	}
	r := Response{Y: make([]float64, len(y))}
	top := num.MaxAbs(y) // targets of any size are squared without overflow
	if top == 0 {
		return r
	}
	squares := 0.0
	for i, v := range y {
		r.Y[i] = v / top
		squares += float64(d.share(i) * float64(r.Y[i]*r.Y[i]))
	}
	root := math.Sqrt(squares)
	if root == 0 { // all that is not 0 has no weight
		clear(r.Y)
		return r
	}
	num.Scale(r.Y, 1/root)
	r.Spread = float64(top * root)
	return r
}

// Correlate is c: for each feature Σ share·x̃·ỹ, 0 for constant columns.
func (d *Design) Correlate(ctx context.Context, y []float64) ([]float64, error) {
	v := y
	if d.Share != nil {
		v = make([]float64, len(y))
		for i := range y {
			v[i] = float64(d.Share[i] * y[i])
		}
	}
	c, err := d.transposeTimes(ctx, v)
	if d.Share == nil {
		num.Scale(c, 1/float64(len(y)))
	}
	return c, err
}

// transposeTimes is x̃'v.
func (d *Design) transposeTimes(ctx context.Context, v []float64) ([]float64, error) {
	dst := make([]float64, len(d.X.Cols))
	err := d.pool.For(ctx, len(dst), func(j int) {
		if d.Spread[j] == 0 {
			return
		}
		var s float64
		m := d.Mean[j]
		for i, x := range d.X.Cols[j] {
			s += float64(v[i] * (float64(x) - m))
		}
		dst[j] = s / d.Spread[j]
	})
	return dst, err
}

// times writes x̃γ to dst.
func (d *Design) times(ctx context.Context, dst, gamma []float64) error {
	beta, offset := d.unscale(gamma)
	n := len(dst)
	return d.pool.For(ctx, (n+tile-1)/tile, func(t int) {
		z := dst[t*tile : min((t+1)*tile, n)]
		for i := range z {
			z[i] = offset
		}
		addProducts(z, d.X.Cols, t*tile, beta)
	})
}

// unscale is β, and the intercept −Σ β·mean that makes xβ + b equal x̃γ.
func (d *Design) unscale(gamma []float64) (beta []float64, b float64) {
	beta = make([]float64, len(gamma))
	for j, g := range gamma {
		if g != 0 && d.Spread[j] > 0 {
			beta[j] = g / d.Spread[j]
			b -= float64(beta[j] * d.Mean[j])
		}
	}
	return beta, b
}

// Regression is the fitted model of coefficients γ for ỹ.
func (d *Design) Regression(r Response, gamma []float64) *Fitted {
	num.Scale(gamma, r.Spread)
	beta, b := d.unscale(gamma)
	for j, v := range beta { // only a column of spread near 0 with a huge target gets there
		beta[j] = max(-math.MaxFloat64, min(math.MaxFloat64, v))
	}
	if b-b != 0 {
		b = 0
	}
	return &Fitted{Link: Identity, Coef: beta, Intercept: []float64{r.Mean + b}, Spread: append([]float64(nil), d.Spread...)}
}

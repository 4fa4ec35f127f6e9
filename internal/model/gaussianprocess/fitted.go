package gaussianprocess

import (
	"math"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/num"
)

// process is what one process has learned.
type process struct {
	kernel
	alpha []float64 // the mean is k'α
	root  []float64 // √W of a class; its variance is k(x, x) − |U'⁻¹√W·k|². nil where the variance plays no part

	points points
	factor []float64 // U with U'U = I + √W·K·√W, n × n
}

// Fitted is the rows and one process, or one for each class.
type Fitted struct {
	kind         sadi.Problem
	outputs      int
	mean, spread float64     // of a regression's target
	cols         [][]float32 // by feature
	processes    []process
}

var (
	_ model.Fitted    = (*Fitted)(nil)
	_ model.Laborious = (*Fitted)(nil)
)

// Outputs is 1, or the number of classes.
func (f *Fitted) Outputs() int { return f.outputs }

// Features is the number of features.
func (f *Fitted) Features() int { return len(f.cols) }

// Work is the size of the rows and, of classes, of their factors; for each process.
func (f *Fitted) Work() int {
	n := len(f.cols[0])
	work := n * len(f.cols)
	if f.processes[0].root != nil {
		work += n * n / 2
	}
	return f.outputs * work
}

// prepare makes what follows from the rows and the processes.
func (f *Fitted) prepare() error {
	n := len(f.cols[0])
	for c := range f.processes {
		p := &f.processes[c]
		p.points = p.pointsOf(f.cols)
		if p.root == nil {
			continue
		}
		k, _ := p.matrix(p.points, n, false)
		for i := range n {
			k[i*n+i] += jitter
			for j := i; j < n; j++ {
				k[i*n+j] *= p.root[i] * p.root[j]
			}
			k[i*n+i]++
		}
		if !num.Cholesky(k, n, n, 0) {
			return sadi.Errorf(sadi.Corrupt, "the curvature of a Gaussian process has no factor")
		}
		p.factor = k
	}
	return nil
}

// Predict writes the predictions; a missing or infinite feature is an error.
func (f *Fitted) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(f, dst, x); err != nil {
		return err
	}
	if err := model.CheckFeatures(x, dataset.Distances); err != nil {
		return err
	}
	cov := make([]float64, len(f.cols[0]))
	at := make([]float64, (len(f.cols)+3)&^3)
	for i := range x.Rows {
		row := dst[i*f.outputs : (i+1)*f.outputs]
		for c := range f.processes {
			p := &f.processes[c]
			for j, col := range x.Cols {
				at[j] = (float64(col[i]) - float64(f.cols[j][0])) / p.scale(j)
			}
			p.points.squares(cov, 0, at)
			p.covariances(cov, nil)
			mean := num.Dot(cov, p.alpha)
			switch {
			case f.kind == sadi.RegressionValue:
				row[c] = f.value(mean)
			case p.root == nil:
				row[c] = num.Logistic(mean)
			default:
				row[c] = averaged(mean, p.variance(cov))
			}
		}
		if f.kind == sadi.Multiclass {
			share(row)
		}
	}
	return nil
}

// value is a prediction in the unit of the target.
func (f *Fitted) value(mean float64) float64 {
	return max(-math.MaxFloat64, min(math.MaxFloat64, f.mean+float64(f.spread*mean)))
}

// variance is that of the function at a new row; it destroys cov.
func (p *process) variance(cov []float64) float64 {
	n := len(cov)
	for i, r := range p.root {
		cov[i] *= r
	}
	var x [4][]float64
	var a [4]float64
	i := 0
	for ; i+4 <= n; i += 4 {
		for k := range a {
			u := p.factor[(i+k)*n : (i+k+1)*n]
			a[k] = cov[i+k] / u[i+k]
			cov[i+k] = a[k]
			for q := k + 1; q < 4; q++ {
				cov[i+q] -= float64(a[k] * u[i+q])
			}
			x[k] = u[i+4:]
		}
		num.SubtractFour(cov[i+4:], &a, &x)
	}
	for ; i < n; i++ {
		u := p.factor[i*n : (i+1)*n]
		cov[i] /= u[i]
		for q := i + 1; q < n; q++ {
			cov[q] -= float64(cov[i] * u[q])
		}
	}
	return max(p.Constant-num.Dot(cov, cov), 0)
}

const (
	reach = 8.0 // deviations on either side of the mean
	grid  = 64  // steps between
)

// densities are those of the normal distribution on the grid, times its step.
var densities = func() (d [grid + 1]float64) {
	for i := range d {
		t := float64(float64(i)*(2*reach/grid)) - reach
		d[i] = -t * t / 2
	}
	num.Exp(d[:], d[:])
	num.Scale(d[:], 1/num.Sum(d[:]))
	return d
}()

// averaged is the mean of the logistic function of a normal number (3.25), by the trapezoidal rule, whose error falls with the
// exponent of the number of steps.
func averaged(mean, variance float64) float64 {
	if variance == 0 {
		return num.Logistic(mean)
	}
	sd := math.Sqrt(variance)
	sum := 0.0
	for i, d := range densities {
		t := float64(float64(i)*(2*reach/grid)) - reach
		sum += float64(d * num.Logistic(mean+float64(sd*t)))
	}
	return min(sum, 1)
}

// share makes the probabilities of classes, each against all others, add up to 1.
func share(row []float64) {
	if sum := num.Sum(row); sum > 0 {
		num.Scale(row, 1/sum)
		return
	}
	for c := range row {
		row[c] = 1 / float64(len(row))
	}
}

const version = 1

// Encode writes the rows and the processes.
func (f *Fitted) Encode(w *codec.Writer) {
	w.U8(version)
	model.EncodeProblem(w, f.kind)
	w.F64(f.mean)
	w.F64(f.spread)
	w.Int(len(f.cols))
	for _, col := range f.cols {
		w.F32s(col)
	}
	w.Int(f.outputs)
	for _, p := range f.processes {
		w.U8(uint8(p.shape))
		w.F64(p.Constant)
		w.F64s(p.Scales)
		w.F64s(p.alpha)
		w.F64s(p.root)
	}
}

func decode(r *codec.Reader) (model.Fitted, error) {
	r.Version("gaussian_process", version)
	f := &Fitted{kind: model.DecodeProblem(r, "a Gaussian process")}
	f.mean, f.spread = r.F64(), r.F64()
	f.cols = make([][]float32, r.Len(8))
	for j := range f.cols {
		f.cols[j] = r.F32s()
	}
	f.outputs = r.Len(33)
	f.processes = make([]process, f.outputs)
	for c := range f.processes {
		p := &f.processes[c]
		p.shape, p.Constant, p.Scales, p.alpha, p.root = shape(r.U8()), r.F64(), r.F64s(), r.F64s(), r.F64s()
		if len(p.root) == 0 {
			p.root = nil
		}
	}
	if r.Err() == nil {
		f.check(r)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	if err := f.prepare(); err != nil {
		return nil, err
	}
	return f, nil
}

// check records what is wrong with what was read.
func (f *Fitted) check(r *codec.Reader) {
	if len(f.cols) == 0 || len(f.cols[0]) == 0 || f.outputs == 0 || f.outputs > 1 && f.kind != sadi.Multiclass || f.mean-f.mean != 0 || f.spread-f.spread != 0 {
		r.Fail("%d Gaussian processes of %d features", f.outputs, len(f.cols))
		return
	}
	n := len(f.cols[0])
	for _, col := range f.cols {
		if len(col) != n {
			r.Fail("a feature has %d values, another %d", n, len(col))
		}
		for _, v := range col {
			if v-v != 0 {
				r.Fail("a row of a Gaussian process has the value %v", v)
			}
		}
	}
	positive := func(what string, v, most float64) {
		if !(v > 0 && v <= most) {
			r.Fail("a Gaussian process has the %s %v", what, v)
		}
	}
	for _, p := range f.processes {
		positive("constant", p.Constant, 2*bound)
		for _, l := range p.Scales {
			positive("length scale", l, 2*bound)
			positive("length scale", 1/l, 2*bound)
		}
		if int(p.shape) >= len(shapeNames) || len(p.Scales) != 1 && len(p.Scales) != len(f.cols) || len(p.alpha) != n || p.root != nil && (len(p.root) != n || !f.kind.IsClassification()) {
			r.Fail("a Gaussian process does not fit its %d rows", n)
		}
		if !num.Finite(p.alpha) || num.MaxAbs(p.alpha) > 1e100 || !num.Finite(p.root) || num.MaxAbs(p.root) > 1e100 {
			r.Fail("a Gaussian process has a number beyond all measure")
		}
	}
}

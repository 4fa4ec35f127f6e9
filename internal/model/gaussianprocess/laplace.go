package gaussianprocess

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/model"
	"sadi/internal/num"
	"sadi/internal/param"
)

// labels is a class against the others, under Laplace's approximation: the posterior of the function values f at the rows is
// taken as normal, about its mode, with the curvature that it has there. The likelihood is Π π(f_i)^w_i or (1 − π(f_i))^w_i, with
// the logistic function π.
type labels struct {
	cols [][]float32
	t    []float64 // 0 or 1
	w    []float64 // nil = all 1
	near []float64 // where to begin to climb: a mode under similar parameters, nil = at 0
}

func (s *labels) weight(i int) float64 {
	if s.w == nil {
		return 1
	}
	return s.w[i]
}

// mode is what algorithm 3.1 finds.
type mode struct {
	f, a  []float64 // the mode, and K⁻¹f
	slope []float64 // ∇ log p(t|f), which is K⁻¹f too, up to what Newton's steps leave
	root  []float64 // √W, with W = −∇∇ log p(t|f)
	log   float64   // log p(t|f) − ½a'f
}

// likelihoodAt fills in what follows from f.
func (s *labels) likelihoodAt(m *mode) {
	m.log = -num.Dot(m.a, m.f) / 2
	for i, f := range m.f {
		w, p := s.weight(i), num.Logistic(f)
		m.slope[i] = w * (s.t[i] - p)
		m.root[i] = math.Sqrt(float64(w * p * num.Logistic(-f)))
		if s.t[i] == 0 {
			f = -f
		}
		m.log -= float64(w * num.Log1pExp(-f))
	}
}

// find climbs to the mode by Newton's steps, halved where they lead down. k is K, n × n, all of it.
func (s *labels) find(ctx context.Context, k []float64) (*mode, error) {
	const steps, halves = 100, 10
	const little = 1e-6 // Newton's steps double the digits: after a gain so small nothing is left to gain
	n := len(s.t)
	m := &mode{f: make([]float64, n), a: make([]float64, n), slope: make([]float64, n), root: make([]float64, n)}
	copy(m.f, s.near)
	s.likelihoodAt(m)
	if s.near != nil {
		m.log = math.Inf(-1) // for K⁻¹f is not known there
	}
	b := make([]float64, n)
	for range steps {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		for i := range b {
			b[i] = float64(m.root[i]*m.root[i]*m.f[i]) + m.slope[i]
		}
		next := s.newton(k, m, b)
		before, from := m.log, append([]float64(nil), m.a...)
		for half := 0; ; half++ {
			m.a = next
			for i := range m.f {
				m.f[i] = num.Dot(k[i*n:(i+1)*n], m.a)
			}
			s.likelihoodAt(m)
			if m.log >= before || half == halves {
				break
			}
			shorter := make([]float64, n)
			for i := range shorter {
				shorter[i] = (from[i] + next[i]) / 2
			}
			next = shorter
		}
		if m.log-before < little {
			break
		}
	}
	return m, nil
}

// newton is a = b − √W·(U'U)⁻¹·√W·K·b.
func (s *labels) newton(k []float64, m *mode, b []float64) []float64 {
	n := len(b)
	u := m.system(k, n+1)
	for i := range n {
		u[i*(n+1)+n] = m.root[i] * num.Dot(k[i*n:(i+1)*n], b)
	}
	num.Cholesky(u, n, n+1, 0) // I + … has a factor
	v := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		row := u[i*(n+1) : (i+1)*(n+1)]
		v[i] = (row[n] - num.Dot(row[i+1:n], v[i+1:])) / row[i]
	}
	a := make([]float64, n)
	for i := range a {
		a[i] = b[i] - float64(m.root[i]*v[i])
	}
	return a
}

// system is I + √W·K·√W, on and above the diagonal of n × width numbers.
func (m *mode) system(k []float64, width int) []float64 {
	n := len(m.f)
	u := make([]float64, n*width)
	for i := range n {
		for j := i; j < n; j++ {
			u[i*width+j] = m.root[i] * k[i*n+j] * m.root[j]
		}
		u[i*width+i]++
	}
	return u
}

// mirrored copies what is above the diagonal below it.
func mirrored(k []float64, n int) {
	for i := range n {
		for j := range i {
			k[i*n+j] = k[j*n+i]
		}
	}
}

// likelihood is the log marginal likelihood (3.32) with its gradient by θ (algorithm 5.1), and the mode.
func (s *labels) likelihood(ctx context.Context, k *kernel, gradient []float64) (float64, *mode, error) {
	n := len(s.t)
	p := k.pointsOf(s.cols)
	cov, slope := k.matrix(p, n, true)
	for i := range n {
		cov[i*n+i] += jitter
	}
	mirrored(cov, n)
	m, err := s.find(ctx, cov)
	if err != nil {
		return 0, nil, err
	}
	// Beside U stand V = U'⁻¹√W and C = U'⁻¹√W·K.
	width := 3 * n
	u := m.system(cov, width)
	for i := range n {
		u[i*width+n+i] = m.root[i]
		num.Axpy(u[i*width+2*n:(i+1)*width], m.root[i], cov[i*n:(i+1)*n])
	}
	if !num.Cholesky(u, n, width, 0) {
		return math.Inf(-1), m, nil
	}
	value := m.log
	for i := range n {
		value -= elementary.Log(u[i*width+i])
	}
	r := make([]float64, n*n) // −R = −V'V
	crossed(r, u[n:], width, n)
	mirrored(r, n)

	// s2 is the gradient by f of −½ log |I + W·K|, and q = (I − R·K)·s2.
	s2 := make([]float64, n)
	for i := range n {
		row := u[i*width+2*n : (i+1)*width]
		for j, c := range row {
			s2[j] += float64(c * c)
		}
	}
	q, ks := make([]float64, n), make([]float64, n)
	for i, f := range m.f {
		pi := num.Logistic(f)
		third := m.root[i] * m.root[i] * (1 - 2*pi)
		s2[i] = -(cov[i*n+i] - s2[i]) / 2 * third
	}
	for i := range n {
		ks[i] = num.Dot(cov[i*n:(i+1)*n], s2)
	}
	for i := range n {
		q[i] = s2[i] + num.Dot(r[i*n:(i+1)*n], ks)
	}
	for i := range n {
		for j := i; j < n; j++ {
			r[i*n+j] = (float64(m.a[i]*m.a[j]) + r[i*n+j] + float64(q[i]*m.slope[j]) + float64(q[j]*m.slope[i])) / 2
		}
		cov[i*n+i] -= jitter
	}
	k.contract(gradient, r, cov, n, slope, p)
	return value, m, nil
}

// tune maximises the likelihood.
func (s *labels) tune(ctx context.Context, k kernel, o *options) (kernel, error) {
	theta := k.theta()
	least, most := bounds(len(theta))
	theta, err := ascent(ctx, theta, least, most, o.maxIter, o.tol, func(theta, gradient []float64) (float64, error) {
		at := k.at(theta)
		value, mode, err := s.likelihood(ctx, &at, gradient)
		if err == nil {
			s.near = mode.f
		}
		return value, err
	})
	if err != nil {
		return k, err
	}
	return k.at(theta), nil
}

// both reports whether there are rows within and outside the class.
func (s *labels) both() bool {
	for _, t := range s.t {
		if t != s.t[0] {
			return true
		}
	}
	return false
}

func fitClassifier(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	if err := check(ctx, train); err != nil {
		return nil, err
	}
	o := optionsOf(values, train.X)
	set := model.Sample(train.Set, o.maxRows)
	few := model.Sample(set, o.tuneOnMax)
	f := &Fitted{kind: train.Y.Problem, outputs: train.Y.Outputs(), cols: set.X.Cols, processes: make([]process, train.Y.Outputs())}
	errs := make([]error, len(f.processes))
	err := train.Pool.For(ctx, len(f.processes), func(c int) {
		class := float64(c)
		if f.kind == sadi.Binary {
			class = 1
		}
		f.processes[c], errs[c] = o.learn(ctx, set, few, class)
		if values.Choice("probability") == "mode" {
			f.processes[c].root = nil
		}
	})
	if err != nil {
		return nil, err
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return f, f.prepare()
}

// learn is the process of one class against the others.
func (o *options) learn(ctx context.Context, set, few dataset.Set, class float64) (process, error) {
	p := process{kernel: o.start(len(set.X.Cols))}
	var err error
	if s := labelsOf(few, class); o.maxIter > 0 && s.both() {
		if p.kernel, err = s.tune(ctx, p.kernel, o); err != nil {
			return p, err
		}
	}
	s := labelsOf(set, class)
	n := len(s.t)
	k, _ := p.kernel.matrix(p.kernel.pointsOf(s.cols), n, false)
	for i := range n {
		k[i*n+i] += jitter
	}
	mirrored(k, n)
	m, err := s.find(ctx, k)
	if err != nil {
		return p, err
	}
	p.alpha, p.root = m.a, m.root
	return p, nil
}

func labelsOf(s dataset.Set, class float64) labels {
	l := labels{cols: s.X.Cols, t: make([]float64, len(s.Y.Y)), w: s.Weights}
	for i, y := range s.Y.Y {
		if y == class {
			l.t[i] = 1
		}
	}
	return l
}

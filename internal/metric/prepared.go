package metric

import (
	"slices"
	"sync"

	"sadi"
)

// Prepared is a target with its predictions and what scorers derive from them, each thing when it is first needed and
// once: decided classes, orders of rows, losses of rows. Scoring the same predictions under many weightings (the
// bootstrap) then takes O(n) each. It is safe for concurrent use.
type Prepared struct {
	d      Data
	single bool // for one Score only: what no second weighting would use is not worth deriving

	mu     sync.Mutex
	memos  []memo
	orders []memo // by column
	pairs  []pair // scratch of byValue
	spare  []pair
}

// memo is a derived vector; the buffers of one that is not valid are kept for the next data.
type memo struct {
	key   string
	valid bool
	f     []float64
	n     []int32
	err   error
}

// Prepare checks d and returns it prepared. d must not change afterwards.
func Prepare(d Data) (*Prepared, error) {
	p := new(Prepared)
	if err := p.reset(d); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Prepared) reset(d Data) error {
	p.d = d
	for i := range p.memos {
		p.memos[i].valid = false
	}
	for i := range p.orders {
		p.orders[i].valid = false
	}
	return d.check()
}

// derive returns the memo of a key, made by build at the first call. The result is read only.
func (p *Prepared) derive(key string, build func(m *memo)) memo {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.memos, func(m memo) bool { return m.key == key })
	if i < 0 {
		p.memos = append(p.memos, memo{key: key})
		i = len(p.memos) - 1
	}
	m := &p.memos[i]
	if !m.valid {
		m.err = nil
		build(m)
		m.valid = true
	}
	return *m
}

// losses is a loss for each row.
func (p *Prepared) losses(key string, fill func(d Data, dst []float64) error) ([]float64, error) {
	m := p.derive(key, func(m *memo) {
		m.f = grow(m.f, len(p.d.Y))
		m.err = fill(p.d, m.f)
	})
	return m.f, m.err
}

// decided is the decided class of each row.
func (p *Prepared) decided() []int32 {
	return p.derive("decided", func(m *memo) {
		m.n = grow(m.n, len(p.d.Y))
		Decide(m.n, p.d)
	}).n
}

// Order is the rows by ascending prediction in a column of Pred, equal ones by ascending row. It is read only.
func (p *Prepared) Order(col int) []int32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, k := col, p.d.Outputs()
	if p.single { // the columns are asked for one after another, so one buffer does for all
		at = 0
	}
	for len(p.orders) <= at {
		p.orders = append(p.orders, memo{})
	}
	m := &p.orders[at]
	if !m.valid || p.single {
		m.n = p.byValue(m.n, func(i int) float64 { return p.d.Pred[i*k+col] })
		m.valid = true
	}
	return m.n
}

// byValue are the rows by ascending value, equal ones by ascending row. The caller holds the lock.
func (p *Prepared) byValue(dst []int32, value func(i int) float64) []int32 {
	n := len(p.d.Y)
	p.pairs, p.spare = grow(p.pairs, n), grow(p.spare, n)
	for i := range p.pairs {
		p.pairs[i] = pair{orderedBits(value(i)), int32(i)}
	}
	sortPairs(p.pairs, p.spare)
	dst = grow(dst, n)
	for i, q := range p.pairs {
		dst[i] = q.row
	}
	return dst
}

// View scores prepared data under one weighting at a time. It belongs to one goroutine.
type View struct {
	p     *Prepared
	w     []float64 // nil = ones
	total float64   // of the weights
	rows  int       // with a weight above 0

	tallied    bool
	tp, fp, fn []float64 // K, see tally

	paired        bool
	areas, truths []float64 // K × K and K, see pairAreas

	pos, neg, keys []uint64 // scratch of rocAreaByKeys
	before, group  []float64
}

var pooled = sync.Pool{New: func() any { return &View{p: &Prepared{single: true}} }}

// View returns a view under the weights of the data.
func (p *Prepared) View() *View {
	v := &View{p: p}
	v.weigh(p.d.Weights)
	return v
}

// Weigh replaces the weights: n finite non-negative numbers, or nil for ones. They must not change while in use.
func (v *View) Weigh(w []float64) error {
	if err := checkWeights(w, len(v.p.d.Y)); err != nil {
		return err
	}
	v.weigh(w)
	return nil
}

func (v *View) weigh(w []float64) {
	v.w, v.tallied, v.paired = w, false, false
	v.total, v.rows = float64(len(v.p.d.Y)), len(v.p.d.Y)
	if w == nil {
		return
	}
	v.total, v.rows = 0, 0
	for _, x := range w {
		v.total += x
		if x > 0 {
			v.rows++
		}
	}
}

// weight is the weight of a row.
func (v *View) weight(i int) float64 {
	if v.w == nil {
		return 1
	}
	return v.w[i]
}

// Score is Scorer.Score under the weights of the view.
func (v *View) Score(s Scorer) (float64, error) {
	switch {
	case s.fn == nil:
		return 0, sadi.Errorf(sadi.Internal, "a scorer without a name was asked for a score")
	case !s.Fits(v.p.d.Problem):
		return 0, sadi.Errorf(sadi.BadUsage, "%s is not defined for a %s problem", s.Name, v.p.d.Problem)
	case v.rows == 0:
		return 0, undefined("%s is undefined: no row has a weight above 0", s.Name)
	}
	score, err := s.fn(v)
	if err != nil {
		return 0, err
	}
	if !finite(score) {
		return 0, undefined("%s is undefined: the numbers are too large", s.Name)
	}
	return score + 0, nil // + 0 makes a negative zero positive
}

// mean is the weighted mean of a value for each row.
func (v *View) mean(x []float64) float64 {
	if v.w == nil {
		var sum float64
		for _, a := range x {
			sum += a
		}
		return sum / v.total
	}
	sum := dot(v.w, x)
	if sum != sum { // an infinite loss on a row of weight 0, which does not exist
		sum = 0
		for i, a := range x {
			if w := v.w[i]; w > 0 {
				sum += float64(w * a)
			}
		}
	}
	return sum / v.total
}

// dot is Σ a·b, in order. The conversion keeps a product from being fused with the sum.
func dot(a, b []float64) float64 {
	var sum float64
	b = b[:len(a)]
	for i, x := range a {
		sum += float64(x * b[i])
	}
	return sum
}

// grow is a slice of length n that reuses s where it is large enough; its contents are arbitrary.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

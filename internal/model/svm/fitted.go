package svm

import (
	"math"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/num"
)

// Fitted is a fitted support vector machine, or one for each two classes; they share their support vectors.
//
// The vectors stand class by class. A vector of the i-th class present has a coefficient for each other class present, in the
// order of these: coef[m·S + s] is that of vector s of S against the m-th other class. A regressor has one coefficient a vector.
type Fitted struct {
	problem  sadi.Problem
	kernel   kernel
	features int
	counts   []int     // vectors of each class, −1 = the class was not there; nil for regression
	vectors  []float32 // S × d, row-major
	coef     []float64
	bias     []float64   // of each machine: the classes 0 and 1, 0 and 2, …, 1 and 2, …
	sigmoids []sigmoidOf // of each machine; nil for regression
	origin   []float32   // for kernels of distance, see newPoints; else nil

	// What follows from these.
	points  *points
	present []int // classes with vectors
	starts  []int // of the vectors of each class present, and the end
}

var (
	_ model.Fitted    = (*Fitted)(nil)
	_ model.Laborious = (*Fitted)(nil)
)

// Outputs is 1, or the number of classes.
func (f *Fitted) Outputs() int {
	if f.problem == sadi.Multiclass {
		return len(f.counts)
	}
	return 1
}

// Features is d.
func (f *Fitted) Features() int { return f.features }

// Work is the size of the vectors and their coefficients.
func (f *Fitted) Work() int { return len(f.vectors) + len(f.coef) }

// collect takes over what the duels of some classes have learned.
func (f *Fitted) collect(s *sample, classes []int, duels []*duel) {
	used := make([]bool, s.rows())
	for _, d := range duels {
		for i, b := range d.beta {
			used[d.rows[i]] = used[d.rows[i]] || b != 0
		}
	}
	f.counts = make([]int, s.target.Classes)
	for c := range f.counts {
		f.counts[c] = -1
	}
	var chosen []int
	place := make([]int, s.rows()) // of a row among the vectors
	for _, c := range classes {
		f.counts[c] = 0
		for i, y := range s.target.Y {
			if int(y) == c && used[i] {
				place[i] = len(chosen)
				chosen = append(chosen, i)
				f.counts[c]++
			}
		}
	}
	f.vectors = s.vectors(chosen)
	f.coef = make([]float64, (len(classes)-1)*len(chosen))
	for _, d := range duels {
		f.bias, f.sigmoids = append(f.bias, d.bias), append(f.sigmoids, d.sigmoid)
		for i, b := range d.beta {
			if b == 0 {
				continue
			}
			against := d.first
			if d.isFirst[i] {
				against = d.second - 1
			}
			f.coef[against*len(chosen)+place[d.rows[i]]] = b
		}
	}
	f.lay(len(chosen))
}

// lay makes what follows from the rest of the model.
func (f *Fitted) lay(vectors int) {
	cols := make([][]float32, f.features)
	for j := range cols {
		cols[j] = make([]float32, vectors)
		for s := range cols[j] {
			cols[j][s] = f.vectors[s*f.features+j]
		}
	}
	f.points = newPoints(cols, nil, vectors, f.origin)
	f.present, f.starts = nil, []int{0}
	for c, n := range f.counts {
		if n >= 0 {
			f.present = append(f.present, c)
			f.starts = append(f.starts, f.starts[len(f.starts)-1]+n)
		}
	}
}

// Predict writes the predictions; a missing or infinite feature is an error.
func (f *Fitted) Predict(dst []float64, x *dataset.Matrix) error {
	if err := model.CheckPredict(f, dst, x); err != nil {
		return err
	}
	if err := model.CheckFeatures(x, dataset.Distances); err != nil {
		return err
	}
	const block = 16 // rows that a panel of vectors meets while it is in the cache
	k := f.Outputs()
	work := f.newWork(min(block, x.Rows))
	for lo := 0; lo < x.Rows; lo += block {
		rows := min(block, x.Rows-lo)
		work.load(x, lo, rows)
		work.compare(rows)
		for i := range rows {
			work.answer(dst[(lo+i)*k:][:k], work.similar[i*work.width:][:f.points.n])
		}
	}
	return nil
}

// work is the room that a Predict needs.
type work struct {
	*Fitted
	width    int       // vectors, filled up to whole panels
	x        []float64 // rows × d
	squares  []float64 // |x|²
	similar  []float64 // rows × width
	decision []float64 // of each machine
	r, q     []float64 // for couple
	p, qp    []float64
}

func (f *Fitted) newWork(rows int) *work {
	k := len(f.present)
	w := &work{Fitted: f, width: len(f.points.squares), decision: make([]float64, len(f.bias)), p: make([]float64, k), qp: make([]float64, k)}
	w.x, w.squares, w.similar = make([]float64, rows*f.features), make([]float64, rows), make([]float64, rows*w.width)
	if f.problem == sadi.Multiclass {
		w.r, w.q = make([]float64, k*k), make([]float64, k*k)
	}
	return w
}

// load takes rows of the matrix from lo on.
func (w *work) load(x *dataset.Matrix, lo, rows int) {
	clear(w.squares)
	for j, col := range x.Cols {
		o := 0.0
		if w.origin != nil {
			o = float64(w.origin[j])
		}
		for i, v := range col[lo:][:rows] {
			e := float64(v) - o
			w.x[i*w.features+j] = e
			w.squares[i] += float64(e * e)
		}
	}
}

// compare computes the similarities of rows and vectors.
func (w *work) compare(rows int) {
	for k := range w.points.count() {
		panel := w.points.panel(k)
		for i := range rows {
			multiply((*[lanes]float64)(w.similar[i*w.width+k*lanes:]), w.x[i*w.features:][:w.features], panel)
		}
	}
	for i := range rows {
		w.kernel.apply(w.similar[i*w.width:][:w.width], w.squares[i], w.points.squares)
	}
}

// answer writes the prediction of a row with the given similarities.
func (w *work) answer(dst, similar []float64) {
	if w.counts == nil {
		v := w.bias[0] + num.Dot(w.coef, similar)
		if v != v {
			v = w.bias[0]
		}
		dst[0] = max(-math.MaxFloat64, min(math.MaxFloat64, v))
		return
	}
	w.decide(similar)
	switch k := len(w.present); {
	case w.problem == sadi.Binary && k == 2:
		dst[0] = w.sigmoids[0].second(w.decision[0])
	case w.problem == sadi.Binary:
		dst[0] = float64(w.present[0])
	case k == 1:
		clear(dst)
		dst[w.present[0]] = 1
	default:
		w.several(dst)
	}
}

// decide computes the decision of every machine.
func (w *work) decide(similar []float64) {
	m := 0
	for a := range w.present {
		for b := a + 1; b < len(w.present); b++ {
			v := w.bias[m]
			v += num.Dot(w.coef[(b-1)*w.points.n:][w.starts[a]:w.starts[a+1]], similar[w.starts[a]:w.starts[a+1]])
			v += num.Dot(w.coef[a*w.points.n:][w.starts[b]:w.starts[b+1]], similar[w.starts[b]:w.starts[b+1]])
			w.decision[m] = bounded(v)
			m++
		}
	}
}

// several writes the probabilities of several classes.
func (w *work) several(dst []float64) {
	const least = 1e-7 // of one of two classes
	k := len(w.present)
	m := 0
	for a := range k {
		for b := a + 1; b < k; b++ {
			first := max(least, min(1-least, w.sigmoids[m].first(w.decision[m])))
			w.r[a*k+b], w.r[b*k+a] = first, 1-first
			m++
		}
	}
	couple(w.p, w.r, w.q, w.qp)
	clear(dst)
	for a, c := range w.present {
		dst[c] = max(0, min(1, w.p[a]))
	}
}

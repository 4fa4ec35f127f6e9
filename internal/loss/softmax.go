package loss

import (
	"math"
	"slices"

	"sadi/internal/elementary"
	"sadi/internal/num"
)

// Softmax is the log loss of K classes, y a class index:
//
//	ℓ = ln Σ_k e^f_k - f_y,   g_k = p_k - [y = k],   h_k = p_k (1 - p_k),   p_k = e^f_k / Σ_j e^f_j
//
// h is the true diagonal, kept above 1e-16. Boosters that grow a tree for each class step as if the others stood still
// and usually scale it: by 2 (XGBoost) or K/(K-1) (LightGBM).
type Softmax struct{ Classes int }

var _ Loss = Softmax{}

// Name is "softmax".
func (Softmax) Name() string { return "softmax" }

// Outputs is K.
func (s Softmax) Outputs() int { return s.Classes }

// Check allows the class indexes.
func (s Softmax) Check(y []float64) error {
	return check(y, s.Name(), "class indexes", func(v float64) bool {
		return v >= 0 && v < float64(s.Classes) && v == math.Trunc(v)
	})
}

// Init are the logarithms of the shares of the classes, which are kept above 1e-15.
func (s Softmax) Init(y, w []float64) []float64 {
	shares := make([]float64, s.Classes)
	var total float64
	for i, c := range y {
		shares[int(c)] += weight(w, i)
		total += weight(w, i)
	}
	for k, share := range shares {
		shares[k] = elementary.Log(max(share/max(total, math.SmallestNonzeroFloat64), 1e-15))
	}
	return shares
}

// Value is ln Σ_k e^f_k - f_y.
func (Softmax) Value(y float64, raw []float64) float64 {
	return num.LogSumExp(raw) - raw[int(y)]
}

// GradHess writes p_k - [y = k] and p_k (1 - p_k).
func (s Softmax) GradHess(g, h []float32, y, raw, w []float64) {
	k := s.Classes
	block := max(1, 512/k) // rows, so that there is one call of Exp for many
	room := make([]float64, min(block, len(y))*k)
	for at := 0; at < len(y); at += block {
		n := min(block, len(y)-at)
		e := room[:n*k]
		for i := range n {
			row := raw[(at+i)*k : (at+i+1)*k]
			most := slices.Max(row)
			for j, f := range row {
				e[i*k+j] = f - most
			}
		}
		num.Exp(e, e)
		for i := range n {
			p, u := e[i*k:(i+1)*k], weight(w, at+i)
			sum := 0.0
			for _, x := range p {
				sum += x
			}
			gi, hi := g[(at+i)*k:(at+i+1)*k], h[(at+i)*k:(at+i+1)*k]
			class := int(y[at+i])
			for j, x := range p {
				pj := x / sum
				hi[j] = single(u * max(float64(pj*(1-pj)), leastHessian))
				if j == class {
					pj--
				}
				gi[j] = single(u * pj)
			}
		}
	}
}

// Link writes the probabilities.
func (s Softmax) Link(dst, raw []float64) {
	k := s.Classes
	for i := 0; i < len(raw); i += k {
		num.Softmax(dst[i:i+k], raw[i:i+k])
	}
}

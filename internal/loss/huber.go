package loss

import "math"

// Huber is squared for small errors and absolute for large ones (Huber 1964), e = f - y:
//
//	ℓ = e²/2 where |e| ≤ δ, δ (|e| - δ/2) elsewhere;   g = e within ±δ
//
// h is 1 everywhere: where the true curvature is 0 it bounds the step from above, as LightGBM has it.
type Huber struct {
	Delta float64 // where large begins, in the units of y; 0 = 1
}

var _ Loss = Huber{}

// Name is "huber".
func (Huber) Name() string { return "huber" }

// Outputs is 1.
func (Huber) Outputs() int { return 1 }

// Check allows every finite number.
func (l Huber) Check(y []float64) error { return check(y, l.Name(), "finite targets", isNumber) }

func (l Huber) delta() float64 {
	if l.Delta == 0 {
		return 1
	}
	return l.Delta
}

// Init is where the sum of the gradients passes 0.
func (l Huber) Init(y, w []float64) []float64 { return []float64{turn(y, w, l.gradient)} }

// turn is where the sum of gradients that never fall with f passes 0: found by halving the range of y.
func turn(y, w []float64, gradient func(y, f float64) float64) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range y {
		if weight(w, i) > 0 {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if lo > hi {
		return 0
	}
	for range 200 { // far more halvings than a float64 has digits
		mid := float64(lo/2) + float64(hi/2)
		if mid <= lo || mid >= hi {
			break
		}
		var slope float64
		for i, v := range y {
			slope += float64(weight(w, i) * gradient(v, mid))
		}
		if slope < 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

func (l Huber) gradient(y, f float64) float64 {
	return min(max(f-y, -l.delta()), l.delta())
}

// Value is e²/2 or δ (|e| - δ/2).
func (l Huber) Value(y float64, raw []float64) float64 {
	e, d := math.Abs(raw[0]-y), l.delta()
	if e <= d {
		return e * e / 2
	}
	return d * (e - float64(d/2))
}

// GradHess writes e within ±δ and 1.
func (l Huber) GradHess(g, h []float32, y, raw, w []float64) {
	for i, f := range raw {
		u := weight(w, i)
		g[i], h[i] = single(u*l.gradient(y[i], f)), single(u)
	}
}

// Link copies.
func (Huber) Link(dst, raw []float64) { copy(dst, raw) }

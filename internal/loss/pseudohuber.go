package loss

import "sadi/internal/elementary"

// PseudoHuber is Huber's loss without its corner (Charbonnier et al. 1994; XGBoost's reg:pseudohubererror), e = f - y:
//
//	ℓ = δ² (√(1 + (e/δ)²) - 1),   g = e / √(1 + (e/δ)²),   h = (1 + (e/δ)²)^(-3/2)
type PseudoHuber struct {
	Delta float64 // where the loss turns from squared to absolute, in the units of y; 0 = 1
}

var _ Loss = PseudoHuber{}

// Name is "pseudo_huber".
func (PseudoHuber) Name() string { return "pseudo_huber" }

// Outputs is 1.
func (PseudoHuber) Outputs() int { return 1 }

// Check allows every finite number.
func (l PseudoHuber) Check(y []float64) error { return check(y, l.Name(), "finite targets", isNumber) }

func (l PseudoHuber) delta() float64 { return Huber(l).delta() }

// Init is where the sum of the gradients passes 0.
func (l PseudoHuber) Init(y, w []float64) []float64 { return []float64{turn(y, w, l.gradient)} }

func (l PseudoHuber) gradient(y, f float64) float64 {
	e := f - y
	return e / elementary.Hypot(1, e/l.delta())
}

// Value is δ² (√(1 + (e/δ)²) - 1).
func (l PseudoHuber) Value(y float64, raw []float64) float64 {
	d := l.delta()
	r := (raw[0] - y) / d
	// √(1 + r²) - 1 without the loss of digits where r is small.
	return d * (r / (1 + elementary.Hypot(1, r))) * d * r
}

// GradHess writes g and h.
func (l PseudoHuber) GradHess(g, h []float32, y, raw, w []float64) {
	for i, f := range raw {
		u, root := weight(w, i), elementary.Hypot(1, (f-y[i])/l.delta())
		g[i] = single(u * l.gradient(y[i], f))
		h[i] = single(u / root / root / root)
	}
}

// Link copies.
func (PseudoHuber) Link(dst, raw []float64) { copy(dst, raw) }

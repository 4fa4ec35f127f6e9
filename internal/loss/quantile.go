package loss

// Quantile is the pinball loss, whose minimum is the Alpha-quantile (Koenker and Bassett 1978), e = y - f:
//
//	ℓ = α·e where e ≥ 0, (α-1)·e elsewhere;   g = -α or 1 - α
//
// It has no curvature; h is 1, which makes a Newton step a gradient step. See Leafwise.
type Quantile struct {
	Alpha float64 // in (0, 1); 0 = 0.5
}

// Absolute is the absolute error |f - y|, whose minimum is the median; h is 1. See Leafwise.
type Absolute struct{}

var (
	_ Leafwise = Quantile{}
	_ Leafwise = Absolute{}
)

// Name is "quantile".
func (Quantile) Name() string { return "quantile" }

// Outputs is 1.
func (Quantile) Outputs() int { return 1 }

// Quantile is Alpha.
func (q Quantile) Quantile() float64 {
	if q.Alpha == 0 {
		return 0.5
	}
	return q.Alpha
}

// Check allows every finite number.
func (q Quantile) Check(y []float64) error { return check(y, q.Name(), "finite targets", isNumber) }

// Init is the Alpha-quantile.
func (q Quantile) Init(y, w []float64) []float64 {
	return []float64{WeightedQuantile(y, w, q.Quantile())}
}

// Value is α·e or (α-1)·e.
func (q Quantile) Value(y float64, raw []float64) float64 {
	e := y - raw[0]
	if e < 0 {
		return (q.Quantile() - 1) * e
	}
	return q.Quantile() * e
}

// GradHess writes -α or 1-α, 0 where f = y, and 1.
func (q Quantile) GradHess(g, h []float32, y, raw, w []float64) {
	below, above := -q.Quantile(), 1-q.Quantile()
	for i, f := range raw {
		u := weight(w, i)
		h[i] = single(u)
		switch {
		case f < y[i]:
			g[i] = single(u * below)
		case f > y[i]:
			g[i] = single(u * above)
		default:
			g[i] = 0
		}
	}
}

// Link copies.
func (Quantile) Link(dst, raw []float64) { copy(dst, raw) }

// Name is "absolute".
func (Absolute) Name() string { return "absolute" }

// Outputs is 1.
func (Absolute) Outputs() int { return 1 }

// Quantile is 0.5.
func (Absolute) Quantile() float64 { return 0.5 }

// Check allows every finite number.
func (a Absolute) Check(y []float64) error { return check(y, a.Name(), "finite targets", isNumber) }

// Init is the median.
func (Absolute) Init(y, w []float64) []float64 { return []float64{WeightedQuantile(y, w, 0.5)} }

// Value is |f - y|.
func (Absolute) Value(y float64, raw []float64) float64 { return 2 * Quantile{}.Value(y, raw) }

// GradHess writes the sign of f - y and 1.
func (Absolute) GradHess(g, h []float32, y, raw, w []float64) {
	for i, f := range raw {
		u := weight(w, i)
		h[i] = single(u)
		switch {
		case f < y[i]:
			g[i] = single(-u)
		case f > y[i]:
			g[i] = single(u)
		default:
			g[i] = 0
		}
	}
}

// Link copies.
func (Absolute) Link(dst, raw []float64) { copy(dst, raw) }

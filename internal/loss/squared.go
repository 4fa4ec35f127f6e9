package loss

// Squared is half of the squared error: ℓ = (f - y)²/2, g = f - y, h = 1.
type Squared struct{}

var _ Loss = Squared{}

// Name is "squared".
func (Squared) Name() string { return "squared" }

// Outputs is 1.
func (Squared) Outputs() int { return 1 }

// Check allows every finite number.
func (l Squared) Check(y []float64) error { return check(y, l.Name(), "finite targets", isNumber) }

// Init is the mean.
func (Squared) Init(y, w []float64) []float64 { return []float64{mean(y, w)} }

// Value is (f - y)²/2.
func (Squared) Value(y float64, raw []float64) float64 {
	e := raw[0] - y
	return e * e / 2
}

// GradHess writes f - y and 1.
func (Squared) GradHess(g, h []float32, y, raw, w []float64) {
	for i, f := range raw {
		u := weight(w, i)
		g[i], h[i] = single(u*(f-y[i])), single(u)
	}
}

// Link copies.
func (Squared) Link(dst, raw []float64) { copy(dst, raw) }

func isNumber(v float64) bool { return v == v }

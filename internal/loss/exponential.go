package loss

import "sadi/internal/elementary"

// Poisson, Gamma and Tweedie are half deviances of non-negative targets under a log link, μ = e^f: their
// minimum is the mean, and the raw score that gives it its logarithm.

// Poisson is for counts: ℓ = μ - y·f, g = μ - y, h = μ; y ≥ 0.
type Poisson struct {
	Step float64 // h = μ·e^Step, which shortens Newton's steps where they would overshoot (XGBoost's max_delta_step)
}

// Gamma is for positive amounts, blind to their scale: ℓ = f + y/μ, g = 1 - y/μ, h = y/μ; y > 0.
type Gamma struct{}

// Tweedie is for amounts of which many are 0, y ≥ 0 (Jørgensen 1987), with power 1 < ρ < 2:
//
//	ℓ = μ^(2-ρ)/(2-ρ) - y μ^(1-ρ)/(1-ρ),   g = μ^(2-ρ) - y μ^(1-ρ),   h = (2-ρ) μ^(2-ρ) + (ρ-1) y μ^(1-ρ)
type Tweedie struct {
	Power float64 // ρ in (1, 2); 0 = 1.5
}

var (
	_ Loss = Poisson{}
	_ Loss = Gamma{}
	_ Loss = Tweedie{}
)

// exp is e^x for x brought into ±350, so that it and its product with any target stay finite.
func exp(x float64) float64 { return elementary.Exp(min(max(x, -350), 350)) }

// logMean is the logarithm of the mean, which is kept above 1e-15.
func logMean(y, w []float64) []float64 { return []float64{elementary.Log(max(mean(y, w), 1e-15))} }

func expAll(dst, raw []float64) {
	for i, f := range raw {
		dst[i] = exp(f)
	}
}

// Name is "poisson".
func (Poisson) Name() string { return "poisson" }

// Outputs is 1.
func (Poisson) Outputs() int { return 1 }

// Check allows numbers of at least 0.
func (l Poisson) Check(y []float64) error {
	return check(y, l.Name(), "targets of at least 0", func(v float64) bool { return v >= 0 })
}

// Init is the logarithm of the mean.
func (Poisson) Init(y, w []float64) []float64 { return logMean(y, w) }

// Value is μ - y·f.
func (Poisson) Value(y float64, raw []float64) float64 { return exp(raw[0]) - float64(y*raw[0]) }

// GradHess writes μ - y and μ·e^Step.
func (l Poisson) GradHess(g, h []float32, y, raw, w []float64) {
	for i, f := range raw {
		u, mu := weight(w, i), exp(f)
		g[i], h[i] = single(u*(mu-y[i])), single(u*exp(f+l.Step))
	}
}

// Link is e^f.
func (Poisson) Link(dst, raw []float64) { expAll(dst, raw) }

// Name is "gamma".
func (Gamma) Name() string { return "gamma" }

// Outputs is 1.
func (Gamma) Outputs() int { return 1 }

// Check allows numbers above 0.
func (l Gamma) Check(y []float64) error {
	return check(y, l.Name(), "targets above 0", func(v float64) bool { return v > 0 })
}

// Init is the logarithm of the mean.
func (Gamma) Init(y, w []float64) []float64 { return logMean(y, w) }

// Value is f + y/μ.
func (Gamma) Value(y float64, raw []float64) float64 { return raw[0] + float64(y*exp(-raw[0])) }

// GradHess writes 1 - y/μ and y/μ.
func (Gamma) GradHess(g, h []float32, y, raw, w []float64) {
	for i, f := range raw {
		u, r := weight(w, i), float64(y[i]*exp(-f))
		g[i], h[i] = single(u*(1-r)), single(u*r)
	}
}

// Link is e^f.
func (Gamma) Link(dst, raw []float64) { expAll(dst, raw) }

// Name is "tweedie".
func (Tweedie) Name() string { return "tweedie" }

// Outputs is 1.
func (Tweedie) Outputs() int { return 1 }

func (l Tweedie) power() float64 {
	if l.Power == 0 {
		return 1.5
	}
	return l.Power
}

// Check allows numbers of at least 0.
func (l Tweedie) Check(y []float64) error {
	return check(y, l.Name(), "targets of at least 0", func(v float64) bool { return v >= 0 })
}

// Init is the logarithm of the mean.
func (Tweedie) Init(y, w []float64) []float64 { return logMean(y, w) }

// parts are μ^(2-ρ) and y μ^(1-ρ).
func (l Tweedie) parts(y, f float64) (a, b float64) {
	rho := l.power()
	return exp((2 - rho) * f), y * exp((1-rho)*f)
}

// Value is μ^(2-ρ)/(2-ρ) - y μ^(1-ρ)/(1-ρ).
func (l Tweedie) Value(y float64, raw []float64) float64 {
	a, b := l.parts(y, raw[0])
	return a/(2-l.power()) - b/(1-l.power())
}

// GradHess writes μ^(2-ρ) - y μ^(1-ρ) and (2-ρ) μ^(2-ρ) + (ρ-1) y μ^(1-ρ).
func (l Tweedie) GradHess(g, h []float32, y, raw, w []float64) {
	rho := l.power()
	for i, f := range raw {
		u := weight(w, i)
		a, b := l.parts(y[i], f)
		g[i] = single(u * (a - b))
		h[i] = single(u * (float64((2-rho)*a) + float64((rho-1)*b)))
	}
}

// Link is e^f.
func (Tweedie) Link(dst, raw []float64) { expAll(dst, raw) }

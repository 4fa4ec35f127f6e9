package mlp

import (
	"math"

	"sadi/internal/elementary"
	"sadi/internal/isa"
)

// adam is the optimiser of Kingma & Ba (2015) with the decoupled weight decay of Loshchilov & Hutter (2019):
//
//	m = β₁ m + (1 − β₁) g,   v = β₂ v + (1 − β₂) g²,
//	w = (1 − rate·decay) w − rate · m/(1 − β₁^t) / (√(v/(1 − β₂^t)) + ε)
type adam struct {
	m, v  []float32 // one for each parameter
	steps int
}

const beta1, beta2, epsilon = 0.9, 0.95, 1e-8

// adamStep are the numbers of a step for the parameters of a group, in the order in which the kernel reads them.
type adamStep struct {
	Beta1, Rest1, Beta2, Rest2 float32
	Rate                       float32 // rate/(1 − β₁^t)
	Unbias                     float32 // 1/√(1 − β₂^t)
	Epsilon                    float32
	Keep                       float32 // 1 − rate·decay
}

// step moves the parameters of the groups against the gradient g.
func (a *adam) step(w, g []float32, groups []group, rate, decay float64) {
	a.steps++
	s := adamStep{Beta1: beta1, Rest1: 1 - beta1, Beta2: beta2, Rest2: 1 - beta2, Epsilon: epsilon}
	s.Unbias = float32(1 / math.Sqrt(1-elementary.Pow(beta2, float64(a.steps))))
	unbias1 := 1 - elementary.Pow(beta1, float64(a.steps))
	for _, p := range groups {
		own := rate * p.rate
		s.Rate = float32(own / unbias1)
		s.Keep = 1
		if p.decays {
			s.Keep = float32(1 - float64(own*decay))
		}
		s.move(w[p.lo:p.hi], g[p.lo:p.hi], a.m[p.lo:p.hi], a.v[p.lo:p.hi])
	}
}

func (s *adamStep) move(w, g, m, v []float32) {
	n := len(w)
	g, m, v = g[:n], m[:n], v[:n]
	whole := 0
	if inUse >= isa.AVX2 && n >= 8 {
		whole = n &^ 7
		adamAVX2(&w[0], &g[0], &m[0], &v[0], whole, s)
	}
	for i := whole; i < n; i++ {
		m[i] = float32(s.Beta1*m[i]) + float32(s.Rest1*g[i])
		v[i] = float32(s.Beta2*v[i]) + float32(float32(s.Rest2*g[i])*g[i])
		root := float32(math.Sqrt(float64(v[i])))
		w[i] = float32(s.Keep*w[i]) - float32(s.Rate*m[i])/(float32(root*s.Unbias)+s.Epsilon)
	}
}

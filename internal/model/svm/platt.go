package svm

import (
	"math"

	"sadi/internal/elementary"
	"sadi/internal/num"
)

// sigmoidOf is the probability of the first of two classes by the decision f: 1/(1 + e^(slope·f + offset)).
type sigmoidOf struct{ slope, offset float64 }

// first is the probability of the first class.
func (p sigmoidOf) first(f float64) float64 { return num.Logistic(-p.at(f)) }

// second is that of the second class.
func (p sigmoidOf) second(f float64) float64 { return num.Logistic(p.at(f)) }

func (p sigmoidOf) at(f float64) float64 { return bounded(float64(p.slope*f) + p.offset) }

// calibrate finds the most likely sigmoid for decisions of weighted rows, by Newton's method with backtracking. The targets
// are those of Platt, a little inside 0 and 1, and the arithmetic that of Lin, Lin and Weng (2007, algorithm 1).
func calibrate(decision, weight []float64, first []bool) sigmoidOf {
	const (
		steps   = 100
		ridge   = 1e-12 // keeps the Hessian positive
		enough  = 1e-9  // of the gradient for each unit of weight
		minStep = 1e-10
	)
	var yes, no float64
	for i, w := range weight {
		if first[i] {
			yes += w
		} else {
			no += w
		}
	}
	high, low := (yes+1)/(yes+2), 1/(no+2)
	target := make([]float64, len(decision))
	for i := range target {
		if target[i] = low; first[i] {
			target[i] = high
		}
	}
	loss := func(p sigmoidOf) float64 {
		sum := 0.0
		for i, f := range decision {
			z := p.at(f) // −log p(target) = log(1+e^z) − (1 − target)·z
			sum += float64(weight[i] * (num.Log1pExp(z) - float64((1-target[i])*z)))
		}
		return sum
	}
	p := sigmoidOf{0, elementary.Log((no + 1) / (yes + 1))}
	value := loss(p)
	for range steps {
		haa, hbb, hab, ga, gb := ridge, ridge, 0.0, 0.0, 0.0
		for i, f := range decision {
			q := p.first(f)
			curve := float64(weight[i] * float64(q*p.second(f)))
			haa += float64(float64(f*f) * curve)
			hab += float64(f * curve)
			hbb += curve
			d := float64(weight[i] * (target[i] - q))
			ga += float64(f * d)
			gb += d
		}
		if max(math.Abs(ga), math.Abs(gb)) < enough*(yes+no) {
			break
		}
		det := float64(haa*hbb) - float64(hab*hab)
		if !(det > 0) {
			break
		}
		da := -(float64(hbb*ga) - float64(hab*gb)) / det
		db := (float64(hab*ga) - float64(haa*gb)) / det
		slope := float64(ga*da) + float64(gb*db)
		step := 1.0
		for ; step >= minStep; step /= 2 {
			next := sigmoidOf{p.slope + float64(step*da), p.offset + float64(step*db)}
			if v := loss(next); v < value+float64(1e-4*float64(step*slope)) {
				p, value = next, v
				break
			}
		}
		if step < minStep {
			break
		}
	}
	return p
}

// couple turns r, k × k with the probability of class i among the two i and j at i·k + j, into probabilities of the k classes:
// those that minimise Σ (r_ji·p_i − r_ij·p_j)² (Wu, Lin and Weng, 2004, the second method, algorithm 2). q is room for k × k
// numbers and qp for k.
func couple(p, r, q, qp []float64) {
	k := len(p)
	if k == 2 { // the method gives what it is given
		p[0], p[1] = r[1], r[2]
		return
	}
	for i := range k {
		p[i] = 1 / float64(k)
		own := 0.0
		for j := range k {
			if j != i {
				own += float64(r[j*k+i] * r[j*k+i])
				q[i*k+j] = -float64(r[j*k+i] * r[i*k+j])
			}
		}
		q[i*k+i] = own
	}
	enough := 1e-8 / float64(k)
	for range max(100, k) {
		all := 0.0
		for i := range k {
			qp[i] = 0
			for j := range k {
				qp[i] += float64(q[i*k+j] * p[j])
			}
			all += float64(p[i] * qp[i])
		}
		worst := 0.0
		for i := range k {
			worst = max(worst, math.Abs(qp[i]-all))
		}
		if worst < enough {
			break
		}
		for i := range k {
			d := (all - qp[i]) / q[i*k+i]
			p[i] += d
			all = (all + float64(d*(float64(d*q[i*k+i])+2*qp[i]))) / (1 + d) / (1 + d)
			for j := range k {
				qp[j] = (qp[j] + float64(d*q[i*k+j])) / (1 + d)
				p[j] /= 1 + d
			}
		}
	}
	sum := num.Sum(p)
	for i := range p {
		p[i] /= sum
	}
}

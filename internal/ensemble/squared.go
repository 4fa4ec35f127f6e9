package ensemble

import (
	"context"
	"math"

	"sadi/internal/metric"
	"sadi/internal/par"
)

// squaredScores are the scorers that follow from the mean squared error m (summed over the outputs) and the variance v
// of the target.
var squaredScores = map[string]func(m, v float64) float64{
	"neg_mean_squared_error":      func(m, _ float64) float64 { return -m },
	"neg_root_mean_squared_error": func(m, _ float64) float64 { return -math.Sqrt(m) },
	"neg_brier_score":             func(m, _ float64) float64 { return -m },
	"r2":                          func(m, v float64) float64 { return 1 - m/v },
}

// squared knows the mean squared error of a blend from inner products of its members' errors: with E = Σ e over the t
// members so far,
//
//	MSE(t+1) = ⟨E + e_c, E + e_c⟩ / (t+1)² = (⟨E,E⟩ + 2⟨E,e_c⟩ + ⟨e_c,e_c⟩) / (t+1)²
//
// so a step costs n·K for each candidate only when a member comes in for the first time, and nothing else does.
type squared struct {
	pool  *par.Pool
	score func(m, v float64) float64
	err   [][]float64 // errors times the root of the row's share of the weight, n × K
	own   []float64   // ⟨e_c, e_c⟩
	cross []float64   // ⟨E, e_c⟩
	gram  [][]float64 // ⟨e_m, e_c⟩ of members m, nil before m is one
	whole float64     // ⟨E, E⟩
	t     int
	v     float64
}

// newSquared is nil where the score is not a function of the squared error alone: a constant target under r2.
func newSquared(d metric.Data, pred [][]float64, score func(m, v float64) float64, pool *par.Pool) *squared {
	s := &squared{pool: pool, score: score, own: make([]float64, len(pred)), cross: make([]float64, len(pred)),
		gram: make([][]float64, len(pred)), err: make([][]float64, len(pred))}
	n, k := len(d.Y), d.Outputs()
	root := make([]float64, n)
	var total, mean float64
	for i := range root {
		root[i] = 1
		if d.Weights != nil {
			root[i] = d.Weights[i]
		}
		total += root[i]
		mean += float64(root[i] * d.Y[i])
	}
	mean /= total
	for i, w := range root {
		e := d.Y[i] - mean
		s.v += float64(float64(w/total) * float64(e*e))
		root[i] = math.Sqrt(w / total)
	}
	if s.v == 0 && d.Classes == 0 {
		return nil
	}
	for c, p := range pred {
		e := make([]float64, n*k)
		for i, y := range d.Y {
			for o := range k {
				truth := y
				if k > 1 {
					truth = 0
					if int(y) == o {
						truth = 1
					}
				}
				e[i*k+o] = (p[i*k+o] - truth) * root[i]
			}
		}
		s.err[c], s.own[c] = e, dot(e, e)
	}
	return s
}

func (s *squared) add(ctx context.Context, j int) error {
	if s.gram[j] == nil {
		row := make([]float64, len(s.err))
		if err := s.pool.For(ctx, len(row), func(c int) { row[c] = dot(s.err[j], s.err[c]) }); err != nil {
			return err
		}
		s.gram[j] = row
	}
	s.whole += 2*s.cross[j] + s.own[j]
	for c, g := range s.gram[j] {
		s.cross[c] += g
	}
	s.t++
	return nil
}

func (s *squared) try(j int) float64 {
	t := float64(s.t + 1)
	return s.score(max(s.whole+2*s.cross[j]+s.own[j], 0)/(t*t), s.v)
}

// dot is Σ a b in four interleaved sums, which are added in a fixed order.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += float64(a[i] * b[i])
		s1 += float64(a[i+1] * b[i+1])
		s2 += float64(a[i+2] * b[i+2])
		s3 += float64(a[i+3] * b[i+3])
	}
	for ; i < len(a); i++ {
		s0 += float64(a[i] * b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

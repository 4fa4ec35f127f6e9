package targetencode

import (
	"math"

	"sadi/internal/prep"
)

// parts is the number of values of prep.Sample.Parts.
const parts = prep.Folds + 1

// moments are sums by level, and by level and part, of one statistic.
type moments struct {
	n, sum       []float64 // K: weight and weighted sum of y
	partN, partS []float64 // K × parts: the same within a part
	all, allSum  float64
	within       float64 // Σ w·(y − ȳ_l)²
	n2           float64 // Σ n_l²
	used         int     // levels that occur
}

func newMoments(s *prep.Sample, levels int, y func(i int) float64) *moments {
	m := &moments{n: make([]float64, levels), sum: make([]float64, levels),
		partN: make([]float64, levels*parts), partS: make([]float64, levels*parts)}
	for i, v := range s.Nums[0] {
		w := weight(s, i)
		m.all += w
		m.allSum += float64(w * y(i))
		if math.IsNaN(v) {
			continue
		}
		l := int(v)
		at := l*parts + part(s, i)
		m.n[l] += w
		m.sum[l] += float64(w * y(i))
		m.partN[at] += w
		m.partS[at] += float64(w * y(i))
	}
	for i, v := range s.Nums[0] {
		if math.IsNaN(v) {
			continue
		}
		if l := int(v); m.n[l] > 0 {
			d := y(i) - m.sum[l]/m.n[l]
			m.within += float64(weight(s, i) * d * d)
		}
	}
	for _, n := range m.n {
		if n > 0 {
			m.used++
			m.n2 += float64(n * n)
		}
	}
	return m
}

func weight(s *prep.Sample, i int) float64 {
	if s.Weights == nil {
		return 1
	}
	return s.Weights[i]
}

func part(s *prep.Sample, i int) int {
	if s.Parts == nil {
		return 0
	}
	return int(s.Parts[i])
}

// mean is ȳ.
func (m *moments) mean() float64 {
	if m.all == 0 {
		return 0
	}
	return m.allSum / m.all
}

// ratio is m = s²/τ² with
//
//	s² = Σ_i w_i (y_i − ȳ_l)² / (n − L)
//	τ² = (Σ_l n_l (ȳ_l − ȳ)² − (L−1) s²) / (n − Σ_l n_l²/n)
//
// over the L levels that occur.
func (m *moments) ratio() float64 {
	var n, between float64
	for _, v := range m.n {
		n += v
	}
	mean := m.mean()
	for l, v := range m.n {
		if v > 0 {
			d := m.sum[l]/v - mean
			between += float64(v * d * d)
		}
	}
	levels := float64(m.used)
	if n <= levels || m.used < 2 {
		return maxSmooth // no level has two rows, or there is nothing to tell apart
	}
	s2 := m.within / (n - levels)
	t2 := (between - float64((levels-1)*s2)) / (n - m.n2/n)
	if !(t2 > 0) {
		return maxSmooth
	}
	return min(max(s2/t2, minSmooth), maxSmooth)
}

// smoothed is s_l of every level.
func (m *moments) smoothed() []float64 {
	s := make([]float64, len(m.n))
	ratio, mean := m.ratio(), m.mean()
	for l := range s {
		s[l] = (m.sum[l] + float64(ratio*mean)) / (m.n[l] + ratio)
	}
	return s
}

// outOfFold writes to dst, for every row, the statistic of its level without the rows of its part. Where a level has rows
// in one part only, both sums were added up in the same order, so that exactly nothing is left of them.
func (m *moments) outOfFold(dst []float64, s *prep.Sample) {
	ratio, mean := m.ratio(), m.mean()
	for i, v := range s.Nums[0] {
		if math.IsNaN(v) {
			dst[i] = mean
			continue
		}
		l := int(v)
		at := l*parts + part(s, i)
		n, sum := m.n[l]-m.partN[at], m.sum[l]-m.partS[at]
		dst[i] = (sum + float64(ratio*mean)) / (n + ratio)
	}
}

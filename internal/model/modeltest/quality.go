package modeltest

import (
	"math"

	"sadi/internal/dataset"
	"sadi/internal/model"
)

var qualityChecks = []check{
	{name: "quality", run: (*suite).checkQuality},
	{name: "importance", run: (*suite).checkImportance},
}

// checkQuality: on new rows the loss is well below that of the prior probabilities or the mean.
func (s *suite) checkQuality() {
	d, fresh := s.data("quality", 400), s.data("quality/new", 400)
	f := s.fit(d)
	floor := s.opts.Floor
	if floor == 0 {
		floor = 0.8
	}
	got := s.loss(s.predict(f, fresh.X), fresh.Y)
	baseline := s.loss(s.baseline(d.Y, fresh.X.Rows), fresh.Y)
	if got > floor*baseline {
		s.errorf("the loss is %.4f, want at most %.2f of the baseline's %.4f", got, floor, baseline)
	}
}

// loss is the mean logarithmic loss, or the root mean squared error.
func (s *suite) loss(p []float64, t dataset.Target) float64 {
	sum, k := 0.0, t.Outputs()
	for i, y := range t.Y {
		switch {
		case isRegression(s):
			sum += (p[i] - y) * (p[i] - y)
		case k > 1:
			sum -= math.Log(max(p[i*k+int(y)], 1e-15))
		case y == 1:
			sum -= math.Log(max(p[i], 1e-15))
		default:
			sum -= math.Log(max(1-p[i], 1e-15))
		}
	}
	mean := sum / float64(len(t.Y))
	if isRegression(s) {
		return math.Sqrt(mean)
	}
	return mean
}

// baseline predicts the shares of the classes or the mean for every row.
func (s *suite) baseline(t dataset.Target, n int) []float64 {
	k := t.Outputs()
	row := make([]float64, k)
	for _, y := range t.Y {
		if k > 1 {
			row[int(y)] += 1 / float64(len(t.Y))
		} else {
			row[0] += y / float64(len(t.Y))
		}
	}
	p := make([]float64, 0, n*k)
	for range n {
		p = append(p, row...)
	}
	return p
}

// checkImportance, of a model that has one: one number per feature, adding up to 1 or all 0; a constant column has none, x0 has some.
func (s *suite) checkImportance() {
	d := s.data("importance", 300)
	addColumn(d.X, dataset.Feature{Name: "same"}, constant(300, 2))
	f := s.fit(d)
	m, ok := f.(model.Importance)
	if !ok {
		return
	}
	v := m.Importance()
	if len(v) != len(d.X.Cols) {
		s.fatalf("%d numbers for %d features", len(v), len(d.X.Cols))
	}
	sum := 0.0
	for j, x := range v {
		if !(x >= 0) {
			s.errorf("the importance of feature %d is %v", j, x)
		}
		sum += x
	}
	if math.Abs(sum-1) > 1e-9 && sum != 0 {
		s.errorf("the importances add up to %v", sum)
	}
	if v[len(v)-1] != 0 {
		s.errorf("a constant column has the importance %v", v[len(v)-1])
	}
	if sum != 0 && v[0] == 0 {
		s.errorf("the strongest feature has no importance: %v", v)
	}
}

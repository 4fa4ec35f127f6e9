package tree

import (
	"fmt"
	"math"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/rng"
)

// hardSets are the inputs on which boosters of other makers have failed.
func hardSets() map[string]dataset.Set {
	r := rng.New(21).Rand()
	numbers := func(n, d int, value func(i, j int) float32) *dataset.Matrix {
		x := &dataset.Matrix{Rows: n}
		for j := range d {
			col := make([]float32, n)
			for i := range col {
				col[i] = value(i, j)
			}
			x.Cols, x.Features = append(x.Cols, col), append(x.Features, dataset.Feature{Name: fmt.Sprint("x", j)})
		}
		return x
	}
	normal := func(int, int) float32 { return float32(r.NormFloat64()) }
	regression := func(x *dataset.Matrix, y func(i int) float64) dataset.Set {
		s := dataset.Set{X: x, Y: dataset.Target{Problem: sadi.RegressionValue}}
		for i := range x.Rows {
			s.Y.Y = append(s.Y.Y, y(i))
		}
		return s
	}
	classes := func(x *dataset.Matrix, k int, y func(i int) int) dataset.Set {
		s := regression(x, func(i int) float64 { return float64(y(i)) })
		s.Y.Problem, s.Y.Classes = sadi.Multiclass, k
		if k == 2 {
			s.Y.Problem = sadi.Binary
		}
		return s
	}
	missing := numbers(200, 3, normal)
	for i := range missing.Cols[1] {
		missing.Cols[1][i] = float32(math.NaN())
	}
	category := numbers(900, 1, func(i, _ int) float32 { return float32(i % 300) })
	category.Features[0].Levels = 300
	huge := numbers(300, 3, func(i, j int) float32 { return []float32{-1e30, 0, 1e30, 1, 1e-30}[(i*(j+2)+i/7)%5] })
	wide := numbers(500, 10_000, normal)
	rare := numbers(60, 2, func(i, _ int) float32 { return float32(i) })
	return map[string]dataset.Set{
		"constant target":  regression(numbers(100, 3, normal), func(int) float64 { return 42.5 }),
		"one class":        classes(numbers(100, 3, normal), 2, func(int) int { return 1 }),
		"one row":          regression(numbers(1, 3, normal), func(int) float64 { return 3 }),
		"one column":       regression(numbers(100, 1, normal), func(i int) float64 { return float64(i % 9) }),
		"missing column":   regression(missing, func(i int) float64 { return float64(missing.Cols[0][i]) }),
		"300 levels":       regression(category, func(i int) float64 { return float64(i % 300 % 7) }),
		"huge features":    classes(huge, 2, func(i int) int { return i / 7 % 2 }),
		"huge targets":     regression(numbers(300, 3, normal), func(i int) float64 { return 1e30 * r.NormFloat64() }),
		"heavy tail":       regression(numbers(800, 3, normal), func(int) float64 { return math.Exp(3 * r.NormFloat64()) }),
		"wide":             regression(wide, func(i int) float64 { return float64(wide.Cols[77][i]) + 0.1*r.NormFloat64() }),
		"classes of one":   classes(rare, 5, func(i int) int { return max(i-56, 0) }),
		"class without it": classes(rare, 4, func(i int) int { return i % 2 * 3 }),
	}
}

// Every way to boost learns hard inputs: finite numbers, a training loss that is not above that of the constant, and the
// constant where there is nothing else.
func TestHardInputs(t *testing.T) {
	ways := growths()
	light := plain(10)
	light.LossGuide, light.MaxDepth, light.MaxLeaves, light.MinRows, light.MinChildWeight = true, 0, 31, 20, 1e-3
	counted := light
	counted.ExactRows, counted.Lambda, counted.ClassFactor, counted.LearningRate = true, 0, 1, 0.1
	goss := light
	goss.Goss = &Goss{Top: 0.2, Other: 0.1}
	dart := light
	dart.Dart = &Dart{Rate: 0.3, ByRound: true, ByWeight: true}
	ways["light"], ways["counted"], ways["goss"], ways["dart"] = light, counted, goss, dart
	for input, set := range hardSets() {
		for way, o := range ways {
			o.Rounds = 8
			if input == "wide" {
				if way != "deep" && way != "counted" { // they take long and differ in nothing that width touches
					continue
				}
				o.Rounds = 2
			}
			b := fitBooster(t, set, o)
			k := b.Outputs()
			raw, p := make([]float64, set.X.Rows*k), make([]float64, set.X.Rows*k)
			b.Sum(raw, set.X)
			if err := b.Predict(p, set.X); err != nil {
				t.Fatal(err)
			}
			before, after := 0.0, 0.0
			for i, y := range set.Y.Y {
				before += b.loss.Value(y, b.Base)
				after += b.loss.Value(y, raw[i*k:(i+1)*k])
			}
			for _, v := range p {
				if v-v != 0 {
					t.Fatalf("%s, %s: a prediction is %v", input, way, v)
				}
			}
			if way != "goss" && !(after <= before*(1+1e-9)+1e-9) { // a sample may mislead
				t.Errorf("%s, %s: the loss of the constant is %v, the model's is %v", input, way, before, after)
			}
			if input == "constant target" && p[0] != 42.5 || input == "one row" && p[0] != 3 || input == "one class" && p[0] < 0.999 {
				t.Errorf("%s, %s: predicted is %v", input, way, p[0])
			}
			if (input == "wide" || input == "300 levels") && way == "deep" && after > 0.7*before {
				t.Errorf("%s, %s: the loss of the constant is %v, the model's is still %v", input, way, before, after)
			}
		}
	}
}

package num

import (
	"math"
	"testing"
)

var inf, nan = math.Inf(1), math.NaN()

func near(got, want, rel float64) bool {
	return got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= rel*math.Abs(want)
}

func TestSums(t *testing.T) {
	for n := range 11 { // every remainder of the unrolled loops
		x, y, dst := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i], dst[i] = float64(i+1), float64(2*i-3), 1
		}
		f := float64(n)
		if got, want := Sum(x), f*(f+1)/2; got != want {
			t.Errorf("Sum of 1..%d: got %v, want %v", n, got, want)
		}
		// Σ (i+1)(2i−3) for i < n, by the formulas of Σi and Σi².
		if got, want := Dot(x, y), (f-1)*f*(2*f-1)/3-(f-1)*f/2-3*f; got != want {
			t.Errorf("Dot of %d: got %v, want %v", n, got, want)
		}
		Axpy(dst, -2, x)
		for i, got := range dst {
			if want := 1 - 2*float64(i+1); got != want {
				t.Errorf("Axpy[%d]: got %v, want %v", i, got, want)
			}
		}
		Scale(dst, 0)
		if got := MaxAbs(dst); got != 0 {
			t.Errorf("Scale by 0: got %v", got)
		}
	}
}

func TestNormsAndOrder(t *testing.T) {
	for _, c := range []struct {
		x             []float64
		norm, largest float64
		finite        bool
	}{
		{nil, 0, 0, true},
		{[]float64{3, -4}, 5, 4, true},
		{[]float64{3e200, -4e200}, 5e200, 4e200, true},
		{[]float64{3e-200, 4e-200}, 5e-200, 4e-200, true},
		{[]float64{1, -inf}, inf, inf, false},
		{[]float64{nan, 1}, nan, nan, false},
	} {
		if got := Norm2(c.x); !near(got, c.norm, 1e-15) {
			t.Errorf("Norm2(%v): got %v, want %v", c.x, got, c.norm)
		}
		if got := MaxAbs(c.x); !near(got, c.largest, 0) {
			t.Errorf("MaxAbs(%v): got %v, want %v", c.x, got, c.largest)
		}
		if got := Finite(c.x); got != c.finite {
			t.Errorf("Finite(%v): got %v", c.x, got)
		}
	}
	for _, c := range []struct {
		x    []float64
		want int
	}{{[]float64{1, 3, 3}, 1}, {[]float64{nan, -inf, 2, nan}, 2}, {[]float64{nan, nan}, 0}, {[]float64{nan, -inf}, 1}} {
		if got := ArgMax(c.x); got != c.want {
			t.Errorf("ArgMax(%v): got %d, want %d", c.x, got, c.want)
		}
	}
}

func TestLogistic(t *testing.T) {
	for _, c := range []struct{ z, p, soft float64 }{ // by Python's decimal with 40 digits
		{0, 0.5, math.Ln2},
		{1, 0.731058578630004879, 1.31326168751822283},
		{-1, 0.268941421369995120, 0.313261687518222834},
		{20, 0.999999997938846382, 20.0000000020611536},
		{35, 0.999999999999999369, 35.0000000000000006},
		{-40, 4.24835425529158899e-18, 4.24835425529158898e-18},
		{1000, 1, 1000},
		{-1000, 0, 0},
		{inf, 1, inf},
		{-inf, 0, 0},
	} {
		if got := Logistic(c.z); !near(got, c.p, 1e-15) {
			t.Errorf("Logistic(%v): got %v, want %v", c.z, got, c.p)
		}
		if got := Log1pExp(c.z); !near(got, c.soft, 1e-15) {
			t.Errorf("Log1pExp(%v): got %v, want %v", c.z, got, c.soft)
		}
	}
}

func TestSoftmax(t *testing.T) {
	for _, c := range []struct{ z, p []float64 }{
		{[]float64{7}, []float64{1}},
		{[]float64{1e3, 1e3}, []float64{0.5, 0.5}},
		{[]float64{-1e3, -1e3, -1e3, -1e3}, []float64{0.25, 0.25, 0.25, 0.25}},
		{[]float64{0, math.Log(3)}, []float64{0.25, 0.75}},
		{[]float64{0, -2000}, []float64{1, 0}},
	} {
		dst := append([]float64(nil), c.z...)
		lse := Softmax(dst, dst)
		if want := LogSumExp(c.z); !near(lse, want, 1e-15) {
			t.Errorf("Softmax(%v) returns %v, LogSumExp %v", c.z, lse, want)
		}
		// log Σe^z = z[0] − log p[0].
		if want := c.z[0] - math.Log(c.p[0]); !near(lse, want, 1e-14) {
			t.Errorf("LogSumExp(%v): got %v, want %v", c.z, lse, want)
		}
		for i := range dst {
			if !near(dst[i], c.p[i], 1e-14) {
				t.Errorf("Softmax(%v): got %v, want %v", c.z, dst, c.p)
			}
		}
	}
	if got := LogSumExp(nil); !math.IsInf(got, -1) {
		t.Errorf("LogSumExp of nothing: got %v", got)
	}
}

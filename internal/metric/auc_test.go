package metric

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/rng"
)

// areaByPairs is the definition: over all pairs of a positive and a negative row, the share that is in order.
func areaByPairs(d Data) float64 {
	var sum, all float64
	w := func(i int) float64 {
		if d.Weights == nil {
			return 1
		}
		return d.Weights[i]
	}
	for i, a := range d.Y {
		for j, b := range d.Y {
			if a != 1 || b != 0 {
				continue
			}
			all += w(i) * w(j)
			switch {
			case d.Pred[i] > d.Pred[j]:
				sum += w(i) * w(j)
			case d.Pred[i] == d.Pred[j]:
				sum += w(i) * w(j) / 2
			}
		}
	}
	return sum / all
}

func TestAreaIsTheShareOfPairs(t *testing.T) {
	r := rng.New(7).Rand()
	scores := []func() float64{
		r.Float64, r.NormFloat64,
		func() float64 { return float64(r.IntN(5)) / 4 },
		func() float64 { return 0.5 + float64(r.IntN(60))*0x1p-53 }, // one run of equal top bits
		func() float64 { return math.Copysign(0, float64(r.IntN(2))-0.5) },
		func() float64 { return r.NormFloat64() * math.Exp(200*r.NormFloat64()) },
	}
	for at, next := range scores {
		for _, n := range []int{2, 3, 17, 200} {
			d := Data{Problem: sadi.Binary, Classes: 2}
			for i := range n {
				d.Y, d.Pred = append(d.Y, float64(i&1)), append(d.Pred, next())
			}
			for _, weighted := range []bool{false, true} {
				if weighted {
					for range n {
						d.Weights = append(d.Weights, float64(r.IntN(4))+0.25)
					}
				}
				got, err := Default(sadi.Binary).Score(d)
				if want := areaByPairs(d); err != nil || math.Abs(got-want) > 1e-12 {
					t.Errorf("scores %d, %d rows, weights %v: got %v, %v, want %v", at, n, weighted, got, err, want)
				}
			}
		}
	}
}

func TestSorting(t *testing.T) {
	r := rng.New(3).Rand()
	for _, n := range []int{0, 1, 2, 30, 1000, 5000} {
		for name, next := range map[string]func() uint64{
			"any": r.Uint64, "few": func() uint64 { return r.Uint64N(3) << 50 }, "low bits": func() uint64 { return 1<<63 | r.Uint64N(1<<20) },
			"one": func() uint64 { return 42 }, "probabilities": func() uint64 { return orderedBits(r.Float64()) },
		} {
			keys := make([]uint64, n)
			pairs := make([]pair, n)
			for i := range keys {
				keys[i] = next()
				pairs[i] = pair{keys[i], int32(i)}
			}
			want := slices.Clone(pairs)
			slices.SortStableFunc(want, func(a, b pair) int {
				switch {
				case a.key < b.key:
					return -1
				case a.key > b.key:
					return 1
				}
				return 0
			})
			sortKeys(keys, make([]uint64, n))
			sortPairs(pairs, make([]pair, n))
			if !slices.IsSorted(keys) {
				t.Errorf("%d keys, %s: not sorted", n, name)
			}
			if !slices.Equal(pairs, want) {
				t.Errorf("%d pairs, %s: not in stable order", n, name)
			}
		}
	}
}

func TestOrderedBits(t *testing.T) {
	values := []float64{math.Inf(-1), -math.MaxFloat64, -1, -5e-324, 0, 5e-324, 0.5, math.Nextafter(0.5, 1), 1, math.Inf(1)}
	for i := 1; i < len(values); i++ {
		if orderedBits(values[i-1]) >= orderedBits(values[i]) {
			t.Errorf("%v does not order below %v", values[i-1], values[i])
		}
	}
	if got, want := orderedBits(math.Copysign(0, -1)), orderedBits(0); got != want {
		t.Errorf("negative zero: got %x, want %x", got, want)
	}
}

func sample(n int) Data {
	r := rand.New(rand.NewPCG(1, 2))
	d := Data{Problem: sadi.Binary, Classes: 2, Y: make([]float64, n), Pred: make([]float64, n)}
	for i := range n {
		if r.Float64() < 0.3 {
			d.Y[i] = 1
		}
		d.Pred[i] = 1 / (1 + math.Exp(-d.Y[i]-r.NormFloat64()))
	}
	return d
}

func BenchmarkROCAUC(b *testing.B) {
	d := sample(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Default(sadi.Binary).Score(d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkROCAUCWeighted(b *testing.B) {
	d := sample(100_000)
	for range d.Y {
		d.Weights = append(d.Weights, 1.5)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Default(sadi.Binary).Score(d); err != nil {
			b.Fatal(err)
		}
	}
}

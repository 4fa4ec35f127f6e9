package neighbors

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"sadi/internal/rng"
)

// made are n rows of d numbers; coarse ones take few values, so that many rows are equally far.
func made(n, d int, coarse bool) []float32 {
	r := rng.New(5).Child(fmt.Sprint("made", n, d)).Rand()
	rows := make([]float32, n*d)
	for i := range rows {
		v := r.NormFloat64() * float64(1+i%d)
		if coarse {
			v = math.Round(v / float64(d))
		}
		rows[i] = float32(v)
	}
	return rows
}

// scanned are the k rows that are nearest, by looking at all of them and adding one column after the other.
func scanned(t *tree, rows []float32, at []float64, k, power int) []neighbor {
	var all []neighbor
	for i := range len(t.row) {
		sum := 0.0
		for v, j := range t.columns {
			e := math.Abs(float64(rows[i*t.d+j]) - at[v])
			if power == 2 {
				e = float64(e * e)
			}
			sum += e
		}
		all = append(all, neighbor{sum, int32(i)})
	}
	slices.SortFunc(all, compare)
	return all[:min(k, len(all))]
}

// The tree finds what a scan finds, to the bit and in the same order.
func TestTreeFindsWhatAScanFinds(t *testing.T) {
	for _, n := range []int{1, 2, 63, 64, 65, 128, 129, 1000, 3001} {
		for _, d := range []int{1, 2, 3, 8, 17, 40} {
			for _, coarse := range []bool{false, true} {
				rows := made(n, d, coarse)
				tr, err := grow(context.Background(), rows, n, d)
				if err != nil {
					t.Fatal(err)
				}
				if got := slices.Sorted(slices.Values(tr.row)); got[0] != 0 || got[n-1] != int32(n-1) || len(slices.Compact(got)) != n {
					t.Fatalf("n=%d d=%d: a row is lost", n, d)
				}
				for power := 1; power <= 2; power++ {
					for _, k := range []int{1, 7, 50} {
						s := search{tree: tr, power: power, at: make([]float64, d), side: make([]float64, d)}
						for q := range 12 {
							for v, j := range tr.columns {
								s.at[v] = float64(rows[(q*37%n)*d+j])
								if q%3 > 0 {
									s.at[v] += float64(rows[(q*91%n)*d+j]) / 3
								}
							}
							s.found.reset(min(k, n))
							s.visit(0, 0, n, 0)
							if got, want := s.found.sorted(), scanned(tr, rows, s.at, k, power); !slices.Equal(got, want) {
								t.Fatalf("n=%d d=%d coarse=%v power=%d k=%d: got %v, want %v", n, d, coarse, power, k, got, want)
							}
							if slices.ContainsFunc(s.side, func(v float64) bool { return v != 0 }) {
								t.Fatal("a search leaves something behind")
							}
						}
					}
				}
			}
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	for _, s := range []struct{ n, d int }{{10_000, 5}, {10_000, 10}, {10_000, 30}, {20_000, 30}, {20_000, 60}} {
		b.Run(fmt.Sprintf("n=%d/d=%d", s.n, s.d), func(b *testing.B) {
			rows := made(s.n, s.d, false)
			tr, err := grow(context.Background(), rows, s.n, s.d)
			if err != nil {
				b.Fatal(err)
			}
			x := search{tree: tr, power: 2, at: make([]float64, s.d), side: make([]float64, s.d)}
			q := 0
			for b.Loop() {
				for v, j := range tr.columns {
					x.at[v] = float64(rows[q*s.d+j]) + 0.1
				}
				x.found.reset(20)
				x.visit(0, 0, s.n, 0)
				q = (q + 13) % s.n
			}
		})
	}
}

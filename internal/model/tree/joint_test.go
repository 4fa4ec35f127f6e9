package tree

import (
	"context"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// fewValued is a table of columns with 1 to 20 values, some with missing ones, and two columns with many.
func fewValued(n int) dataset.Set {
	r := rng.New(31).Rand()
	s := dataset.Set{X: &dataset.Matrix{Rows: n}, Y: dataset.Target{Problem: sadi.Binary, Classes: 2, Y: make([]float64, n)}}
	score := make([]float64, n)
	for j := range 60 {
		values := 1 + j%20
		if j%30 == 29 {
			values = 1000
		}
		col := make([]float32, n)
		f := dataset.Feature{}
		if j%7 == 3 {
			f.Levels = values + 1
		}
		for i := range col {
			col[i] = float32(r.IntN(values))
			score[i] += float64(float64(col[i])/float64(values)-0.5) * float64(j%3-1)
			if j%4 == 1 && r.IntN(5) == 0 {
				col[i] = float32(math.NaN())
			}
		}
		s.X.Features, s.X.Cols = append(s.X.Features, f), append(s.X.Cols, col)
	}
	for i, v := range score {
		if v+rng.Normal(r) > 0 {
			s.Y.Y[i] = 1
		}
	}
	return s
}

// Histograms of features that share a byte are the sums that they are alone, whatever the memory held before.
func TestJointHistogramsAreSums(t *testing.T) {
	const n = 20_000
	set := fewValued(n)
	b := newBins(set.X, MaxBins, nil)
	r := rng.New(32).Rand()
	packed := make([]int64, n)
	for i := range packed {
		packed[i] = r.Int64N(1 << 40)
	}
	if joint, all := len(b.together(b.varying())), len(b.varying()); joint > all*2/3 {
		t.Errorf("%d columns take %d bytes", all, joint)
	}
	for _, every := range []int{1, 3, 500} {
		var rows []uint32
		for i := 0; i < n; i += every {
			rows = append(rows, uint32(i))
		}
		for _, width := range []int{1, 4} {
			pool := par.New(width)
			h := histograms{pool: pool}
			h.reset(b.JointTiles(pool), len(b.Columns))
			hist := h.take()
			for i := range hist {
				hist[i] = 99
			}
			if err := h.build(context.Background(), [][]int64{hist}, [][]uint32{rows}, packed); err != nil {
				t.Fatal(err)
			}
			for j := range b.Columns {
				c := &b.Columns[j]
				if c.Constant() {
					continue
				}
				want := make([]int64, c.Count+1)
				for _, i := range rows {
					want[c.Bin[i]] += packed[i]
				}
				if got := hist[h.at[j]:][:c.Count+1]; !slices.Equal(got, want) {
					t.Fatalf("every %d rows, %d threads: the histogram of column %d differs", every, width, j)
				}
			}
		}
	}
}

// The bytes of a model do not depend on whether columns are joined, and joined ones take less memory.
func TestJointColumnsDoNotShow(t *testing.T) {
	t.Cleanup(func() { joinColumns = true })
	fits := vectorFits[:10]
	fits = append(slices.Clone(fits), vectorFits[len(vectorFits)-3:]...)
	for _, c := range fits {
		var got [2]vector
		for i := range got {
			joinColumns = i == 1
			set := vectorSet(c.problem, c.weighted)
			if c.problem == sadi.Binary {
				set = fewValued(6000)
			}
			got[i] = vectorOf(t, set, c.fit)
		}
		if got[0] != got[1] {
			t.Errorf("%s: joint columns give another model", c.name)
		}
	}
	size := func(join bool) (bytes, cells int) {
		joinColumns = join
		b := newBins(fewValued(1000).X, MaxBins, nil)
		var l layout
		l.set(b.JointTiles(nil), len(b.Columns))
		for _, t := range l.tiles {
			bytes += len(t.bins)
		}
		return bytes, l.size
	}
	bytes, cells := size(true)
	if most, mostCells := size(false); bytes > most || cells > mostCells {
		t.Errorf("joint columns take %d bytes and %d cells, apart %d and %d", bytes, cells, most, mostCells)
	}
}

package tree

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"sadi/internal/dataset"
	"sadi/internal/rng"
)

// mixedTree is a random tree on as many numbers as categories, which come behind them: category j has 3 + 40·j levels. Sets
// have all lengths up to that of the levels.
func mixedTree(r *rand.Rand, kinds, width, complete, deepest int) Tree {
	var drafts []Draft
	var draw func(depth int) int32
	draw = func(depth int) int32 {
		at := int32(len(drafts))
		drafts = append(drafts, Draft{})
		d := Draft{Feature: int32(r.IntN(2 * kinds)), Threshold: float32(r.NormFloat64()), MissingLeft: r.IntN(2) == 0}
		if depth == deepest || depth >= complete && r.IntN(3) > 0 {
			d.Feature = -1
			for range width {
				d.Values = append(d.Values, float32(r.NormFloat64()))
			}
			drafts[at] = d
			return at
		}
		if j := int(d.Feature) - kinds; j >= 0 {
			d.BeyondLeft = r.IntN(2) == 0
			d.Set = []uint32{}
			for range r.IntN((3+40*j+31)/32 + 1) {
				d.Set = append(d.Set, r.Uint32())
			}
		}
		d.Left = draw(depth + 1)
		d.Right = draw(depth + 1)
		drafts[at] = d
		return at
	}
	draw(0)
	t, err := Assemble(drafts, 2*kinds, width)
	if err != nil {
		panic(err)
	}
	return t
}

// mixedRows are rows for mixedTree, with missing values, codes beyond the levels and values that are no codes.
func mixedRows(r *rand.Rand, n, kinds int) *dataset.Matrix {
	x := numbers(r, n, kinds)
	odd := []float32{float32(math.NaN()), -1, -0.5, 31.7, 1e9, float32(math.Inf(1)), float32(math.Inf(-1)), 32, 63, 64, 5000}
	for j := range kinds {
		col := make([]float32, n)
		for i := range col {
			if col[i] = float32(r.IntN(3 + 40*j)); r.IntN(6) == 0 {
				col[i] = odd[r.IntN(len(odd))]
			}
		}
		x.Cols, x.Features = append(x.Cols, col), append(x.Features, dataset.Feature{Levels: 3 + 40*j})
	}
	return x
}

// TestSumWithCategories: the bits of the definition, for every count of rows, among trees without categories.
func TestSumWithCategories(t *testing.T) {
	r := rng.New(31).Rand()
	for _, c := range []struct {
		outputs, width, trees, complete, deepest int
	}{{1, 1, 40, 6, 6}, {1, 1, 21, 2, 40}, {3, 1, 12, 4, 6}, {3, 3, 12, 4, 12}, {1, 1, 3, 0, 1}} {
		const kinds = 5
		e := Ensemble{Features: 2 * kinds, Outputs: c.outputs, Width: c.width, Base: make([]float64, c.outputs)}
		for k := range c.trees {
			if k%3 == 1 {
				e.Trees = append(e.Trees, numbersTree(r, 2*kinds, c.width, c.complete, c.deepest))
			} else {
				e.Trees = append(e.Trees, mixedTree(r, kinds, c.width, c.complete, c.deepest))
			}
		}
		for _, n := range []int{1, 2, 7, 8, 9, 67, 100, 819, 2000} {
			x := mixedRows(r, n, kinds)
			got, want := make([]float64, n*c.outputs), naive(&e, x)
			e.Sum(got, x)
			for i := range want {
				if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
					t.Fatalf("%+v, %d rows, output %d: got %v, want %v", c, n, i, got[i], want[i])
				}
			}
		}
	}
}

func BenchmarkSumWithCategories(b *testing.B) {
	r := rng.New(7).Rand()
	const kinds = 10
	e := Ensemble{Features: 2 * kinds, Outputs: 1, Width: 1, Base: []float64{1}}
	for range 100 {
		e.Trees = append(e.Trees, mixedTree(r, kinds, 1, 6, 6))
	}
	for _, n := range []int{1, 50_000} {
		x := mixedRows(r, n, kinds)
		dst := make([]float64, n)
		b.Run(fmt.Sprint(n, " rows"), func(b *testing.B) {
			for b.Loop() {
				e.Sum(dst, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
		})
	}
}

// TestCategoryWalksAreTheSame: what walkCategoryBlock does, in assembly where there is some, is what walkFourCategories and
// walk do.
func TestCategoryWalksAreTheSame(t *testing.T) {
	r := rng.New(8).Rand()
	const kinds, n = 4, 64
	for _, deepest := range []int{1, 5, 6, 7, 12, 13, 30} {
		e := Ensemble{Features: 2 * kinds, Outputs: 1, Width: 1, Base: []float64{0}, Trees: []Tree{mixedTree(r, kinds, 1, 2, deepest)}}
		for !hasCategory(&e.Trees[0]) {
			e.Trees[0] = mixedTree(r, kinds, 1, 2, deepest)
		}
		p := e.packedTrees()
		if p.rest || !p.roots[0].categories {
			t.Fatal("a tree that asks categories is not packed")
		}
		keys := make([]uint32, n*len(p.slots))
		p.keys(keys, mixedRows(r, n, kinds).Cols, 0, n)
		stride, depth := 4*len(p.slots), int(p.roots[0].depth)
		var block, four [n]uint32
		walkCategoryBlock(&p.nodes[0], &keys[0], &p.sets[0], stride, n, depth, &block[0])
		for i := 0; i < n; i += 4 {
			row := unsafe.Pointer(&keys[i*len(p.slots)])
			walkFourCategories(unsafe.Pointer(&p.nodes[0]), row, unsafe.Pointer(&p.sets[0]), uintptr(stride), depth, (*[4]uint32)(four[i:]))
		}
		for i := range n {
			if one := p.walk(0, keys[i*len(p.slots):]); block[i] != one || four[i] != one {
				t.Fatalf("depth %d, row %d: %d, %d and %d", depth, i, block[i], four[i], one)
			}
		}
	}
}

func hasCategory(t *Tree) bool {
	return t.packable().categories
}

// TestSetsThatTakeTooMuchRoom: one long set would make all those of its feature long, so the trees stay as they are.
func TestSetsThatTakeTooMuchRoom(t *testing.T) {
	leaf := func(v float32) Draft { return Draft{Feature: -1, Values: []float32{v}} }
	long, err := Assemble([]Draft{{Feature: 0, Left: 1, Right: 2, Set: make([]uint32, maxSetWords/2)}, leaf(1), leaf(2)}, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	short, err := Assemble([]Draft{{Feature: 0, Left: 1, Right: 2, Set: []uint32{5}}, leaf(10), leaf(20)}, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	e := Ensemble{Features: 1, Outputs: 1, Width: 1, Base: []float64{0}, Trees: []Tree{long, short}}
	if p := e.packedTrees(); !p.rest || len(p.nodes) > 0 {
		t.Errorf("packed as %v", p.roots)
	}
	x := &dataset.Matrix{Rows: 2, Features: make([]dataset.Feature, 1), Cols: [][]float32{{2, 3}}}
	got := make([]float64, 2)
	e.Sum(got, x)
	if got[0] != 12 || got[1] != 22 {
		t.Errorf("got %v", got)
	}
}

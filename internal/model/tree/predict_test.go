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

// numbersTree is a random tree on numbers, complete to a depth and ragged below it.
func numbersTree(r *rand.Rand, features, width, complete, deepest int) Tree {
	special := []float32{0, float32(math.Copysign(0, -1)), 1e-45, -1e-45, math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1))}
	var drafts []Draft
	var draw func(depth int) int32
	draw = func(depth int) int32 {
		at := int32(len(drafts))
		drafts = append(drafts, Draft{})
		if depth == deepest || depth >= complete && r.IntN(3) > 0 {
			d := Draft{Feature: -1}
			for range width {
				d.Values = append(d.Values, float32(r.NormFloat64()))
			}
			drafts[at] = d
			return at
		}
		d := Draft{Feature: int32(r.IntN(features)), Threshold: float32(r.NormFloat64()), MissingLeft: r.IntN(2) == 0}
		if r.IntN(12) == 0 {
			d.Threshold = special[r.IntN(len(special))]
		}
		d.Left = draw(depth + 1)
		d.Right = draw(depth + 1)
		drafts[at] = d
		return at
	}
	draw(0)
	t, err := Assemble(drafts, features, width)
	if err != nil {
		panic(err)
	}
	return t
}

func numbers(r *rand.Rand, n, d int) *dataset.Matrix {
	special := []float32{0, float32(math.Copysign(0, -1)), 1e-45, math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	x := &dataset.Matrix{Rows: n, Features: make([]dataset.Feature, d)}
	for range d {
		col := make([]float32, n)
		for i := range col {
			if col[i] = float32(r.NormFloat64()); r.IntN(8) == 0 {
				col[i] = special[r.IntN(len(special))]
			}
		}
		x.Cols = append(x.Cols, col)
	}
	return x
}

// naive is the sum by the definition of a tree, row by row.
func naive(e *Ensemble, x *dataset.Matrix) []float64 {
	out := make([]float64, x.Rows*e.Outputs)
	for i := range x.Rows {
		copy(out[i*e.Outputs:], e.Base)
		for k := range e.Trees {
			t := &e.Trees[k]
			e.addLeaf(out, i, k, t, t.leafAt(x.Cols, i))
		}
	}
	return out
}

// TestSumHasTheBitsOfTheDefinition: for trees of every kind and counts of rows around the blocks.
func TestSumHasTheBitsOfTheDefinition(t *testing.T) {
	r := rng.New(3).Rand()
	for _, c := range []struct {
		name                            string
		features, outputs, width, trees int
		complete, deepest               int
		categories                      bool
	}{
		{"depth 6", 5, 1, 1, 40, 6, 6, false},
		{"ragged", 5, 1, 1, 21, 2, 40, false},
		{"leaves only", 5, 1, 1, 3, 0, 0, false},
		{"several outputs", 5, 3, 1, 12, 4, 6, false},
		{"vectors in leaves", 5, 3, 3, 12, 4, 12, false},
		{"wide", 3000, 1, 1, 11, 5, 7, false},
		{"categories among numbers", 5, 1, 1, 20, 4, 6, true},
		{"categories, vectors", 5, 2, 2, 9, 4, 6, true},
		{"no trees", 5, 2, 1, 0, 1, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := Ensemble{Features: c.features, Outputs: c.outputs, Width: c.width}
			for o := range c.outputs {
				e.Base = append(e.Base, float64(o)+0.1)
			}
			for k := range c.trees {
				if c.categories && k%3 == 0 {
					e.Trees = append(e.Trees, drawnTree(r, c.width, c.deepest))
				} else {
					e.Trees = append(e.Trees, numbersTree(r, c.features, c.width, c.complete, c.deepest))
				}
			}
			for _, n := range []int{1, 2, 7, 8, 9, 100, 819, 2000} {
				x := numbers(r, n, c.features)
				got, want := make([]float64, n*c.outputs), naive(&e, x)
				e.Sum(got, x)
				for i := range want {
					if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
						t.Fatalf("%d rows, output %d: got %v, want %v", n, i, got[i], want[i])
					}
				}
			}
			e.Trees = e.Trees[:len(e.Trees)/2] // what was packed must not be used any more
			x := numbers(r, 20, c.features)
			got, want := make([]float64, 20*c.outputs), naive(&e, x)
			e.Sum(got, x)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Error("an ensemble that lost trees predicts otherwise")
			}
		})
	}
}

// TestLargeTrees: trees with more nodes than packed children can name.
func TestLargeTrees(t *testing.T) {
	r := rng.New(4).Rand()
	e := Ensemble{Features: 9, Outputs: 1, Width: 1, Base: []float64{1}}
	e.Trees = append(e.Trees, numbersTree(r, 9, 1, 16, 16), numbersTree(r, 9, 1, 15, 15))
	if p := e.packedTrees(); p.roots[0].depth != 16 || p.roots[0].shift == 16 || p.roots[1].depth != 15 || p.roots[1].shift != 16 {
		t.Fatalf("packed as %v", p.roots)
	}
	x := numbers(r, 50, 9)
	got := make([]float64, 50)
	e.Sum(got, x)
	if want := naive(&e, x); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestManySlots(t *testing.T) {
	r := rng.New(5).Rand()
	const d = maxSlots + 10
	e := Ensemble{Features: d, Outputs: 1, Width: 1, Base: []float64{1}}
	for j := range int32(d) {
		tr, err := Assemble([]Draft{{Feature: j, Left: 1, Right: 2}, {Feature: -1, Values: []float32{1}}, {Feature: -1, Values: []float32{0.1}}}, d, 1)
		if err != nil {
			t.Fatal(err)
		}
		e.Trees = append(e.Trees, tr)
	}
	if e.packedTrees() != nil {
		t.Fatal("more slots than there can be")
	}
	x := numbers(r, 3, d)
	got := make([]float64, 3)
	e.Sum(got, x)
	if want := naive(&e, x); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSumAllocatesNothing once the ensemble is packed.
func TestSumAllocatesNothing(t *testing.T) {
	r := rng.New(6).Rand()
	e := Ensemble{Features: 28, Outputs: 1, Width: 1, Base: []float64{1}}
	for range 10 {
		e.Trees = append(e.Trees, numbersTree(r, 28, 1, 6, 6))
	}
	for _, n := range []int{1, 5000} {
		x := numbers(r, n, 28)
		dst := make([]float64, n)
		if a := testing.AllocsPerRun(20, func() { e.Sum(dst, x) }); a > 1 {
			t.Errorf("%d rows: %v allocations", n, a)
		}
	}
}

func BenchmarkSum(b *testing.B) {
	r := rng.New(7).Rand()
	e := Ensemble{Features: 28, Outputs: 1, Width: 1, Base: []float64{1}}
	for range 100 {
		e.Trees = append(e.Trees, numbersTree(r, 28, 1, 6, 6))
	}
	for _, n := range []int{1, 50_000} {
		x := numbers(r, n, 28)
		dst := make([]float64, n)
		for name, sum := range map[string]func(){
			"":        func() { e.Sum(dst, x) },
			" before": func() { e.add(dst, x, nil, 0, n, 0, e.Trees) },
		} {
			b.Run(fmt.Sprint(n, " rows", name), func(b *testing.B) {
				for b.Loop() {
					sum()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
			})
		}
	}
}

// TestWalksAreTheSame: what walkBlock does, in assembly where there is some, is what walkFour and walk do.
func TestWalksAreTheSame(t *testing.T) {
	r := rng.New(8).Rand()
	for _, deepest := range []int{1, 5, 6, 7, 12, 13, 30} {
		e := Ensemble{Features: 5, Outputs: 1, Width: 1, Base: []float64{0}, Trees: []Tree{numbersTree(r, 5, 1, 2, deepest)}}
		p := e.packedTrees()
		const n = 64
		x := numbers(r, n, 5)
		keys := make([]uint32, n*len(p.slots))
		p.keys(keys, x.Cols, 0, n)
		stride, depth := 4*len(p.slots), int(p.roots[0].depth)
		var block, four [n]uint32
		walkBlock(&p.nodes[0], &keys[0], stride, n, depth, &block[0])
		for i := 0; i < n; i += 4 {
			walkFour(unsafe.Pointer(&p.nodes[0]), unsafe.Pointer(&keys[i*len(p.slots)]), uintptr(stride), depth, (*[4]uint32)(four[i:]))
		}
		for i := range n {
			if one := p.walk(0, keys[i*len(p.slots):]); block[i] != one || four[i] != one {
				t.Fatalf("depth %d, row %d: %d, %d and %d", depth, i, block[i], four[i], one)
			}
		}
	}
}

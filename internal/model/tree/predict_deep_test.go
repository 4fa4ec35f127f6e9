package tree

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"sadi/internal/rng"
)

// deepEnsemble has trees large enough to be walked by rounds, ragged ones and, if wide, one that has too many nodes for links of
// two halves, among small ones.
func deepEnsemble(r *rand.Rand, kinds, outputs, width int, categories, wide bool) *Ensemble {
	e := &Ensemble{Features: 2 * kinds, Outputs: outputs, Width: width, Base: make([]float64, outputs)}
	for k := range 9 {
		complete, deepest := 11, 40
		switch {
		case k%4 == 3:
			complete, deepest = 4, 6
		case wide && k == 1:
			complete, deepest = 16, 18
		}
		if categories && k%2 == 0 {
			e.Trees = append(e.Trees, mixedTree(r, kinds, width, complete, deepest))
		} else {
			e.Trees = append(e.Trees, numbersTree(r, 2*kinds, width, complete, deepest))
		}
		if k%3 > 0 { // hot paths
			t := &e.Trees[k]
			t.Covers = make([]float32, len(t.Nodes))
			for i := range t.Covers {
				t.Covers[i] = r.Float32()
			}
		}
	}
	return e
}

// TestLargeTreesHaveTheBitsOfTheDefinition: whatever the rows at a time, of one kind of tree or of several.
func TestLargeTreesHaveTheBitsOfTheDefinition(t *testing.T) {
	r := rng.New(11).Rand()
	const kinds = 4
	for _, c := range []struct {
		outputs, width   int
		categories, wide bool
	}{{1, 1, false, false}, {1, 1, false, true}, {3, 1, false, true}, {3, 3, false, true}, {1, 1, true, true}, {2, 2, true, false}} {
		e := deepEnsemble(r, kinds, c.outputs, c.width, c.categories, c.wide)
		p := e.packedTrees()
		large := 0
		for _, root := range p.roots {
			if root.deep {
				large++
			}
			if root.deep && (root.first+1)%lineNodes != 0 {
				t.Errorf("%+v: the children of a root are at %d, not at the beginning of a line", c, root.first+1)
			}
		}
		if large < 5 || p.rest {
			t.Fatalf("%+v: %d trees are walked by rounds", c, large)
		}
		for _, n := range []int{1, 7, 8, 9, 67, deepRows - 1, deepRows + 5, 2000} {
			x := mixedRows(r, n, kinds)
			got, want := make([]float64, n*c.outputs), naive(e, x)
			e.Sum(got, x)
			for i := range want {
				if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
					t.Fatalf("%+v, %d rows, output %d: got %v, want %v", c, n, i, got[i], want[i])
				}
			}
		}
	}
}

// TestOrderIsAPermutation that keeps siblings together, and puts the children of the root in the first line.
func TestOrderIsAPermutation(t *testing.T) {
	r := rng.New(12).Rand()
	for _, covers := range []bool{false, true} {
		tr := numbersTree(r, 5, 1, 6, 30)
		if tr.Covers = nil; covers {
			for range tr.Nodes {
				tr.Covers = append(tr.Covers, r.Float32())
			}
		}
		o := tr.order(true)
		seen := make([]bool, len(o))
		for i := range tr.Nodes {
			if seen[o[i]] {
				t.Fatalf("two nodes stand at %d", o[i])
			}
			seen[o[i]] = true
			if n := &tr.Nodes[i]; n.Feature >= 0 && (o[n.Left+1] != o[n.Left]+1 || o[n.Left]%2 != 1) {
				t.Fatalf("the children of node %d stand at %d and %d", i, o[n.Left], o[n.Left+1])
			}
		}
		if o[0] != 0 || o[1] != 1 {
			t.Errorf("the root is at %d, its children from %d on", o[0], o[1])
		}
	}
}

// TestWalksOnAreTheSame: what walkOn does, in assembly where there is some, is what walkFourOn and walkOneOn do, from wherever
// a walk has come to.
func TestWalksOnAreTheSame(t *testing.T) {
	r := rng.New(13).Rand()
	const n = 64
	for _, complete := range []int{3, 12, 16} {
		e := Ensemble{Features: 5, Outputs: 1, Width: 1, Base: []float64{0}, Trees: []Tree{numbersTree(r, 5, 1, complete, complete+3)}}
		p := e.packedTrees()
		shift, stride := int(p.roots[0].shift), 4*len(p.slots)
		keys := make([]uint32, n*len(p.slots))
		p.keys(keys, numbers(r, n, 5).Cols, 0, n)
		var block, four, one [n]walker
		for i := range n {
			block[i].row = uint32(r.IntN(n))
		}
		four, one = block, block
		row := unsafe.Pointer(&keys[0])
		nodes := unsafe.Pointer(&p.nodes[p.roots[0].first])
		for _, steps := range []int{0, 1, 5, complete, 3} {
			walkOn((*packedNode)(nodes), &keys[0], stride, &block[0], n, steps, shift)
			for i := 0; i < n; i += 4 {
				walkFourOn(nodes, row, uintptr(stride), uint64(shift), steps, (*[4]walker)(four[i:]))
			}
			for i := range one {
				walkOneOn(nodes, row, uintptr(stride), uint64(shift), steps, &one[i])
			}
			if block != four || block != one {
				t.Fatalf("%d nodes, %d steps: %s", len(e.Trees[0].Nodes), steps, fmt.Sprint(block, four, one))
			}
		}
		for i, w := range block {
			if leaf := p.walk(0, keys[int(w.row)*len(p.slots):]); w.at != leaf {
				t.Fatalf("row %d ends at %d, not at %d", i, w.at, leaf)
			}
		}
	}
}

func BenchmarkSumLargeTrees(b *testing.B) {
	r := rng.New(14).Rand()
	e := Ensemble{Features: 28, Outputs: 1, Width: 1, Base: []float64{0}}
	for range 20 {
		e.Trees = append(e.Trees, numbersTree(r, 28, 1, 14, 30))
	}
	for _, n := range []int{1, 20_000} {
		x := numbers(r, n, 28)
		dst := make([]float64, n)
		b.Run(fmt.Sprint(n, " rows"), func(b *testing.B) {
			for b.Loop() {
				e.Sum(dst, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
		})
	}
}

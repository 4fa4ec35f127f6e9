package tree

import (
	"unsafe"

	"sadi/internal/model"
)

// Need says what GrowForest will take. Most of it is the forest itself, where trees grow until their leaves are pure. Where
// nothing but chance decides the classes, a tree has a leaf for every third row of two classes and at most for every
// second of more; the estimate takes this worst case.
func (o *ForestOptions) Need(s model.Shape) model.Need {
	n, d, k := int64(s.Rows), int64(s.Columns), int64(s.Outputs)
	growing := min(int64(max(s.Threads, 1)), int64(o.Trees))

	rows := n
	if o.Bootstrap {
		rows = n * 2 / 3 // of all rows, 1 − 1/e are drawn
		if o.MaxSamples > 0 {
			rows = min(rows, int64(o.MaxSamples*float64(n)))
		}
	}
	leaves := rows
	if o.Criterion == Gini || o.Criterion == Entropy {
		leaves = rows / 3
		if k > 1 {
			leaves = rows / 2
		}
		leaves++
	}
	if most := o.mostLeaves(rows); most < leaves {
		leaves = most
	}
	const (
		perNode    = int64(unsafe.Sizeof(node{}) + unsafe.Sizeof(tally{}))
		perLearned = int64(unsafe.Sizeof(Node{})) + 8 + 12 + 6 // gain and cover; the form that predicts; the bytes of the file
	)
	lanes := int64(0)
	if k > 1 {
		lanes = 8 * k
	}
	grow := rows*2*int64(unsafe.Sizeof(sample{})) + n + 2*leaves*(perNode+lanes)
	if o.Criterion == AbsoluteError {
		grow += rows * 100 // two orders and three trees of sums
	}
	forest := int64(o.Trees) * leaves * (2*perLearned + 8*k)
	memory := n*d + n*(d+3) + 16*n + growing*grow + forest
	if o.OutOfBag && o.Bootstrap {
		memory += n * (12*k + 4)
	}
	return model.Need{Memory: memory + memory/4, Rounds: o.Trees}
}

// mostLeaves is what bounds the leaves of a tree on n rows.
func (o *CartOptions) mostLeaves(n int64) int64 {
	b := BoostOptions{}
	b.MinRows, b.MaxDepth, b.MaxLeaves = o.MinSamplesLeaf, o.MaxDepth, o.MaxLeafNodes
	most := b.mostLeaves(n)
	if f := o.MinWeightFraction; f > 0 {
		most = min(most, int64(1/f))
	}
	return most
}

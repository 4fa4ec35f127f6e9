package tree

import (
	"unsafe"

	"sadi/internal/dataset"
)

// Ensemble is a sum of trees.
type Ensemble struct {
	Features int // d
	Outputs  int // numbers a row
	// Width is the count of numbers in a leaf: 1, and then tree k adds to output k mod Outputs, or Outputs.
	Width int
	Base  []float64 // what each output is before the first tree
	Trees []Tree

	forPredict unsafe.Pointer // *packed
}

// add adds the values of trees, the first of which is the ensemble's tree number first, to the outputs of rows lo to hi
// of x, or, when rows is not nil, of the rows rows[lo:hi]. dst holds the outputs of all rows of x.
func (e *Ensemble) add(dst []float64, x *dataset.Matrix, rows []uint32, lo, hi, first int, trees []Tree) {
	if rows != nil || len(trees)*8 < len(x.Cols) {
		for i := lo; i < hi; i++ { // too few trees to copy the rows for
			row := i
			if rows != nil {
				row = int(rows[i])
			}
			for k := range trees {
				e.addLeaf(dst, row, first+k, &trees[k], trees[k].leafAt(x.Cols, row))
			}
		}
		return
	}
	d := len(x.Cols)
	// Rows in blocks that fit a second-level cache, trees in the outer loop: a tree stays in cache for a whole block.
	const blockFloats = 32 << 10
	block := max(1, min(hi-lo, blockFloats/max(d, 1)))
	buf := make([]float32, block*d)
	var leaf [lanes]int32
	for ; lo < hi; lo += block {
		m := min(block, hi-lo)
		transpose(buf, x.Cols, lo, m)
		for k := range trees {
			t := &trees[k]
			i := 0
			for ; i+lanes <= m; i += lanes {
				t.leaves(buf[i*d:(i+lanes)*d], d, &leaf)
				for l, n := range leaf {
					e.addLeaf(dst, lo+i+l, first+k, t, int(n))
				}
			}
			for ; i < m; i++ {
				e.addLeaf(dst, lo+i, first+k, t, t.Leaf(buf[i*d:i*d+d]))
			}
		}
	}
}

// addLeaf adds the values of a leaf of the ensemble's tree number k to the outputs of a row.
func (e *Ensemble) addLeaf(dst []float64, row, k int, t *Tree, leaf int) {
	if e.Width == 1 {
		if e.Outputs > 1 {
			row = row*e.Outputs + k%e.Outputs
		}
		dst[row] += float64(t.Values[leaf])
		return
	}
	out := dst[row*e.Outputs:][:e.Width]
	for o, v := range t.Values[leaf*e.Width:][:e.Width] {
		out[o] += float64(v)
	}
}

// transpose writes rows lo to lo+m of columns to dst, row-major.
func transpose(dst []float32, cols [][]float32, lo, m int) {
	const strip = 64
	d := len(cols)
	for from := 0; from < m; from += strip {
		to := min(from+strip, m)
		for j, col := range cols {
			at := from*d + j
			for _, v := range col[lo+from : lo+to] {
				dst[at] = v
				at += d
			}
		}
	}
}

// gainImportance is each feature's share of the gains of all splits.
func (e *Ensemble) gainImportance() []float64 {
	gains := make([]float64, e.Features)
	for k := range e.Trees {
		t := &e.Trees[k]
		for i := range t.Nodes {
			if f := t.Nodes[i].Feature; f >= 0 {
				gains[f] += float64(t.Gains[i])
			}
		}
	}
	return normalised(gains)
}

// normalised scales non-negative numbers to add up to 1; all 0 stay 0.
func normalised(v []float64) []float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	if sum > 0 {
		for i := range v {
			v[i] /= sum
		}
	}
	return v
}

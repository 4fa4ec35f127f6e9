package tree

import "sadi/internal/dataset"

// Ensemble is a sum of trees.
type Ensemble struct {
	Features int // d
	Outputs  int // numbers a row
	// Width is the count of numbers in a leaf: 1, and then tree k adds to output k mod Outputs, or Outputs.
	Width int
	Base  []float64 // what each output is before the first tree
	Trees []Tree
}

// blockFloats bounds the row-major copy of a block of rows, in float32: half of a first-level cache.
const blockFloats = 4096

// Sum writes Base plus the sum of all trees for each row, n × Outputs row-major, to dst.
func (e *Ensemble) Sum(dst []float64, x *dataset.Matrix) {
	for i := range dst {
		dst[i] = e.Base[i%e.Outputs]
	}
	e.add(dst, x, nil, 0, x.Rows, 0, e.Trees)
}

// add adds the values of trees, the first of which is the ensemble's tree number first, to the outputs of rows lo to hi
// of x, or, when rows is not nil, of the rows rows[lo:hi]. dst holds the outputs of all rows of x.
func (e *Ensemble) add(dst []float64, x *dataset.Matrix, rows []uint32, lo, hi, first int, trees []Tree) {
	d := len(x.Cols)
	block := max(1, min(hi-lo, 256, blockFloats/max(d, 1)))
	buf := make([]float32, block*d)
	for ; lo < hi; lo += block {
		m := min(block, hi-lo)
		for j, col := range x.Cols {
			if rows == nil {
				for i, v := range col[lo : lo+m] {
					buf[i*d+j] = v
				}
			} else {
				for i, r := range rows[lo : lo+m] {
					buf[i*d+j] = col[r]
				}
			}
		}
		for k := range trees {
			t, o := &trees[k], (first+k)%e.Outputs
			for i := range m {
				row := lo + i
				if rows != nil {
					row = int(rows[row])
				}
				leaf := t.Leaf(buf[i*d : i*d+d])
				if e.Width == 1 {
					dst[row*e.Outputs+o] += float64(t.Values[leaf])
					continue
				}
				out := dst[row*e.Outputs:][:e.Width]
				for o, v := range t.Values[leaf*e.Width:][:e.Width] {
					out[o] += float64(v)
				}
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

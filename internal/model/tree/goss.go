package tree

import "math"

// Goss is gradient-based one-side sampling (Ke et al., "LightGBM", 2017, algorithm 2): the rows with large gradients
// stay, of the others a sample stands for all, with its gradients and hessians enlarged to match.
type Goss struct {
	Top   float64 // share of the rows that stay for their gradients
	Other float64 // share of the rows in the sample of the others
}

// keepRows chooses the rows of a round and enlarges the gradients of those that stand for others. As in LightGBM the
// first 1/η rounds see all rows, for then the gradients say little yet.
func (b *booster) keepRows(round int) {
	b.kept = nil
	if b.Goss == nil || round < int(1/b.LearningRate) {
		return
	}
	n, k := b.X.Rows, b.ensemble.Outputs
	top, other := max(1, int(float64(n)*b.Goss.Top)), max(1, int(float64(n)*b.Goss.Other))
	if top+other >= n {
		return
	}
	size := make([]float64, n)
	for i := range size {
		for o := i * k; o < (i+1)*k; o++ {
			size[i] += math.Abs(float64(b.g[o]) * float64(b.h[o]))
		}
	}
	bar := nthLargest(append([]float64(nil), size...), top)
	kept := make([]bool, n)
	above := 0
	for i, s := range size {
		if s > bar {
			kept[i] = true
			above++
		}
	}
	for i := 0; above < top; i++ { // of those at the bar, the first
		if size[i] == bar {
			kept[i] = true
			above++
		}
	}
	factor := float32(float64(n-top) / float64(other))
	seed := b.Stream.Child("goss").At(round).Uint64()
	left, need := n-top, other
	for i := range kept {
		if kept[i] {
			continue
		}
		// Selection sampling (Knuth, algorithm S): each of the rest with the chance that gives exactly so many.
		if chance(seed, uint64(i))*float64(left) < float64(need) {
			kept[i] = true
			need--
			for o := i * k; o < (i+1)*k; o++ {
				b.g[o] *= factor
				b.h[o] *= factor
			}
		}
		left--
	}
	b.kept = kept
}

// chance is a random number in [0, 1).
func chance(seed, i uint64) float64 { return float64(hash(seed, i, 0)>>11) / (1 << 53) }

// nthLargest is the n-th largest of v, n ≥ 1, which it reorders (Hoare's selection).
func nthLargest(v []float64, n int) float64 {
	for {
		a, b, c := v[0], v[len(v)/2], v[len(v)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		more, end := 0, len(v)
		for k := 0; k < end; {
			switch x := v[k]; {
			case x > pivot:
				v[k], v[more] = v[more], x
				more++
				k++
			case x < pivot:
				end--
				v[k], v[end] = v[end], x
			default:
				k++
			}
		}
		switch {
		case n <= more:
			v = v[:more]
		case n <= end:
			return pivot
		default:
			n -= end
			v = v[end:]
		}
	}
}

// rows writes the rows that a tree learns from to the front of idx, ascending, and the others behind them; it returns
// their count. seed is the tree's.
func (b *booster) rows(idx []uint32, round int, seed uint64) int {
	switch {
	case b.kept != nil:
		return divideRows(b.Pool, idx, func(i int) bool { return b.kept[i] })
	case b.SubsampleRounds > 0:
		seed = b.Stream.Child("rows").At(round / b.SubsampleRounds).Uint64()
	}
	return drawRows(b.Pool, idx, b.Subsample, seed)
}

package tree

import (
	"math"

	"sadi/internal/model"
)

// Need says what BoostOblivious will take: the sum of its parts that grow with the data, each at its largest, and a quarter more
// for what is small. Categories count as having more values than are asked one by one.
func (o *ObliviousOptions) Need(s model.Shape) model.Need {
	n, d, k := int64(s.Rows), int64(s.Columns), int64(s.Outputs)
	categories := int64(s.Categories)
	folds, scored := int64(1), n // rows of all parts of a fold
	if o.Ordered || categories > 0 {
		folds += int64(max(o.Permutations, 1))
	}
	if o.Ordered {
		scored = 2 * n
	}
	memory := n*d + 24*scored*k + 12*n + 8*int64(s.ValidRows)*k
	memory += folds * (8*scored*k + 8*n)
	if folds == 1 {
		memory += n * (d + 3)
	} else {
		memory += folds * n * (d - categories + 3)
	}
	if o.Ordered {
		memory += (folds - 1) * n * (d + 8)
	}
	kinds := min(k, mostShares) + 1
	if k == 1 {
		kinds = 4
	}
	memory += o.statisticsNeed(n, categories, kinds, folds)
	memory += o.histogramNeed(n, d-categories, k) + o.histogramNeed(n, categories*kinds, k)
	leaves := int64(math.Ldexp(1, min(o.Depth, 30)))
	memory += int64(o.Rounds)*(leaves*(4*k+4)+64*int64(o.Depth)) + 16*leaves*k
	return model.Need{Memory: memory + memory/4, Rounds: o.Rounds}
}

// statisticsNeed is what the statistics of categories and their combinations take: in each fold a byte a row for each kind, once
// as a code and twice binned, and the places of the values.
func (o *ObliviousOptions) statisticsNeed(n, categories, kinds, folds int64) int64 {
	if categories == 0 {
		return 0
	}
	memory := categories * n * (4 + 3*kinds*folds)
	if o.MaxCombination > 1 {
		pairs := categories * (categories - 1) / 2
		kept := pairs * n * (4 + kinds*folds)
		if o.MaxCombination > 2 {
			kept *= categories
		}
		memory += min(kept, keptBytes)
		// Those that compete at a time: a base with each category, for each level.
		memory += min(int64(o.Depth)*categories, pairs+mostProjections) * n * (4 + 3*kinds)
	}
	statistics := min(int64(o.Rounds*o.Depth), categories*(categories+1)/2*kinds)
	return memory + statistics*min(n, 1<<16)
}

// histogramNeed is what the histograms of so many columns take.
func (o *ObliviousOptions) histogramNeed(n, columns, outputs int64) int64 {
	if columns <= 0 {
		return 0
	}
	views, histogram := outputs, 8*columns*histogramStride
	if o.Ordered {
		views *= 2 * int64(len(partsOf(int(n), true)))
	}
	// Leaves of few rows do without.
	leaves := min(int64(math.Ldexp(1, min(o.Depth, 30))), 5*n/histogramStride+1)
	return min(2*leaves*views*histogram, max(histogramMemory, 4*histogram))
}

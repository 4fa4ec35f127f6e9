package split

import (
	"cmp"
	"slices"

	"sadi"
)

// timeline is the rows in the order of time; equal times are in row order.
func timeline(rows []int, when []float64) []int {
	order := slices.Clone(rows)
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(when[a], when[b]), cmp.Compare(a, b)) })
	return order
}

// boundaries are the places in the timeline where time advances: i stands for a cut before order[i].
func boundaries(order []int, when []float64) []int {
	var at []int
	for i := 1; i < len(order); i++ {
		if cmp.Compare(when[order[i-1]], when[order[i]]) != 0 {
			at = append(at, i)
		}
	}
	return at
}

// nearest is the index of the element of at[lo:hi] nearest to want, ties to the smaller.
func nearest(at []int, lo, hi, want int) int {
	i, _ := slices.BinarySearch(at[lo:hi], want)
	i += lo
	if i == hi || i > lo && want-at[i-1] <= at[i]-want {
		return i - 1
	}
	return i
}

func fewTimes(have, want int) error {
	return sadi.Errorf(sadi.BadData, "%d different times are too few: %d are needed", have, want).
		Advise("choose fewer folds or another time column")
}

func holdoutTime(rows []int, m int, when []float64) (Fold, error) {
	order := timeline(rows, when)
	at := boundaries(order, when)
	if len(at) == 0 {
		return Fold{}, fewTimes(1, 2)
	}
	return between(order, at[nearest(at, 0, len(at), len(order)-m)], len(order)), nil
}

// kfoldTime cuts the timeline into k+1 periods of nearly equal length at places where time advances.
func kfoldTime(rows []int, k int, when []float64) ([]Fold, error) {
	order := timeline(rows, when)
	at := boundaries(order, when)
	if len(at) < k {
		return nil, fewTimes(len(at)+1, k+1)
	}
	period := len(order) / (k + 1) // as in TimeSeriesSplit: what is left over goes to the first period
	cuts := make([]int, k+1)
	cuts[k] = len(order)
	for f, lo := 0, 0; f < k; f++ {
		i := nearest(at, lo, len(at)-(k-1-f), len(order)-(k-f)*period)
		cuts[f], lo = at[i], i+1
	}
	folds := make([]Fold, k)
	for f := range folds {
		folds[f] = between(order, cuts[f], cuts[f+1])
	}
	return folds, nil
}

// between is the fold fitted on order[:lo] and validated on order[lo:hi].
func between(order []int, lo, hi int) Fold {
	f := Fold{Fit: slices.Clone(order[:lo]), Valid: slices.Clone(order[lo:hi])}
	slices.Sort(f.Fit)
	slices.Sort(f.Valid)
	return f
}

package split

import (
	"cmp"
	"slices"

	"sadi"
	"sadi/internal/rng"
)

// classes returns the positions in rows of each class, shuffled within the class by the class's own stream.
func classes(rows []int, by By, s rng.Stream) [][]int {
	strata := make([][]int, by.Classes)
	for i, r := range rows {
		c := int(by.Y[r])
		strata[c] = append(strata[c], i)
	}
	for c, p := range strata {
		s.Child("class").At(c).Rand().Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
	}
	return strata
}

// holdoutClass gives each class its share of the m rows by the method of largest remainders (ties to the smaller
// class), so that every class is within one row of its share.
func holdoutClass(rows []int, m int, by By, s rng.Stream) (Fold, error) {
	strata := classes(rows, by, s)
	n := len(rows)
	take := make([]int, len(strata))
	var order []int // classes that may still give a row, by remainder
	left := m
	for c, p := range strata {
		take[c] = len(p) * m / n // fewer than len(p), for m < n
		left -= take[c]
		if take[c] < len(p)-1 {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(strata[b])*m%n, len(strata[a])*m%n) })
	for _, c := range order[:min(left, len(order))] {
		take[c]++
	}
	in := make([]bool, n)
	var any bool
	for c, p := range strata {
		for _, i := range p[:take[c]] {
			in[i], any = true, true
		}
	}
	if !any {
		return Fold{}, singletons(n)
	}
	return divide(rows, func(i int) bool { return in[i] }), nil
}

// kfoldClass deals each class's rows over the folds in turn and goes on with the next class at the fold where the last
// one ended: classes and fold sizes both stay within one row of their share.
func kfoldClass(rows []int, k int, by By, s rng.Stream) ([]int, error) {
	part := make([]int, len(rows))
	next := 0
	for _, p := range classes(rows, by, s) {
		if len(p) == 1 {
			part[p[0]] = -1
			continue
		}
		for _, i := range p {
			part[i] = next % k
			next++
		}
	}
	if next < k {
		return nil, singletons(len(rows))
	}
	return part, nil
}

func singletons(n int) error {
	return sadi.Errorf(sadi.BadData, "among %d rows too few belong to a class that has another row", n).
		Advise("is this a column of names or numbers rather than of classes?")
}

// ranked returns the positions in rows in the order of the target, ties by row; without a target in row order shuffled
// by s.
func ranked(rows []int, y []float64, s rng.Stream) []int {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	if y == nil {
		s.Child("order").Rand().Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		return order
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(y[rows[a]], y[rows[b]]), cmp.Compare(rows[a], rows[b]))
	})
	return order
}

// holdoutQuantile cuts the ranked rows into m runs of nearly equal length and draws one row of each.
func holdoutQuantile(rows []int, m int, y []float64, s rng.Stream) Fold {
	order := ranked(rows, y, s)
	n := len(rows)
	in := make([]bool, n)
	r := s.Child("draw").Rand()
	for b := range m {
		lo, hi := b*n/m, (b+1)*n/m
		in[order[lo+r.IntN(hi-lo)]] = true
	}
	return divide(rows, func(i int) bool { return in[i] })
}

// kfoldQuantile cuts the ranked rows into runs of k and deals each run over the folds in an order drawn for it.
func kfoldQuantile(rows []int, k int, y []float64, s rng.Stream) []int {
	order := ranked(rows, y, s)
	part := make([]int, len(rows))
	r := s.Child("deal").Rand()
	for lo := 0; lo < len(order); lo += k {
		deal := r.Perm(k)
		for j, i := range order[lo:min(lo+k, len(order))] {
			part[i] = deal[j]
		}
	}
	return part
}

package split

import (
	"cmp"
	"slices"

	"sadi"
	"sadi/internal/rng"
)

// group is the rows that must stay together.
type group struct {
	code    int32
	members []int   // positions in rows
	classes []int   // the classes that occur, ascending; one class 0 without classes
	counts  []int   // rows of each of classes
	share   float64 // largest share that it holds of any class
}

// groups collects the groups in the order of a shuffle, so that equals later fall by chance; totals has the rows of each
// class.
func groups(rows []int, by By, s rng.Stream) (all []*group, totals []int) {
	byCode := map[int32]*group{}
	for i, r := range rows {
		g := byCode[by.Group[r]]
		if g == nil {
			g = &group{code: by.Group[r]}
			byCode[g.code] = g
			all = append(all, g)
		}
		g.members = append(g.members, i)
	}
	slices.SortFunc(all, func(a, b *group) int { return cmp.Compare(a.code, b.code) })
	s.Child("group").Rand().Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	totals = make([]int, max(by.Classes, 1))
	count := make([]int, len(totals))
	for _, g := range all {
		for _, i := range g.members {
			c := 0
			if by.Classes > 0 {
				c = int(by.Y[rows[i]])
			}
			if count[c] == 0 {
				g.classes = append(g.classes, c)
			}
			count[c]++
		}
		slices.Sort(g.classes)
		for _, c := range g.classes {
			g.counts = append(g.counts, count[c])
			totals[c] += count[c]
			count[c] = 0
		}
	}
	for _, g := range all {
		for j, c := range g.classes {
			g.share = max(g.share, float64(g.counts[j])/float64(totals[c]))
		}
	}
	return all, totals
}

func fewGroups(have, want int) error {
	return sadi.Errorf(sadi.BadData, "%d groups are too few: %d are needed", have, want).
		Advise("choose fewer folds or another group column")
}

// holdoutGroup takes groups by chance as long as each brings the rows nearer to m and leaves a row of every class.
func holdoutGroup(rows []int, m int, by By, s rng.Stream) (Fold, error) {
	all, left := groups(rows, by, s)
	if len(all) < 2 {
		return Fold{}, fewGroups(len(all), 2)
	}
	in := make([]bool, len(rows))
	taken, rowsTaken := 0, 0
	take := func(g *group) {
		for j, c := range g.classes {
			left[c] -= g.counts[j]
		}
		for _, i := range g.members {
			in[i] = true
		}
		taken++
		rowsTaken += len(g.members)
	}
	for _, g := range all {
		if taken == len(all)-1 || abs(rowsTaken+len(g.members)-m) >= abs(rowsTaken-m) || g.empties(left) {
			continue
		}
		take(g)
	}
	if taken == 0 { // every group is large or holds a class alone: the smallest does the least harm
		take(slices.MinFunc(all, func(a, b *group) int { return cmp.Compare(len(a.members), len(b.members)) }))
	}
	return divide(rows, func(i int) bool { return in[i] }), nil
}

// empties reports whether taking the group away would leave a class without rows.
func (g *group) empties(left []int) bool {
	for j, c := range g.classes {
		if left[c] == g.counts[j] {
			return true
		}
	}
	return false
}

// kfoldGroup deals the groups, those that weigh most first, each to the fold where it adds least to Σ (rows of class c in
// the fold)² / (rows of class c): the greedy way to spread every class evenly. Ties go to the fold with fewer rows, then
// to the smaller fold.
func kfoldGroup(rows []int, k int, by By, s rng.Stream) ([]int, error) {
	all, totals := groups(rows, by, s)
	if len(all) < k {
		return nil, fewGroups(len(all), k)
	}
	slices.SortStableFunc(all, func(a, b *group) int {
		return cmp.Or(cmp.Compare(len(b.members), len(a.members)), cmp.Compare(b.share, a.share))
	})
	part := make([]int, len(rows))
	size := make([]int, k)
	held := make([][]int, k)
	for f := range held {
		held[f] = make([]int, len(totals))
	}
	for n, g := range all {
		best, bestCost := -1, 0.0
		empty := 0
		for f := range size {
			if size[f] == 0 {
				empty++
			}
		}
		for f := range size {
			if len(all)-n == empty && size[f] > 0 {
				continue // each group that is left is needed to fill a fold
			}
			cost := 0.0
			for j, c := range g.classes {
				cost += float64(g.counts[j]*(2*held[f][c]+g.counts[j])) / float64(totals[c])
			}
			if best < 0 || cost < bestCost || cost == bestCost && size[f] < size[best] {
				best, bestCost = f, cost
			}
		}
		for j, c := range g.classes {
			held[best][c] += g.counts[j]
		}
		for _, i := range g.members {
			part[i] = best
		}
		size[best] += len(g.members)
	}
	return part, nil
}

func abs(v int) int { return max(v, -v) }

package tree

import (
	"cmp"
	"slices"
)

// joint is a column of a tile that holds several features of few bins in one byte, as the digits of a number in mixed
// radix. One update of its histogram serves all of them; their own histograms are its marginal sums. The sums are
// integers, so nothing shows in a model.
type joint struct {
	at     int // column of the tile
	digits []digit
}

// digit is one feature of a joint column.
type digit struct {
	feature int32
	radix   int   // bins that rows have
	low     uint8 // the first of them: 1 for a feature that is never missing
	factor  uint8 // of the digit: the product of the radices before
	cells   int   // where the feature's histogram begins, behind those of the tile's columns
}

// mostRadix is the largest number of bins of a feature that is joined: two of them fit a byte.
const mostRadix = 16

// joinColumns is changed by tests only.
var joinColumns = true

// radix is the count of bins that rows have, and the first of them.
func (c *Column) radix() (radix int, low uint8) {
	if c.Missing {
		return c.Count + 1, 0
	}
	return c.Count, 1
}

// apart is the plan in which every feature stands alone.
func apart(features []int32) (groups [][]int32) {
	for i := range features {
		groups = append(groups, features[i:i+1])
	}
	return groups
}

// together divides features into those that stand alone and groups that share a byte, the ones with the fewest bins in
// one.
func (b *Bins) together(features []int32) (groups [][]int32) {
	if !joinColumns {
		return apart(features)
	}
	var small []int32
	for _, j := range features {
		if radix, _ := b.Columns[j].radix(); radix <= mostRadix {
			small = append(small, j)
		} else {
			groups = append(groups, []int32{j})
		}
	}
	radix := func(j int32) int { r, _ := b.Columns[j].radix(); return r }
	slices.SortStableFunc(small, func(i, j int32) int { return cmp.Compare(radix(i), radix(j)) })
	for len(small) > 0 {
		n, product := 0, 1
		for n < len(small) && product*radix(small[n]) <= 256 {
			product *= radix(small[n])
			n++
		}
		groups = append(groups, small[:n])
		small = small[n:]
	}
	return groups
}

// set makes the columns of a tile of the given groups.
func (t *tile) set(b *Bins, groups [][]int32) {
	t.columns, t.used, t.joints, t.spare = t.columns[:0], t.used[:0], t.joints[:0], 0
	t.width = (len(groups) + 3) &^ 3
	spare := t.width * histogramStride
	for at, group := range groups {
		if len(group) == 1 {
			t.columns, t.used = append(t.columns, group[0]), append(t.used, b.Columns[group[0]].Count+1)
			continue
		}
		j, product := joint{at: at}, 1
		for _, feature := range group {
			radix, low := b.Columns[feature].radix()
			j.digits = append(j.digits, digit{feature, radix, low, uint8(product), spare})
			product *= radix
			spare += b.Columns[feature].Count + 1
		}
		t.columns, t.used, t.joints = append(t.columns, -1), append(t.used, product), append(t.joints, j)
	}
	t.spare = (spare - t.width*histogramStride + 7) &^ 7
}

// fill adds the digits of some rows to the tile's bytes, which are 0.
func (j *joint) fill(b *Bins, rows []uint8, width, lo, n int) {
	for _, d := range j.digits {
		at := j.at
		for _, v := range b.Columns[d.feature].Bin[lo : lo+n] {
			rows[at] += (v - d.low) * d.factor
			at += width
		}
	}
}

// marginalise makes the histograms of the features from that of the joint column, which it uses up.
func (j *joint) marginalise(cells []int64) {
	product := 1
	for _, d := range j.digits {
		product *= d.radix
	}
	sums := cells[j.at*histogramStride:][:product]
	for k := len(j.digits) - 1; k >= 0; k-- { // the last digit counts whole blocks; without it, the blocks are added up
		d := &j.digits[k]
		own, block := cells[d.cells:], int(d.factor)
		if d.low == 1 {
			own[0] = 0 // no row is missing
		}
		first := sums[:block]
		for r := range d.radix {
			part, sum := sums[r*block:][:block], int64(0)
			for _, v := range part {
				sum += v
			}
			own[r+int(d.low)] = sum
			if r > 0 && k > 0 {
				for i, v := range part {
					first[i] += v
				}
			}
		}
		sums = first
	}
}

// features appends the features of the tile to list.
func (t *tile) features(list []int32) []int32 {
	for _, j := range t.columns {
		if j >= 0 {
			list = append(list, j)
		}
	}
	for i := range t.joints {
		for _, d := range t.joints[i].digits {
			list = append(list, d.feature)
		}
	}
	return list
}

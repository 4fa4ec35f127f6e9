package metric

// The area under the ROC curve is the probability that a row of the class scores above a row of another one, a tie
// counting one half (Hanley and McNeil 1982). It is counted over groups of equal scores in ascending order:
//
//	A = Σ_g pos_g · (neg_before_g + neg_g / 2) / (P · N)
//
// With unit weights all of these are integers or halves, so the result does not depend on the order of the rows.

// rocAUC is the area of a binary problem.
func rocAUC(v *View) (float64, error) {
	if v.p.single && v.w == nil {
		return v.rocAreaByKeys()
	}
	return v.rocAreaByOrder()
}

// rocAreaByKeys is the area of a binary problem with unit weights. It sorts the scores of the two classes apart, as
// plain integers, and merges them: no row numbers are moved.
func (v *View) rocAreaByKeys() (float64, error) {
	v.pos, v.neg = grow(v.pos, len(v.p.d.Y)), grow(v.neg, len(v.p.d.Y))
	var np, nn int
	for i, y := range v.p.d.Y {
		k := orderedBits(v.p.d.Pred[i])
		// Both are written and one is kept, which spares a branch that can not be predicted.
		v.pos[np], v.neg[nn] = k, k
		np += int(y)
		nn += 1 - int(y)
	}
	if np == 0 || nn == 0 {
		return 0, oneClass("ROC AUC")
	}
	v.keys = grow(v.keys, len(v.p.d.Y))
	pos, neg := v.pos[:np], v.neg[:nn]
	sortKeys(pos, v.keys[:np])
	sortKeys(neg, v.keys[:nn])
	var below, twice, equal int // negatives below the key, twice the area, negatives equal to the key
	for i, k := range pos {
		if i == 0 || k != pos[i-1] {
			below += equal
			equal = 0
			for below < nn && neg[below] < k {
				below++
			}
			for below+equal < nn && neg[below+equal] == k {
				equal++
			}
		}
		twice += 2*below + equal
	}
	return float64(twice) / (2 * float64(np) * float64(nn)), nil
}

// rocAreaByOrder is the area of a binary problem under any weights.
func (v *View) rocAreaByOrder() (float64, error) {
	pred, y := v.p.d.Pred, v.p.d.Y
	order := v.p.Order(0)
	var sum, pos, neg float64
	for lo := 0; lo < len(order); {
		var gp, gn float64
		score := pred[order[lo]]
		hi := lo
		for ; hi < len(order); hi++ {
			i := int(order[hi])
			if pred[i] != score {
				break
			}
			if y[i] == 1 {
				gp += v.weight(i)
			} else {
				gn += v.weight(i)
			}
		}
		sum += float64(gp * (neg + float64(gn*0.5)))
		pos += gp
		neg += gn
		lo = hi
	}
	if pos == 0 || neg == 0 {
		return 0, oneClass("ROC AUC")
	}
	return sum / float64(pos*neg), nil
}

// rocAUCOvR is the mean of the areas of the classes against the rest, over the classes that have rows; weighted by
// the rows of the class if asked.
func rocAUCOvR(byPrevalence bool) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		if v.p.d.Outputs() == 1 {
			return rocAUC(v)
		}
		v.pairAreas()
		var sum, total float64
		for a, truth := range v.truths {
			var area, others float64
			for b, t := range v.truths {
				if a != b {
					area += v.areas[a*len(v.truths)+b]
					others += t
				}
			}
			if truth == 0 || others == 0 {
				continue
			}
			w := 1.0
			if byPrevalence {
				w = truth
			}
			sum += float64(w * (area / float64(truth*others)))
			total += w
		}
		if total == 0 {
			return 0, oneClass("ROC AUC")
		}
		return sum / total, nil
	}
}

// rocAUCOvO is the mean of the areas of all pairs of classes that have rows (Hand and Till 2001); weighted by the rows
// of the pair if asked.
func rocAUCOvO(byPrevalence bool) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		if v.p.d.Outputs() == 1 {
			return rocAUC(v)
		}
		v.pairAreas()
		k := len(v.truths)
		var sum, total float64
		for a, s := range v.truths {
			for b := a + 1; b < k; b++ {
				t := v.truths[b]
				if s == 0 || t == 0 {
					continue
				}
				w := 1.0
				if byPrevalence {
					w = s + t
				}
				sum += float64(w * ((v.areas[a*k+b] + v.areas[b*k+a]) / (2 * float64(s*t))))
				total += w
			}
		}
		if total == 0 {
			return 0, oneClass("ROC AUC")
		}
		return sum / total, nil
	}
}

// pairAreas finds, for each pair of classes a and b, the area of a against b by the predictions for a, not yet divided
// by the weight of the pairs (areas, K × K), and the weight of each class (truths). One pass over each column gives all
// pairs of its class; the four multiclass scorers share them.
func (v *View) pairAreas() {
	if v.paired {
		return
	}
	v.paired = true
	k, y := v.p.d.Classes, v.p.d.Y
	v.truths = zeros(v.truths, k)
	for i, c := range y {
		v.truths[int(c)] += v.weight(i)
	}
	v.areas = zeros(v.areas, k*k)
	v.before, v.group = grow(v.before, k), zeros(v.group, k)
	for a := range k {
		v.columnAreas(a, v.areas[a*k:(a+1)*k])
	}
}

// columnAreas adds the areas of class a to dst[b] for each class b. The scratch group comes and leaves as zeros.
func (v *View) columnAreas(a int, dst []float64) {
	pred, k, y := v.p.d.Pred, v.p.d.Classes, v.p.d.Y
	order := v.p.Order(a)
	before, group := v.before, v.group
	clear(before)
	for lo := 0; lo < len(order); {
		score := pred[int(order[lo])*k+a]
		hi := lo
		for ; hi < len(order); hi++ {
			i := int(order[hi])
			if pred[i*k+a] != score {
				break
			}
			group[int(y[i])] += v.weight(i)
		}
		if w := group[a]; w > 0 {
			for b := range dst {
				dst[b] += float64(w * (before[b] + float64(group[b]*0.5)))
			}
		}
		for _, i := range order[lo:hi] { // only the classes met
			c := int(y[i])
			before[c] += group[c]
			group[c] = 0
		}
		lo = hi
	}
}

// averagePrecision is Σ (R_t - R_{t-1}) · P_t over the distinct scores t in descending order, of class 1, or the mean
// over the classes that have rows.
func averagePrecision(v *View) (float64, error) {
	if v.p.d.Outputs() == 1 {
		ap, pos := v.precisionArea(0, 1)
		if pos == 0 {
			return 0, undefined("average precision is undefined: no row is of the positive class")
		}
		return ap, nil
	}
	var sum, n float64
	for c := range v.p.d.Classes {
		if ap, pos := v.precisionArea(c, c); pos > 0 {
			sum += ap
			n++
		}
	}
	return sum / n, nil
}

// precisionArea is the average precision of a class by the predictions in a column, and the weight of the class.
func (v *View) precisionArea(col, class int) (ap, pos float64) {
	pred, k, y := v.p.d.Pred, v.p.d.Outputs(), v.p.d.Y
	order := v.p.Order(col)
	var sum, all float64
	for hi := len(order) - 1; hi >= 0; {
		var gp float64
		score := pred[int(order[hi])*k+col]
		lo := hi
		for ; lo >= 0; lo-- {
			i := int(order[lo])
			if pred[i*k+col] != score {
				break
			}
			w := v.weight(i)
			all += w
			if int(y[i]) == class {
				gp += w
			}
		}
		pos += gp
		if gp > 0 {
			sum += float64(gp * (pos / all))
		}
		hi = lo
	}
	return ratio(sum, pos), pos
}

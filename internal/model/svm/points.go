package svm

// lanes are the rows of a panel.
const lanes = 16

// points are n rows of d features, in panels of 16 rows: value j of row r of a panel is at j·16 + r. The last panel is filled
// up with zeros. So the products of one row with those of a panel are added up side by side, each in the order of the
// features.
type points struct {
	n, d    int
	panels  []float64
	squares []float64 // |x|² of each row, filled up as the panels are
}

// newPoints takes n rows of columns; row i is rows[i], or i where rows is nil. origin is taken away from each column: it
// changes no distance, and keeps the digits that a large common part would cost.
func newPoints(cols [][]float32, rows []int, n int, origin []float32) *points {
	panels := (n + lanes - 1) / lanes
	p := &points{n: n, d: len(cols), panels: make([]float64, panels*len(cols)*lanes), squares: make([]float64, panels*lanes)}
	for j, col := range cols {
		o := float64(0)
		if origin != nil {
			o = float64(origin[j])
		}
		for i := range n {
			r := i
			if rows != nil {
				r = rows[i]
			}
			v := float64(col[r]) - o
			p.panels[(i/lanes*p.d+j)*lanes+i%lanes] = v
			p.squares[i] += float64(v * v)
		}
	}
	return p
}

// count is the number of panels.
func (p *points) count() int { return len(p.squares) / lanes }

// panel is the k-th panel.
func (p *points) panel(k int) []float64 { return p.panels[k*p.d*lanes:][:p.d*lanes] }

// copyRow writes the d values of row i to dst.
func (p *points) copyRow(dst []float64, i int) {
	panel := p.panel(i / lanes)
	for j := range dst {
		dst[j] = panel[j*lanes+i%lanes]
	}
}

// multiply writes the products of x with the rows of a panel. Each is the sum in the order of the features, so that it is the
// same for the two rows exchanged, and |x|² for a row with itself.
func multiply(dst *[lanes]float64, x, panel []float64) {
	for half := 0; half < lanes; half += lanes / 2 {
		var s0, s1, s2, s3, s4, s5, s6, s7 float64
		rest := panel[min(half, len(panel)):]
		for _, v := range x {
			z := (*[lanes / 2]float64)(rest)
			s0 += float64(v * z[0])
			s1 += float64(v * z[1])
			s2 += float64(v * z[2])
			s3 += float64(v * z[3])
			s4 += float64(v * z[4])
			s5 += float64(v * z[5])
			s6 += float64(v * z[6])
			s7 += float64(v * z[7])
			rest = rest[min(lanes, len(rest)):]
		}
		*(*[lanes / 2]float64)(dst[half:]) = [lanes / 2]float64{s0, s1, s2, s3, s4, s5, s6, s7}
	}
}

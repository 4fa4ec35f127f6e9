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

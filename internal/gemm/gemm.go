// Package gemm multiplies matrices of float32 with the same bits on every machine.
//
// Each entry of the product is one sum in the order of the inner index, from 0 on, of products that are rounded before
// they are added:
//
//	c[i][j] = factor · (((0 + a[i][0]·b[0][j]) + a[i][1]·b[1][j]) + …)
//
// so it depends on a row and a column alone: neither on the rows beside it, nor on how the work is cut into tiles, nor on
// the instructions in use.
package gemm

// Matrix is a view of rows × columns numbers: entry (i, j) is Data[i·RowStep + j·ColStep].
type Matrix struct {
	Data             []float32
	Rows, Cols       int
	RowStep, ColStep int
}

// Of is the matrix of numbers that are stored row by row.
func Of(data []float32, rows, cols int) Matrix {
	return Matrix{Data: data[:rows*cols], Rows: rows, Cols: cols, RowStep: cols, ColStep: 1}
}

// T is the transposed matrix, on the same numbers.
func (m Matrix) T() Matrix {
	m.Rows, m.Cols, m.RowStep, m.ColStep = m.Cols, m.Rows, m.ColStep, m.RowStep
	return m
}

// Columns is the view of the columns lo to hi.
func (m Matrix) Columns(lo, hi int) Matrix {
	m.Data, m.Cols = m.Data[min(lo*m.ColStep, len(m.Data)):], hi-lo
	return m
}

// The kernel computes a tile of tileRows × tileCols entries in registers.
const (
	tileRows = 6
	tileCols = 16
)

// Workspace is the room that Mul needs; the zero value is ready. It serves one call at a time.
type Workspace struct {
	panel []float32                    // inner × tileCols: columns of b, side by side
	strip []float32                    // inner × tileRows: the last rows of a, side by side
	edge  [tileRows * tileCols]float32 // a tile that reaches beyond c
}

// Mul writes factor·a·b to c, which must be stored row by row, though perhaps as a part of wider rows (ColStep 1), and
// shares no number with a and b.
func Mul(c, a, b Matrix, factor float32, w *Workspace) {
	n, inner := c.Cols, a.Cols
	w.panel = sized(w.panel, inner*tileCols)
	whole := c.Rows / tileRows * tileRows
	if whole < c.Rows {
		w.packStrip(a, whole)
	}
	for j := 0; j < n; j += tileCols {
		cols := min(tileCols, n-j)
		w.packPanel(b, j, cols)
		for i := 0; i < c.Rows; i += tileRows {
			rows := min(tileRows, c.Rows-i)
			from, rowStep, colStep := a.Data[min(i*a.RowStep, len(a.Data)):], a.RowStep, a.ColStep
			if rows < tileRows {
				from, rowStep, colStep = w.strip, 1, tileRows
			}
			if rows == tileRows && cols == tileCols {
				tile(c.Data[i*c.RowStep+j:], c.RowStep, from, rowStep, colStep, w.panel, inner, factor)
				continue
			}
			tile(w.edge[:], tileCols, from, rowStep, colStep, w.panel, inner, factor)
			for r := range rows {
				copy(c.Data[(i+r)*c.RowStep+j:][:cols], w.edge[r*tileCols:])
			}
		}
	}
}

// packPanel copies cols columns of b from j on; those that lack are 0.
func (w *Workspace) packPanel(b Matrix, j, cols int) {
	p := w.panel
	if cols < tileCols {
		clear(p)
	}
	switch {
	case b.ColStep == 1 && cols == tileCols:
		for k := range b.Rows {
			*(*[tileCols]float32)(p[k*tileCols:]) = *(*[tileCols]float32)(b.Data[k*b.RowStep+j:])
		}
	case b.ColStep == 1:
		for k := range b.Rows {
			copy(p[k*tileCols:][:cols], b.Data[k*b.RowStep+j:])
		}
	default:
		for c := range cols {
			from := b.Data[(j+c)*b.ColStep:]
			for k := range b.Rows {
				p[k*tileCols+c] = from[k*b.RowStep]
			}
		}
	}
}

// packStrip copies the rows of a from i on; those that lack are 0.
func (w *Workspace) packStrip(a Matrix, i int) {
	w.strip = sized(w.strip, a.Cols*tileRows)
	clear(w.strip)
	for r := range a.Rows - i {
		for k := range a.Cols {
			w.strip[k*tileRows+r] = a.Data[(i+r)*a.RowStep+k*a.ColStep]
		}
	}
}

func sized(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

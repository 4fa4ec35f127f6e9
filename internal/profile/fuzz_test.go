package profile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/table"
)

// drawTable makes a table from bytes: any kinds, names, gaps and values, within what a Table promises.
func drawTable(data []byte) *table.Table {
	next := func() byte {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return b
	}
	fragments := []string{"", "id", "target", "Año", "precio", "y", "class", "\xff", "数", "x ", "date", "price_", "A1", "(", "- "}
	word := func() string {
		s := ""
		for range next() % 4 {
			s += fragments[int(next())%len(fragments)]
		}
		return s
	}
	extremes := []float64{nan, 0, math.Copysign(0, -1), 1, -1, 0.5, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e17, 253402300800, math.Nextafter(1, 2)}
	t := &table.Table{Rows: int(next()) + 256*int(next()%4)}
	for range next() % 9 {
		kind := table.Kind(next() % 6)
		c := &table.Column{Name: word(), Kind: kind}
		way, step := next(), next()
		if kind.Numeric() {
			for i := range t.Rows {
				v := float64(i*int(step)%(int(way)+1)) - 3
				switch way % 4 {
				case 0:
					v = extremes[int(next())%len(extremes)]
				case 1:
					v = float64(i)
				}
				if kind == table.Integer && !math.IsNaN(v) {
					v = math.Trunc(v)
				}
				c.Nums = append(c.Nums, v)
			}
			t.Cols = append(t.Cols, c)
			continue
		}
		values := make([]string, t.Rows)
		for i := range values {
			switch way % 3 {
			case 0:
				values[i] = word()
			case 1:
				values[i] = fragments[(i*int(step))%len(fragments)]
			default:
				values[i] = formatNumber(float64(i * int(step)))
			}
			if kind == table.Boolean && values[i] != "" {
				values[i] = []string{"0", "1"}[len(values[i])%2]
			}
		}
		w := wordColumn(c.Name, kind, values)
		if kind == table.Boolean && len(w.Levels) < 2 {
			w = wordColumn(c.Name, kind, append(values, "0", "1"))
			w.Codes = w.Codes[:t.Rows]
		}
		t.Cols = append(t.Cols, w)
	}
	return t
}

func FuzzInspect(f *testing.F) {
	for seed := range 24 {
		data := make([]byte, 4000)
		for i := range data {
			data[i] = byte((i*i*(seed+3) + i*seed*31 + seed) >> 2)
		}
		f.Add(data, seed%5 == 0)
	}
	f.Add([]byte{}, false)
	f.Add([]byte{1, 0, 3, 0, 1, 1, 0, 2, 1, 1, 0, 0}, true)
	f.Fuzz(func(t *testing.T, data []byte, asked bool) {
		tab := drawTable(data)
		opt := Options{Skill: func(context.Context, string, sadi.Problem) (float64, error) { return nan, nil }}
		if asked && len(tab.Cols) > 0 {
			opt.Target = tab.Cols[len(tab.Cols)-1].Name
		}
		p, err := Inspect(context.Background(), tab, opt)
		if err != nil {
			var e *sadi.Error
			if !errors.As(err, &e) || e.Code == sadi.Internal {
				t.Fatalf("not an error for people: %v", err)
			}
			return
		}
		first, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		opt.Pool = par.New(3)
		again, err := Inspect(context.Background(), tab, opt)
		if err != nil {
			t.Fatal(err)
		}
		if second, _ := json.Marshal(again); !bytes.Equal(first, second) {
			t.Fatalf("differs on another pool:\n%s\n%s", first, second)
		}
		if err := Text(io.Discard, p, TextOptions{Width: 80}); err != nil {
			t.Fatal(err)
		}
		checkColumns(t, tab, p.Columns)
	})
}

// checkColumns holds a profile to what must be true of any.
func checkColumns(t *testing.T, tab *table.Table, cols []Column) {
	for j, c := range cols {
		if c.Rows != tab.Rows || c.Missing+c.Distinct > c.Rows || c.Distinct == 0 != (c.Missing == c.Rows) {
			t.Fatalf("column %d: %d rows, %d missing, %d distinct", j, c.Rows, c.Missing, c.Distinct)
		}
		if q := c.Quantiles; q != nil {
			v := []float64{q.Min, q.P01, q.P05, q.P25, q.P50, q.P75, q.P95, q.P99, q.Max}
			if !slices.IsSorted(v) {
				t.Fatalf("column %d: quantiles %v", j, v)
			}
			rows := 0
			for _, b := range c.Histogram {
				rows += b.Count
			}
			if rows != c.Rows-c.Missing || len(c.Histogram) > maxBins {
				t.Fatalf("column %d: %d rows in %d bins", j, rows, len(c.Histogram))
			}
		}
	}
}

// Package dateparts takes points in time apart into numbers that a calendar knows.
package dateparts

import (
	"context"
	"math"
	"strings"

	"sadi/internal/codec"
	"sadi/internal/elementary"
	"sadi/internal/prep"
)

// Transformer makes of seconds since 1970-01-01 UTC those parts that vary among the fitted rows: days since the first of
// them, year, month, day, weekday (Monday = 0), hour, minute, day of the year. Missing stays NaN.
//
// When Cyclic, it makes sine and cosine of month, weekday, hour and day of the year instead, so that December stands
// beside January; missing is 0 in all of them.
type Transformer struct{ Cyclic bool }

// part is one number of a point in time. Its place in the table below is pinned: it stands in model files.
type part struct {
	name   string
	of     func(m moment) float64
	period float64 // > 0: the part returns to its start after as many steps
}

var calendar = []part{
	{"days", func(m moment) float64 { return m.seconds / secondsOfDay }, 0},
	{"year", func(m moment) float64 { return float64(m.year) }, 0},
	{"month", func(m moment) float64 { return float64(m.month) }, 12},
	{"day", func(m moment) float64 { return float64(m.day) }, 0},
	{"weekday", func(m moment) float64 { return float64(m.weekday) }, 7},
	{"hour", func(m moment) float64 { return float64(m.hour) }, 24},
	{"minute", func(m moment) float64 { return float64(m.minute) }, 0},
	{"yearday", func(m moment) float64 { return float64(m.yearday) }, 366},
}

// Fitted knows which parts vary.
type Fitted struct {
	parts  []int // places in calendar, ascending
	cyclic bool
	first  float64 // day from which days are counted
}

var (
	_ prep.Transformer = Transformer{}
	_ prep.Fitted      = (*Fitted)(nil)
)

// Fit looks for parts that vary.
func (t Transformer) Fit(_ context.Context, s *prep.Sample) (prep.Learned, error) {
	lo, hi := make([]float64, len(calendar)), make([]float64, len(calendar))
	for j := range calendar {
		lo[j], hi[j] = math.Inf(1), math.Inf(-1)
	}
	for _, v := range s.Nums[0] {
		if math.IsNaN(v) {
			continue
		}
		m := at(v)
		for j, p := range calendar {
			x := p.of(m)
			lo[j], hi[j] = min(lo[j], x), max(hi[j], x)
		}
	}
	f := &Fitted{cyclic: t.Cyclic}
	if !math.IsInf(lo[0], 0) {
		f.first = math.Floor(lo[0])
	}
	c := s.Columns[0]
	var columns []prep.Column
	var names []string
	for j, p := range calendar {
		if !(lo[j] < hi[j]) || t.Cyclic && p.period == 0 {
			continue
		}
		f.parts = append(f.parts, j)
		names = append(names, p.name)
		if t.Cyclic {
			columns = append(columns, prep.Number(c.Name+"."+p.name+" sin", c.Source), prep.Number(c.Name+"."+p.name+" cos", c.Source))
		} else {
			columns = append(columns, prep.Number(c.Name+"."+p.name, c.Source))
		}
	}
	words := strings.Join(names, ", ")
	if t.Cyclic {
		words = "sine and cosine of " + words
	}
	return prep.Learned{Fitted: f, Columns: columns, Words: words}, nil
}

// Kind is "dateparts".
func (*Fitted) Kind() string { return "dateparts" }

// Takes is 1.
func (*Fitted) Takes() int { return 1 }

// Width is the number of parts, twice as many when cyclic.
func (f *Fitted) Width() int {
	if f.cyclic {
		return 2 * len(f.parts)
	}
	return len(f.parts)
}

// Transform takes every moment apart.
func (f *Fitted) Transform(dst [][]float64, in prep.Block) {
	for i, v := range in.Nums[0] {
		if math.IsNaN(v) {
			for _, col := range dst {
				col[i] = math.NaN()
				if f.cyclic {
					col[i] = 0
				}
			}
			continue
		}
		m := at(v)
		for k, j := range f.parts {
			x := calendar[j].of(m)
			switch {
			case f.cyclic:
				dst[2*k][i], dst[2*k+1][i] = elementary.Sincos(2 * math.Pi * x / calendar[j].period)
			case j == 0:
				dst[k][i] = x - f.first
			default:
				dst[k][i] = x
			}
		}
	}
}

// Encode writes the parts.
func (f *Fitted) Encode(w *codec.Writer) {
	w.Bool(f.cyclic)
	w.Ints(f.parts)
	w.F64(f.first)
}

// Decode reads what Encode wrote.
func Decode(r *codec.Reader) prep.Fitted {
	f := &Fitted{cyclic: r.Bool(), parts: r.Ints(), first: r.F64()}
	prep.Finite(r, f.first)
	for k, j := range f.parts {
		if j < 0 || j >= len(calendar) || k > 0 && j <= f.parts[k-1] || f.cyclic && calendar[j].period == 0 {
			r.Fail("a date has the part %d", j)
			f.parts = nil
			break
		}
	}
	return f
}

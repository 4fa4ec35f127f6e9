package preptest

import (
	"fmt"
	"math"
	"slices"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/rng"
	"sadi/internal/table"
)

// Every is the rows 0, 1, 3, 4, 6, 7 … : all but each step-th.
func Every(n, step int) []int {
	var rows []int
	for i := range n {
		if i%step != step-1 {
			rows = append(rows, i)
		}
	}
	return rows
}

// WordsOf is a column of words, "" = missing, in the form that a table has.
func WordsOf(name string, kind table.Kind, words []string) *table.Column {
	c := &table.Column{Name: name, Kind: kind}
	for _, w := range words {
		if w != "" {
			c.Levels = append(c.Levels, w)
		}
	}
	slices.Sort(c.Levels)
	c.Levels = slices.Compact(c.Levels)
	for _, w := range words {
		code, ok := slices.BinarySearch(c.Levels, w)
		if !ok {
			code = -1
		}
		c.Codes = append(c.Codes, int32(code))
	}
	return c
}

// Mixed is a table of n rows with a column of every kind and every difficulty, a target with three classes, and the
// names of its columns.
func Mixed(n int) (*table.Table, dataset.Target, []string) {
	r := rng.New(7).Rand()
	nums := func(f func(i int) float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = f(i)
		}
		return v
	}
	words := func(f func(i int) string) []string {
		v := make([]string, n)
		for i := range v {
			v[i] = f(i)
		}
		return v
	}
	holed := func(share float64, v []float64) []float64 {
		for i := range v {
			if r.Float64() < share {
				v[i] = math.NaN()
			}
		}
		return v
	}
	subjects := []string{"the red fox", "a blue whale", "my old dog", "this young cat"}
	verbs := []string{"eats fish", "drinks water", "sleeps all day", "runs fast", "Sings LOUD, twice!"}
	normal := nums(func(int) float64 { return 5 + 2*r.NormFloat64() })
	t := &table.Table{Rows: n, Cols: []*table.Column{
		{Name: "normal", Kind: table.Number, Nums: normal},
		{Name: "holes", Kind: table.Number, Nums: holed(.2, nums(func(int) float64 { return r.NormFloat64() }))},
		{Name: "skewed", Kind: table.Number, Nums: nums(func(int) float64 { return math.Exp(3 * r.NormFloat64()) })},
		{Name: "huge", Kind: table.Number, Nums: nums(func(int) float64 { return 1e300 * r.NormFloat64() })},
		{Name: "tiny", Kind: table.Number, Nums: nums(func(int) float64 { return 1e-300 * r.NormFloat64() })},
		{Name: "serial", Kind: table.Integer, Nums: nums(func(i int) float64 { return 1e12 + float64(i) })},
		{Name: "count", Kind: table.Integer, Nums: nums(func(int) float64 { return float64(r.IntN(5)) })},
		{Name: "constant", Kind: table.Number, Nums: nums(func(int) float64 { return 3 })},
		{Name: "copy", Kind: table.Number, Nums: normal},
		{Name: "nothing", Kind: table.Number, Nums: nums(func(int) float64 { return math.NaN() })},
		{Name: "when", Kind: table.DateTime, Nums: holed(.1, nums(func(int) float64 { return 1.6e9 + float64(r.IntN(1e8)) }))},
		{Name: "day", Kind: table.DateTime, Nums: nums(func(int) float64 { return -86400 * float64(r.IntN(30)) })},
		WordsOf("member", table.Boolean, words(func(int) string { return []string{"no", "yes"}[r.IntN(2)] })),
		WordsOf("smoker", table.Boolean, words(func(int) string { return []string{"", "no", "yes"}[r.IntN(3)] })),
		WordsOf("color", table.Category, words(func(int) string { return []string{"red", "green", "blue", "green"}[r.IntN(4)] })),
		WordsOf("size", table.Category, words(func(int) string { return []string{"", "S", "M", "L", "XL"}[r.IntN(5)] })),
		WordsOf("town", table.Category, words(func(int) string { return fmt.Sprint("town ", r.IntN(20)) })),
		WordsOf("street", table.Category, words(func(int) string { return fmt.Sprint("street ", int(60*r.ExpFloat64())) })),
		WordsOf("shop", table.Category, words(func(int) string { return []string{"", fmt.Sprint("shop ", r.IntN(n))}[min(r.IntN(9), 1)] })),
		WordsOf("id", table.Category, words(func(i int) string { return fmt.Sprint("id ", i) })),
		WordsOf("note", table.Text, words(func(i int) string {
			if r.IntN(10) == 0 {
				return ""
			}
			return subjects[r.IntN(4)] + " " + verbs[r.IntN(5)] + fmt.Sprint(" ", i%7)
		})),
	}}
	y := dataset.Target{Problem: sadi.Multiclass, Classes: 3, Y: make([]float64, n)}
	for i := range y.Y {
		y.Y[i] = float64(int(t.Column("town").Codes[i]+int32(r.IntN(4))) % 3)
	}
	var names []string
	for _, c := range t.Cols {
		names = append(names, c.Name)
	}
	return t, y, names
}

package service

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"sadi"
	"sadi/internal/near"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
)

// tableOf makes the columns of a schema from rows of JSON values; numbers are json.Number. A row that lacks a column
// has no value there, a column that all rows lack is an error, and further columns are ignored.
func tableOf(schema table.Schema, rows []map[string]any) (*table.Table, error) {
	t := &table.Table{Rows: len(rows)}
	for _, f := range schema {
		if !slices.ContainsFunc(rows, func(r map[string]any) bool { _, ok := r[f.Name]; return ok }) {
			return nil, lacking(f.Name, rows)
		}
		read := readNumbers
		if !f.Kind.Numeric() {
			read = readWords
			if f.Kind == table.Boolean {
				read = readBooleans
			}
		}
		c, err := read(f, rows)
		if err != nil {
			return nil, err
		}
		t.Cols = append(t.Cols, c)
	}
	return t, nil
}

func lacking(name string, rows []map[string]any) error {
	var names []string
	for n := range rows[0] {
		names = append(names, n)
	}
	slices.Sort(names)
	e := sadi.Errorf(sadi.SchemaMismatch, "no row has the column %q, which the model needs", name).At("rows[0]")
	if close := near.Names(name, names); len(close) > 0 {
		return e.Advise("rename %s", strings.Join(close, " or "))
	}
	return e.Advise("add it, with null where it is not known")
}

func unfit(f table.Field, row int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		text = []byte("the value")
	}
	advice := map[table.Kind]string{table.Number: "a number", table.Integer: "a number", table.Boolean: "true or false",
		table.DateTime: "a date such as \"2026-01-31\" or \"2026-01-31T12:00:00Z\"", table.Category: "a word", table.Text: "a text"}
	return sadi.Errorf(sadi.SchemaMismatch, "%s is no value of kind %s", shorten(string(text)), f.Kind).
		At("rows[%d].%s", row, f.Name).Advise("write %s or null", advice[f.Kind])
}

func readNumbers(f table.Field, rows []map[string]any) (*table.Column, error) {
	c := &table.Column{Name: f.Name, Kind: f.Kind, Nums: make([]float64, len(rows))}
	for i, r := range rows {
		var err error
		switch v := r[f.Name].(type) {
		case nil:
			c.Nums[i] = math.NaN()
		case json.Number:
			if c.Nums[i], err = v.Float64(); f.Kind == table.DateTime {
				err = fmt.Errorf("a number is no date: its unit is not known")
			}
		case string:
			c.Nums[i], err = csvio.ParseCell(f, v)
		case bool:
			if f.Kind == table.DateTime {
				err = fmt.Errorf("no date")
			} else if v {
				c.Nums[i] = 1
			}
		default:
			err = fmt.Errorf("not a value")
		}
		if err != nil {
			return nil, unfit(f, i, r[f.Name])
		}
	}
	return c, nil
}

func readBooleans(f table.Field, rows []map[string]any) (*table.Column, error) {
	c := &table.Column{Name: f.Name, Kind: f.Kind, Codes: make([]int32, len(rows)), Levels: []string{"false", "true"}}
	for i, r := range rows {
		var v float64
		var err error
		switch x := r[f.Name].(type) {
		case nil:
			v = math.NaN()
		case bool:
			if x {
				v = 1
			}
		case json.Number:
			v, err = csvio.ParseCell(f, x.String())
		case string:
			v, err = csvio.ParseCell(f, x)
		default:
			err = fmt.Errorf("not a value")
		}
		if err != nil {
			return nil, unfit(f, i, r[f.Name])
		}
		c.Codes[i] = -1
		if !math.IsNaN(v) {
			c.Codes[i] = int32(v)
		}
	}
	return c, nil
}

func readWords(f table.Field, rows []map[string]any) (*table.Column, error) {
	words := make([]string, len(rows)) // "" = missing
	for i, r := range rows {
		switch v := r[f.Name].(type) {
		case nil:
		case string:
			if words[i] = strings.Trim(v, " \t"); csvio.MissingWord(words[i]) {
				words[i] = ""
			}
		case json.Number:
			words[i] = v.String()
		case bool:
			words[i] = fmt.Sprint(v)
		default:
			return nil, unfit(f, i, v)
		}
	}
	levels := slices.Compact(slices.Sorted(slices.Values(words)))
	if len(levels) > 0 && levels[0] == "" {
		levels = levels[1:]
	}
	c := &table.Column{Name: f.Name, Kind: f.Kind, Codes: make([]int32, len(rows)), Levels: levels}
	for i, w := range words {
		k, found := slices.BinarySearch(levels, w)
		if c.Codes[i] = int32(k); !found {
			c.Codes[i] = -1
		}
	}
	return c, nil
}

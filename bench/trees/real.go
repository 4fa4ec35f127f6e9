package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/rng"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
)

// readSets returns those of a folder's data sets that this benchmark knows. Both sides see the codes of a category as
// numbers, in the order of its sorted levels.
func readSets(folder string) (sets []source, err error) {
	text, err := os.ReadFile(filepath.Join(folder, "datasets.json"))
	if err != nil {
		return nil, err
	}
	var listed []struct {
		Name   string   `json:"name"`
		File   string   `json:"file"`
		Target string   `json:"target"`
		Task   string   `json:"task"`
		Tokens []string `json:"missing_tokens"`
	}
	if err := json.Unmarshal(text, &listed); err != nil {
		return nil, err
	}
	for _, l := range listed {
		if !slices.Contains([]string{"adult", "california_housing", "diamonds"}, l.Name) {
			continue
		}
		t, _, err := csvio.Read(context.Background(), filepath.Join(folder, l.File), csvio.Options{Pool: par.New(2)})
		if err != nil {
			return nil, err
		}
		whole, err := numbers(t, l.Target, sadi.Problem(l.Task))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Name, err)
		}
		sets = append(sets, source{l.Name, []string{"depth6", "leaves63", "forest"}, whole.divide})
	}
	return sets, nil
}

func numbers(t *table.Table, target string, p sadi.Problem) (d draw, err error) {
	d.Problem = p
	for _, c := range t.Cols {
		col := make([]float32, t.Rows)
		for i := range col {
			switch {
			case c.Missing(i):
				col[i] = float32(math.NaN())
			case c.Kind.Numeric():
				col[i] = float32(c.Nums[i])
			default:
				col[i] = float32(c.Codes[i])
			}
		}
		if c.Name == target {
			d.y = col
			if p.IsClassification() {
				d.Classes = len(c.Levels)
			}
			continue
		}
		d.cols, d.Levels = append(d.cols, col), append(d.Levels, 0)
	}
	if d.y == nil {
		return d, fmt.Errorf("there is no column %q", target)
	}
	return d, nil
}

// divide shuffles the rows and leaves a quarter of them to judge.
func (d draw) divide(seed uint64) draw {
	order := rng.New(seed).Child("bench").Rand().Perm(len(d.y))
	take := func(col []float32) []float32 {
		out := make([]float32, len(order))
		for i, k := range order {
			out[i] = col[k]
		}
		return out
	}
	out := d
	out.Fit, out.y, out.cols = len(order)*3/4, take(d.y), nil
	for _, col := range d.cols {
		out.cols = append(out.cols, take(col))
	}
	return out
}

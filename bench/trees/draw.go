package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sadi"
	"sadi/internal/dataset"
)

// source is a set that can be drawn again and again.
type source struct {
	name   string
	models []string
	draw   func(seed uint64) draw
}

// draw is a table of numbers; the first Fit rows are to learn from, the others judge.
type draw struct {
	Problem sadi.Problem `json:"problem"`
	Classes int          `json:"classes"`
	Fit     int          `json:"fit"`
	Levels  []int        `json:"levels"` // of each column: the count of codes of a category, or 0

	cols [][]float32
	y    []float32
}

// write leaves the draw in a folder: draw.json, and in two files the columns one after the other and the target last,
// as little-endian float32.
func (d draw) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "draw.json"), text, 0o644); err != nil {
		return err
	}
	n := len(d.y)
	for name, rows := range map[string][2]int{"fit": {0, d.Fit}, "judge": {d.Fit, n}} {
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		w := bufio.NewWriterSize(f, 1<<20)
		for _, col := range append(slices.Clone(d.cols), d.y) {
			if err := binary.Write(w, binary.LittleEndian, col[rows[0]:rows[1]]); err != nil {
				return err
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// read returns the rows that write left.
func read(folder string) (fit, judge dataset.Set, err error) {
	var d draw
	text, err := os.ReadFile(filepath.Join(folder, "draw.json"))
	if err != nil {
		return fit, judge, err
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return fit, judge, err
	}
	if fit, err = d.part(filepath.Join(folder, "fit")); err != nil {
		return fit, judge, err
	}
	judge, err = d.part(filepath.Join(folder, "judge"))
	return fit, judge, err
}

func (d draw) part(file string) (s dataset.Set, err error) {
	f, err := os.Open(file)
	if err != nil {
		return s, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return s, err
	}
	n := int(info.Size()) / 4 / (len(d.Levels) + 1)
	r := bufio.NewReaderSize(f, 1<<20)
	s.X = &dataset.Matrix{Rows: n}
	for j, levels := range append(slices.Clone(d.Levels), 0) {
		col := make([]float32, n)
		if err := binary.Read(r, binary.LittleEndian, col); err != nil {
			return s, err
		}
		if j < len(d.Levels) {
			s.X.Cols = append(s.X.Cols, col)
			s.X.Features = append(s.X.Features, dataset.Feature{Name: fmt.Sprint("x", j), Levels: levels})
			continue
		}
		s.Y = dataset.Target{Problem: d.Problem, Classes: d.Classes, Y: make([]float64, n)}
		for i, v := range col {
			s.Y.Y[i] = float64(v)
		}
	}
	return s, nil
}

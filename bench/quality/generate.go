package main

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"sadi/internal/rng"
)

// generated is a binary problem of the given size: numbers with six significant digits, two thirds of them of use, in
// sums, products and steps, and noise that bounds what anybody can reach. A tenth as many rows, at most 100,000, judge.
func generated(rows, columns int) set {
	return set{Name: "generated_" + strconv.Itoa(rows) + "x" + strconv.Itoa(columns), Target: "signal", Task: "binary", Rows: rows, Columns: columns}
}

// generate writes train.csv and test.csv.
func (s set) generate(work string) (train, test string, err error) {
	train, test = filepath.Join(work, "train.csv"), filepath.Join(work, "test.csv")
	if err := s.write(train, s.Rows, "train"); err != nil {
		return "", "", err
	}
	return train, test, s.write(test, min(s.Rows/10, 100_000), "test")
}

func (s set) write(path string, rows int, stream string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	for j := range s.Columns {
		w.WriteString("x" + strconv.Itoa(j) + ",")
	}
	w.WriteString(s.Target + "\n")
	r := rng.New(28).Child("bench/quality/" + stream).Rand()
	x := make([]float64, s.Columns)
	var line []byte
	for range rows {
		line = line[:0]
		for j := range x {
			x[j] = r.NormFloat64()
			line = append(strconv.AppendFloat(line, x[j], 'g', 6, 64), ',')
		}
		class := "background"
		if r.Float64() < 1/(1+math.Exp(-logOdds(x))) {
			class = "signal"
		}
		line = append(append(line, class...), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func logOdds(x []float64) float64 {
	var z float64
	for j := 0; j+5 < len(x); j += 6 {
		z += 0.4*x[j] + 0.8*x[j+1]*x[j+2]
		if x[j+3] > 0.5 {
			z += math.Sin(2 * x[0])
		}
	}
	return z
}

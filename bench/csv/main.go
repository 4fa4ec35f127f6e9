// Command csv reads a generated file of mixed columns with csvio and with pandas, in turn, and prints a table of the
// times.
//
//	go run ./bench/csv [-mb 300] [-rounds 5] [-python /usr/bin/python3]
//
// Each reading is a process of its own and is timed inside it, without its start. csvio does its full job: types over all
// rows, sorted categories, exact numbers, dates, digest. pandas reads once as it does by default (words stay objects,
// dates stay words) and once with the same types (categories, dates, exact numbers).
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"sadi/internal/host"
	"sadi/internal/par"
	"sadi/internal/table/csvio"
)

func main() {
	megabytes := flag.Int("mb", 300, "size of the file in MB")
	rounds := flag.Int("rounds", 5, "readings by each")
	python := flag.String("python", "", "a python3 with pandas (default: python3, else /usr/bin/python3)")
	jobs := flag.Int("jobs", host.Cores(), "workers of csvio")
	file := flag.String("read", "", "read this file once and print rows, sum and seconds (for the benchmark itself)")
	flag.Parse()
	var err error
	if *file != "" {
		err = readOnce(*file, *jobs)
	} else {
		err = compare(*megabytes, *rounds, *jobs, *python)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// readOnce is what a child process does.
func readOnce(path string, jobs int) error {
	begin := time.Now()
	t, _, err := csvio.Read(context.Background(), path, csvio.Options{Pool: par.New(jobs)})
	if err != nil {
		return err
	}
	seconds := time.Since(begin).Seconds()
	sum := 0.0
	for _, v := range t.Column("amount").Nums {
		sum += v
	}
	fmt.Println(t.Rows, sum, seconds)
	return nil
}

// contestant is a way to read the file.
type contestant struct {
	name    string
	command []string
	seconds []float64
	peak    float64 // MB
}

func compare(megabytes, rounds, jobs int, python string) error {
	dir, err := os.MkdirTemp("", "sadi-bench-csv-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "mixed.csv")
	rows, size, err := generate(path, int64(megabytes)<<20)
	if err != nil {
		return err
	}
	if python, err = findPython(python); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	all := []*contestant{
		{name: fmt.Sprintf("csvio, %d workers", jobs), command: []string{self, "-jobs", fmt.Sprint(jobs), "-read", path}},
		{name: "csvio, 1 worker", command: []string{self, "-jobs", "1", "-read", path}},
		{name: "pandas, default", command: []string{python, "-c", pandasDefault, path}},
		{name: "pandas, same types", command: []string{python, "-c", pandasTyped, path}},
	}
	want := result{}
	for round := range rounds {
		for _, c := range all {
			r, err := c.run()
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "round %d: %-20s %6.2f s\n", round+1, c.name, r.seconds)
			if want.rows == 0 {
				want = r
			}
			if r.rows != rows || math.Abs(r.sum-want.sum) > 1e-12*math.Abs(want.sum) {
				return fmt.Errorf("%s read %d rows with the sum %v; there are %d with %v", c.name, r.rows, r.sum, rows, want.sum)
			}
		}
	}
	return printTable(all, rows, size, python)
}

type result struct {
	rows         int
	sum, seconds float64
}

func (c *contestant) run() (r result, err error) {
	cmd := exec.Command(c.command[0], c.command[1:]...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("%s: %w", c.name, err)
	}
	if _, err := fmt.Sscan(string(out), &r.rows, &r.sum, &r.seconds); err != nil {
		return r, fmt.Errorf("%s printed %q: %w", c.name, out, err)
	}
	c.seconds = append(c.seconds, r.seconds)
	c.peak = max(c.peak, float64(host.PeakOf(cmd.ProcessState))/(1<<20))
	return r, nil
}

func findPython(given string) (string, error) {
	candidates := []string{"python3", "/usr/bin/python3"}
	if given != "" {
		candidates = []string{given}
	}
	for _, c := range candidates {
		if exec.Command(c, "-c", "import pandas").Run() == nil {
			return c, nil
		}
	}
	return "", errors.New("no python3 with pandas: name one with -python")
}

func printTable(all []*contestant, rows int, size int64, python string) error {
	version, err := exec.Command(python, "-c", "import pandas; print(pandas.__version__, end='')").Output()
	if err != nil {
		return err
	}
	w := bufio.NewWriter(os.Stdout)
	fmt.Fprintf(w, "%d MB, %d rows × %d columns; %s, %d cores, %s; pandas %s (C engine); medians of %d readings in turn\n\n",
		size>>20, rows, strings.Count(header, ",")+1, runtime.GOARCH, host.Cores(), runtime.Version(), version, len(all[0].seconds))
	fmt.Fprintln(w, "| reader | seconds | MB/s | fastest – slowest | peak MB | time of csvio is |")
	fmt.Fprintln(w, "|---|---:|---:|---:|---:|---:|")
	ours := median(all[0].seconds)
	for i, c := range all {
		m := median(c.seconds)
		share := ""
		if i > 0 {
			share = fmt.Sprintf("%.2f of it", ours/m)
		}
		fmt.Fprintf(w, "| %s | %.2f | %.0f | %.2f – %.2f | %.0f | %s |\n", c.name, m, float64(size)/1e6/m, slices.Min(c.seconds),
			slices.Max(c.seconds), c.peak, share)
	}
	return w.Flush()
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

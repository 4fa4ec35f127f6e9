// Command quality runs sadi on real data sets with a budget, beside scikit-learn's HistGradientBoosting with its defaults,
// and judges both on the same rows, which neither has seen.
//
//	go run ./bench/quality -data DIR [-budget small] [-only adult,titanic]
//	go run ./bench/quality -generate 1000000x28 -budget 300s
//
// DIR holds datasets.json (name, file, target, task, format), the files, and for each NAME.test_idx: the numbers, from
// 0, of the rows that judge. The peer needs python3 with scikit-learn and pandas.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

type set struct {
	Name   string   `json:"name"`
	File   string   `json:"file"`
	Target string   `json:"target"`
	Task   string   `json:"task"`
	Rows   int      `json:"rows"`
	Test   string   `json:"test_idx"`
	Format format   `json:"format"`
	Tokens []string `json:"missing_tokens"`

	Columns int `json:"-"` // of a generated set, else 0
}

type format struct {
	Encoding  string `json:"encoding"`
	Delimiter string `json:"delimiter"`
	Decimal   string `json:"decimal"`
}

func main() {
	data := flag.String("data", "", "folder with datasets.json and the files")
	budget := flag.String("budget", "small", "the budget of each job")
	only := flag.String("only", "", "names of data sets, separated by commas (default: all)")
	python := flag.String("python", "/usr/bin/python3", "a python3 with scikit-learn and pandas")
	seed := flag.String("seed", "0", "the seed of each job")
	size := flag.String("generate", "", "rows x columns of a set to generate, in place of -data")
	keep := flag.String("keep", "", "folder for the results (default: a temporary one)")
	flag.Parse()
	if err := run(*data, *size, *budget, *only, *python, *seed, *keep); err != nil {
		log.Fatal(err)
	}
}

func run(data, size, budget, only, python, seed, keep string) error {
	sets, err := sets(data, size)
	if err != nil {
		return err
	}
	work := keep
	if work == "" {
		if work, err = os.MkdirTemp("", "sadi-quality-"); err != nil {
			return err
		}
		defer os.RemoveAll(work)
	}
	sadi := filepath.Join(work, "sadi")
	if out, err := exec.Command("go", "build", "-o", sadi, "./cmd/sadi").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	fmt.Println("| data set | task | rows | metric | sadi | HistGradientBoosting | better | seconds | peak MB | trials |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for _, s := range sets {
		if s.Task != "binary" && s.Task != "multiclass" && s.Task != "regression" || only != "" && !strings.Contains(","+only+",", ","+s.Name+",") {
			continue
		}
		if err := one(s, data, budget, python, seed, sadi, filepath.Join(work, s.Name)); err != nil {
			fmt.Printf("| %s | failed: %v |\n", s.Name, err)
		}
	}
	return nil
}

// sets are those of the folder, or the one to generate.
func sets(data, size string) (sets []set, err error) {
	if size != "" {
		var rows, columns int
		if _, err := fmt.Sscanf(size, "%dx%d", &rows, &columns); err != nil {
			return nil, fmt.Errorf("-generate %s: %w", size, err)
		}
		return []set{generated(rows, columns)}, nil
	}
	text, err := os.ReadFile(filepath.Join(data, "datasets.json"))
	if err != nil {
		return nil, err
	}
	return sets, json.Unmarshal(text, &sets)
}

func one(s set, data, budget, python, seed, sadi, work string) error {
	if err := os.MkdirAll(work, 0o777); err != nil {
		return err
	}
	train, test, err := s.files(data, work)
	if err != nil {
		return err
	}
	job := exec.Command(sadi, "run", train, "--target", s.Target, "--budget", budget, "--seed", seed, "--data", work, "--json")
	var stdout, stderr bytes.Buffer
	job.Stdout, job.Stderr = &stdout, &stderr
	began := time.Now()
	if err := job.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, tail(stderr.String()))
	}
	seconds := time.Since(began).Seconds()
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	var outcome struct {
		Dir    string
		Trials int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &outcome); err != nil {
		return err
	}
	predictions := filepath.Join(work, "predictions.csv")
	args := []string{"predict", outcome.Dir, test, "-o", predictions}
	if s.Task != "regression" {
		args = append(args, "--proba")
	}
	if out, err := exec.Command(sadi, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("predict: %w: %s", err, tail(string(out)))
	}
	spec, err := json.Marshal(map[string]any{"train": train, "test": test, "target": s.Target, "task": s.Task,
		"predictions": predictions, "encoding": or(s.Format.Encoding, "utf-8"), "delimiter": or(s.Format.Delimiter, ","),
		"decimal": or(s.Format.Decimal, "."), "missing": s.Tokens})
	if err != nil {
		return err
	}
	peer := exec.Command(python, "bench/quality/peer.py")
	peer.Stdin = bytes.NewReader(spec)
	peer.Stderr = os.Stderr
	out, err := peer.Output()
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	var score struct {
		Metric     string
		Ours, Peer float64
		Better     bool
	}
	if err := json.Unmarshal(out, &score); err != nil {
		return err
	}
	better := "no"
	if score.Better {
		better = "yes"
	}
	fmt.Printf("| %s | %s | %d | %s | %.5g | %.5g | %s | %.1f | %d | %d |\n", s.Name, s.Task, s.Rows, score.Metric, score.Ours, score.Peer,
		better, seconds, peakMegabytes(job), outcome.Trials)
	return nil
}

func (s set) files(data, work string) (train, test string, err error) {
	if s.Columns > 0 {
		return s.generate(work)
	}
	return divide(s, data, work)
}

// divide writes the rows of a file to two files of the same form, as NAME.test_idx says. It cuts bytes and understands
// nothing, so that both programs meet the form of the original.
func divide(s set, data, work string) (train, test string, err error) {
	raw, err := os.ReadFile(filepath.Join(data, s.File))
	if err != nil {
		return "", "", err
	}
	zipped := strings.HasSuffix(s.File, ".gz")
	if zipped {
		r, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return "", "", err
		}
		if raw, err = io.ReadAll(r); err != nil {
			return "", "", err
		}
	}
	text, err := os.ReadFile(filepath.Join(data, s.Test))
	if err != nil {
		return "", "", err
	}
	held := map[int]bool{}
	for _, f := range strings.Fields(string(text)) {
		i, err := strconv.Atoi(f)
		if err != nil {
			return "", "", err
		}
		held[i] = true
	}
	records := cut(raw)
	a, b := bytes.Clone(records[0]), bytes.Clone(records[0])
	for i, rec := range records[1:] {
		if held[i] {
			b = append(b, rec...)
		} else {
			a = append(a, rec...)
		}
	}
	train, test = filepath.Join(work, "train.csv"), filepath.Join(work, "test.csv")
	if zipped {
		train += ".gz"
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		if _, err := w.Write(a); err != nil {
			return "", "", err
		}
		if err := w.Close(); err != nil {
			return "", "", err
		}
		a = z.Bytes()
	}
	if err := os.WriteFile(train, a, 0o666); err != nil {
		return "", "", err
	}
	return train, test, os.WriteFile(test, b, 0o666)
}

// cut divides bytes at line feeds outside quotes; every record keeps its line end.
func cut(raw []byte) [][]byte {
	var records [][]byte
	quoted, from := false, 0
	for i, c := range raw {
		if c == '"' {
			quoted = !quoted
		} else if c == '\n' && !quoted {
			records = append(records, raw[from:i+1])
			from = i + 1
		}
	}
	if from < len(raw) {
		records = append(records, append(bytes.Clone(raw[from:]), '\n'))
	}
	return records
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func tail(s string) string { return s[max(0, len(s)-400):] }

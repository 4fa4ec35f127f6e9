// Command quality runs sadi on real data sets with a budget, beside other programs that learn from the same rows, and judges all
// on rows that none has seen.
//
//	go run ./bench/quality -data DIR [-budget 60s] [-only adult,titanic] [-peers histgb,flaml,autogluon]
//	go run ./bench/quality -generate 1000000x28 -budget 300s
//
// DIR holds datasets.json (name, file, target, task, format), the files, and for each NAME.test_idx: the numbers, from
// 0, of the rows that judge. The peers: histgb is scikit-learn's HistGradientBoosting with its defaults and the words as
// categories, histgb_numbers the same with words as numbers (python3 with scikit-learn and pandas); flaml, autogluon and
// autogluon_best (its preset best_quality) have the same budget and need to be installed.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"sadi/bench/internal/quiet"
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
	budget := flag.Duration("budget", time.Minute, "the time that each job has")
	peers := flag.String("peers", "histgb,histgb_numbers", "programs to compare with, separated by commas")
	only := flag.String("only", "", "names of data sets, separated by commas (default: all)")
	python := flag.String("python", "/usr/bin/python3", "a python3 with scikit-learn and pandas")
	seeds := flag.Int("seeds", 3, "jobs with the seeds 0, 1, … for a set of few rows (below 2,500), where luck decides much; the others have one")
	size := flag.String("generate", "", "rows x columns of a set to generate, in place of -data")
	keep := flag.String("keep", "", "folder for the results (default: a temporary one)")
	flag.Parse()
	if err := run(*data, *size, *only, *keep, bench{data: *data, wall: *budget, python: *python, seeds: *seeds,
		peers: strings.Split(*peers, ","), ranks: map[string][]float64{}}); err != nil {
		log.Fatal(err)
	}
}

func run(data, size, only, keep string, b bench) error {
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
	quiet.Wait(5 * time.Minute)
	b.sadi, b.budget = sadi, fmt.Sprintf("%gs", b.wall.Seconds())
	b.head()
	for _, s := range sets {
		if s.Task != "binary" && s.Task != "multiclass" && s.Task != "regression" || only != "" && !strings.Contains(","+only+",", ","+s.Name+",") {
			continue
		}
		if err := b.row(s, filepath.Join(work, s.Name)); err != nil {
			fmt.Printf("| %s | failed: %v |\n", s.Name, err)
		}
	}
	b.foot()
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

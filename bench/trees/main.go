// Command trees times the tree engine against XGBoost and scikit-learn, in alternating pairs on the same data.
//
//	go run ./bench/trees [-rows 200000] [-pairs 3] [-threads 2] [-only xgb] [-python /usr/bin/python3]
//
// It generates a table like the HIGGS data (28 numbers, two classes), trains a booster of 100 trees of depth 6 and a
// forest of 100 trees with both, binning included on our side and building the matrix on theirs, and prints seconds,
// test AUC, and the median of the ratios. Run it on a quiet machine: it refuses nothing and measures what there is.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"time"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/model/randomforest"
	"sadi/internal/model/xgb"
	"sadi/internal/par"
	"sadi/internal/param"
	"sadi/internal/rng"

	_ "embed"
)

//go:embed peer.py
var peer string

// outcome is one training.
type outcome struct {
	Train   float64 `json:"train"`   // seconds, from the matrix to the model
	CPU     float64 `json:"cpu"`     // processor seconds of that, which a busy machine changes less
	Predict float64 `json:"predict"` // seconds for the test rows
	AUC     float64 `json:"auc"`
}

type bench struct {
	rows, forestRows, pairs, threads int
	python, dir, profile, only       string
	fit, judge                       dataset.Set
}

func main() {
	b := bench{}
	flag.IntVar(&b.rows, "rows", 200_000, "rows for the booster; a tenth more are made for judging")
	flag.IntVar(&b.forestRows, "forest-rows", 50_000, "rows for the forest")
	flag.IntVar(&b.pairs, "pairs", 3, "alternating pairs")
	flag.IntVar(&b.threads, "threads", 2, "threads")
	flag.StringVar(&b.python, "python", "/usr/bin/python3", "a Python with xgboost and scikit-learn; empty = ours alone")
	flag.StringVar(&b.only, "only", "", "xgb, xgb-leaves or forest; empty = all")
	flag.StringVar(&b.profile, "cpuprofile", "", "write a CPU profile of our trainings to this file")
	flag.Parse()
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, "trees:", err)
		os.Exit(1)
	}
}

func (b *bench) run() error {
	dir, err := os.MkdirTemp("", "trees")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	runtime.GOMAXPROCS(b.threads)
	b.fit, b.judge = higgsLike(b.rows), higgsLike(b.rows/10)
	if err := b.write(); err != nil {
		return err
	}
	if b.profile != "" {
		f, err := os.Create(b.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Println("| what | rows × columns | threads | ours train s | theirs | ratio | ours CPU s | theirs | ratio | ours predict s | theirs | ratio | ours AUC | theirs |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	boost := map[string]any{"n_estimators": 100, "learning_rate": 0.1, "max_depth": 6, "early_stopping_rounds": 0}
	if err := b.compare("xgboost, 100 trees of depth 6", "xgb", xgb.Classifier{}, boost, b.rows); err != nil {
		return err
	}
	leaves := map[string]any{"n_estimators": 100, "learning_rate": 0.1, "max_depth": 0, "max_leaves": 63, "grow_policy": "lossguide", "early_stopping_rounds": 0}
	if err := b.compare("xgboost, 100 trees of 63 leaves", "xgb-leaves", xgb.Classifier{}, leaves, b.rows); err != nil {
		return err
	}
	return b.compare("scikit-learn forest, 100 trees", "forest", randomforest.Classifier{}, map[string]any{"n_estimators": 100}, b.forestRows)
}

// compare trains in alternating pairs and prints a line of medians.
func (b *bench) compare(title, what string, m model.Model, given map[string]any, rows int) error {
	if b.only != "" && b.only != what {
		return nil
	}
	values, err := m.Params().Complete(given)
	if err != nil {
		return err
	}
	var ours, theirs []outcome
	for range b.pairs {
		o, err := b.ours(m, values, rows)
		if err != nil {
			return err
		}
		ours = append(ours, o)
		if b.python == "" {
			continue
		}
		p, err := b.theirs(what, rows)
		if err != nil {
			return err
		}
		theirs = append(theirs, p)
	}
	train, predict := func(o outcome) float64 { return o.Train }, func(o outcome) float64 { return o.Predict }
	cpu := func(o outcome) float64 { return o.CPU }
	fmt.Printf("| %s | %d × %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.3f | %.3f | %.2f | %.4f | %.4f |\n", title, rows, len(b.fit.X.Cols), b.threads,
		median(ours, train), median(theirs, train), ratio(theirs, ours, train),
		median(ours, cpu), median(theirs, cpu), ratio(theirs, ours, cpu),
		median(ours, predict), median(theirs, predict), ratio(theirs, ours, predict),
		median(ours, func(o outcome) float64 { return o.AUC }), median(theirs, func(o outcome) float64 { return o.AUC }))
	return nil
}

func (b *bench) ours(m model.Model, values param.Values, rows int) (outcome, error) {
	x := &dataset.Matrix{Rows: rows, Features: b.fit.X.Features} // a new one each time: bins are kept with the matrix
	for _, col := range b.fit.X.Cols {
		x.Cols = append(x.Cols, col[:rows])
	}
	y := b.fit.Y
	y.Y = y.Y[:rows]
	runtime.GC()
	start, cpu := time.Now(), cpuSeconds()
	f, err := m.Fit(context.Background(), model.Train{Set: dataset.Set{X: x, Y: y}, Stream: rng.New(1), Pool: par.New(b.threads)}, values)
	if err != nil {
		return outcome{}, err
	}
	o := outcome{Train: time.Since(start).Seconds(), CPU: cpuSeconds() - cpu}
	pred := make([]float64, b.judge.X.Rows)
	start = time.Now()
	if err := f.Predict(pred, b.judge.X); err != nil {
		return outcome{}, err
	}
	o.Predict = time.Since(start).Seconds()
	scorer, err := metric.Lookup("roc_auc", sadi.Binary)
	if err != nil {
		return outcome{}, err
	}
	o.AUC, err = scorer.Score(metric.Data{Y: b.judge.Y.Y, Pred: pred, Problem: sadi.Binary, Classes: 2})
	return o, err
}

func (b *bench) theirs(what string, rows int) (outcome, error) {
	cmd := exec.Command(b.python, "-c", peer, what, b.dir, strconv.Itoa(rows), strconv.Itoa(len(b.fit.X.Cols)), strconv.Itoa(b.threads))
	cmd.Env = append(os.Environ(), "OMP_WAIT_POLICY=PASSIVE", "OMP_NUM_THREADS="+strconv.Itoa(b.threads))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return outcome{}, fmt.Errorf("%w: %s", err, errs.String())
	}
	var o outcome
	return o, json.Unmarshal(out, &o)
}

// write leaves the data for the peer: little-endian float32, columns one after the other, the target last.
func (b *bench) write() error {
	for name, s := range map[string]dataset.Set{"fit": b.fit, "judge": b.judge} {
		f, err := os.Create(filepath.Join(b.dir, name))
		if err != nil {
			return err
		}
		w := bufio.NewWriter(f)
		y := make([]float32, len(s.Y.Y))
		for i, v := range s.Y.Y {
			y[i] = float32(v)
		}
		for _, col := range append(slices.Clone(s.X.Cols), y) {
			if err := binary.Write(w, binary.LittleEndian, col); err != nil {
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

// higgsLike makes 28 columns, most of them continuous and skewed, four with few values, and a noisy target that needs
// interactions. Tables of different length are different draws.
func higgsLike(n int) dataset.Set {
	const d = 28
	r := rng.New(uint64(n)).Rand()
	x := &dataset.Matrix{Rows: n, Cols: make([][]float32, d)}
	for j := range d {
		x.Cols[j] = make([]float32, n)
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprint("x", j)})
	}
	y := make([]float64, n)
	for i := range n {
		var v [d]float64
		for j := range v {
			switch {
			case j%7 == 6:
				v[j] = float64(r.IntN(3))
			case j%3 == 0:
				v[j] = math.Exp(0.5 * r.NormFloat64())
			default:
				v[j] = r.NormFloat64()
			}
			x.Cols[j][i] = float32(v[j])
		}
		z := v[1]*v[2] + 0.7*math.Sin(2*v[4]) + 0.5*(v[0]-1)*v[6] + 0.4*v[5]*v[7]*v[8] - 0.3*v[10]*v[10] + 0.3*v[13]*(v[20]-1) + 0.3
		if r.Float64() < 1/(1+math.Exp(-z)) {
			y[i] = 1
		}
	}
	return dataset.Set{X: x, Y: dataset.Target{Problem: sadi.Binary, Y: y, Classes: 2}}
}

func median(o []outcome, of func(outcome) float64) float64 {
	if len(o) == 0 {
		return math.NaN()
	}
	v := make([]float64, len(o))
	for i := range o {
		v[i] = of(o[i])
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// ratio is the median of a's over b's, pair by pair.
func ratio(a, b []outcome, of func(outcome) float64) float64 {
	if len(a) != len(b) {
		return math.NaN()
	}
	pairs := make([]outcome, len(a))
	for i := range a {
		pairs[i].Train = of(a[i]) / of(b[i])
	}
	return median(pairs, func(o outcome) float64 { return o.Train })
}

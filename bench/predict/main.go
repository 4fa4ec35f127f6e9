// Command predict times predictions against XGBoost with the same model on the same rows, in alternating pairs.
//
//	go run ./bench/predict [-rows 200000] [-pairs 7] [-threads 2] [-categories 0] [-forest] [-python /usr/bin/python3]
//
// It learns 100 trees of depth 6 on 28 columns, the first of which may be categories and the others are numbers, hands the model over in XGBoost's form, and prints the nanoseconds a row,
// by the clock and of the processors (which a busy machine changes less): ours from the matrix, theirs from a DMatrix that
// is there, from one that has to be made, and in place. Rows are predicted anew each time. It then times single rows and
// exact contributions. The predictions must agree.
//
// With -forest it is random forests of 100 deep trees, a classifier's and a regressor's, against scikit-learn with the same trees.
package main

import (
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
	"slices"
	"strconv"
	"time"

	"sadi"
	"sadi/bench/internal/cputime"
	"sadi/internal/dataset"
	"sadi/internal/interchange"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/model/xgb"
	"sadi/internal/par"
	"sadi/internal/rng"

	_ "embed"
)

//go:embed peer.py
var peer string

// cost is nanoseconds a row.
type cost struct{ Wall, CPU float64 }

func main() {
	rows := flag.Int("rows", 200_000, "rows to predict")
	pairs := flag.Int("pairs", 7, "alternating pairs")
	threads := flag.Int("threads", 2, "threads")
	categories := flag.Int("categories", 0, "columns, the first ones, that are categories of 60 values")
	forest := flag.Bool("forest", false, "deep forests, against scikit-learn")
	python := flag.String("python", "/usr/bin/python3", "a Python with xgboost and scikit-learn")
	flag.Parse()
	err := error(nil)
	if *forest {
		err = runForests(*rows, *pairs, *threads, *python)
	} else {
		err = run(*rows, *pairs, *threads, *categories, *python)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "predict:", err)
		os.Exit(1)
	}
}

const (
	columns   = 28
	levels    = 60   // of a category
	explained = 2000 // rows whose contributions are compared; as many as peer.py takes
)

func run(rows, pairs, threads, categories int, python string) error {
	runtime.GOMAXPROCS(threads)
	dir, err := os.MkdirTemp("", "predict")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	booster, err := learn(draw(50_000, categories, 1))
	if err != nil {
		return err
	}
	x := draw(rows, categories, 2).X
	if err := handOver(dir, booster, x); err != nil {
		return err
	}
	pool, pred := par.New(threads), make([]float64, rows)
	ctx := context.Background()
	ours := func() error { return model.Predict(ctx, booster, pred, x, pool) }
	if err := ours(); err != nil { // packs the trees
		return err
	}
	some := &dataset.Matrix{Rows: min(explained, rows), Features: x.Features}
	for _, col := range x.Cols {
		some.Cols = append(some.Cols, col[:some.Rows])
	}
	phi := make([]float64, some.Rows*(columns+1))
	var mine, contributions []cost
	theirs := map[string][]cost{}
	for range pairs {
		c, err := timed(rows, ours)
		if err != nil {
			return err
		}
		mine = append(mine, c)
		c, err = timed(some.Rows, func() error { return booster.Contributions(ctx, phi, some, nil, pool) })
		if err != nil {
			return err
		}
		contributions = append(contributions, c)
		answer, err := ask(python, peer, dir, rows, threads)
		if err != nil {
			return err
		}
		for i, p := range answer.Pred {
			if math.Abs(p-pred[i]) > 2e-6 {
				return fmt.Errorf("row %d: XGBoost predicts %v, we %v", i, p, pred[i])
			}
		}
		for i, p := range answer.Contribs {
			if math.Abs(p-phi[i]) > 1e-5 {
				return fmt.Errorf("contribution %d: XGBoost's is %v, ours %v", i, p, phi[i])
			}
		}
		for kind, c := range answer.Costs {
			theirs[kind] = append(theirs[kind], c)
		}
	}
	wall, cpu := func(c cost) float64 { return c.Wall }, func(c cost) float64 { return c.CPU }
	fmt.Printf("%d rows × %d columns, %d of them categories, 100 trees of depth 6, %d threads, medians of %d pairs\n\n", rows, columns, categories, threads, pairs)
	fmt.Println("| XGBoost | ours ns/row | theirs | ratio | ours CPU ns/row | theirs | ratio |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, kind := range []string{"predict", "DMatrix and predict", "inplace_predict", "pred_contribs"} {
		if kind == "pred_contribs" {
			mine = contributions
		}
		fmt.Printf("| %s | %.0f | %.0f | %.2f | %.0f | %.0f | %.2f |\n", kind, median(mine, wall), median(theirs[kind], wall), ratio(theirs[kind], mine, wall),
			median(mine, cpu), median(theirs[kind], cpu), ratio(theirs[kind], mine, cpu))
	}
	return singles(booster, x)
}

// singles times single rows.
func singles(b *tree.Booster, x *dataset.Matrix) error {
	single := &dataset.Matrix{Rows: 1, Features: x.Features, Cols: make([][]float32, columns)}
	out := make([]float64, 1)
	const many = 20_000
	var rows []cost
	for range 7 {
		c, err := timed(many, func() error {
			for i := range many {
				for j := range single.Cols {
					single.Cols[j] = x.Cols[j][i%x.Rows:][:1]
				}
				if err := b.Predict(out, single); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		rows = append(rows, c)
	}
	fmt.Printf("\nsingle rows, one after the other: %.0f ns a row, CPU %.0f\n",
		median(rows, func(c cost) float64 { return c.Wall }), median(rows, func(c cost) float64 { return c.CPU }))
	return nil
}

func timed(rows int, f func() error) (cost, error) {
	start, cpu := time.Now(), cputime.Seconds()
	err := f()
	return cost{time.Since(start).Seconds() * 1e9 / float64(rows), (cputime.Seconds() - cpu) * 1e9 / float64(rows)}, err
}

func learn(s dataset.Set) (*tree.Booster, error) {
	m := xgb.Classifier{}
	values, err := m.Params().Complete(map[string]any{"n_estimators": 100, "max_depth": 6, "early_stopping_rounds": 0})
	if err != nil {
		return nil, err
	}
	f, err := m.Fit(context.Background(), model.Train{Set: s, Stream: rng.New(1), Pool: par.New(2)}, values)
	if err != nil {
		return nil, err
	}
	return f.(*tree.Booster), nil
}

// handOver writes the model and the rows, row-major, for the peer.
func handOver(dir string, b *tree.Booster, x *dataset.Matrix) error {
	file, err := interchange.Write(&interchange.Model{Booster: b, Features: interchange.FeaturesOf(x.Features)}, interchange.XGBoostJSON)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "model.json"), file, 0o666); err != nil {
		return err
	}
	return writeRows(dir, x)
}

// writeRows writes the rows, row-major, for the peer.
func writeRows(dir string, x *dataset.Matrix) error {
	rows := make([]float32, 0, x.Rows*columns)
	for i := range x.Rows {
		for _, col := range x.Cols {
			rows = append(rows, col[i])
		}
	}
	var buf bytes.Buffer
	if err := binary.Write(&buf, binary.LittleEndian, rows); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "rows"), buf.Bytes(), 0o666)
}

type answer struct {
	Pred     []float64       `json:"pred"`
	Contribs []float64       `json:"contribs"` // of the first rows
	Costs    map[string]cost `json:"costs"`
}

func ask(python, peer, dir string, rows, threads int, more ...string) (answer, error) {
	cmd := exec.Command(python, append([]string{"-c", peer, dir, strconv.Itoa(columns), strconv.Itoa(threads)}, more...)...)
	cmd.Env = append(os.Environ(), "OMP_WAIT_POLICY=PASSIVE", "OMP_NUM_THREADS="+strconv.Itoa(threads))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return answer{}, fmt.Errorf("%w: %s", err, errs.String())
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		return answer{}, err
	}
	if len(a.Pred) != rows {
		return answer{}, fmt.Errorf("the peer predicted %d of %d rows", len(a.Pred), rows)
	}
	return a, nil
}

// draw makes rows of numbers, a twentieth of them missing, with a noisy target of interactions. Of the first columns, the
// categories, the rank of the number is told by a code without order.
func draw(n, categories int, seed uint64) dataset.Set {
	r := rng.New(seed).Rand()
	x := &dataset.Matrix{Rows: n, Cols: make([][]float32, columns)}
	for j := range columns {
		x.Cols[j] = make([]float32, n)
		x.Features = append(x.Features, dataset.Feature{Name: fmt.Sprint("x", j)})
		if j < categories {
			x.Features[j].Levels = levels
		}
	}
	y := make([]float64, n)
	for i := range n {
		var v [columns]float64
		for j := range v {
			v[j] = r.NormFloat64()
			x.Cols[j][i] = float32(v[j])
			if j < categories {
				rank := int(levels * (1 + math.Erf(v[j]/math.Sqrt2)) / 2)
				x.Cols[j][i] = float32(min(rank, levels-1) * 37 % levels)
			}
			if r.IntN(20) == 0 {
				x.Cols[j][i] = float32(math.NaN())
			}
		}
		z := v[1]*v[2] + math.Sin(2*v[4]) + 0.5*v[0]*v[6] + 0.4*v[5]*v[7]*v[8] - 0.3*v[10]*v[10] + 0.3*v[13]*v[20]
		if r.Float64() < 1/(1+math.Exp(-z)) {
			y[i] = 1
		}
	}
	return dataset.Set{X: x, Y: dataset.Target{Problem: sadi.Binary, Y: y, Classes: 2}}
}

func median(c []cost, of func(cost) float64) float64 {
	v := make([]float64, len(c))
	for i := range c {
		v[i] = of(c[i])
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// ratio is the median of a's over b's, pair by pair.
func ratio(a, b []cost, of func(cost) float64) float64 {
	pairs := make([]cost, len(a))
	for i := range a {
		pairs[i].Wall = of(a[i]) / of(b[i])
	}
	return median(pairs, func(c cost) float64 { return c.Wall })
}

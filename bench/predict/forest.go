package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/randomforest"
	"sadi/internal/model/tree"
	"sadi/internal/par"
	"sadi/internal/rng"

	_ "embed"
)

//go:embed forest.py
var forestPeer string

const learned = 100_000 // rows that a forest learns from

// runForests times forests of 100 deep trees against scikit-learn with the same trees.
func runForests(rows, pairs, threads int, python string) error {
	runtime.GOMAXPROCS(threads)
	dir, err := os.MkdirTemp("", "predict")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	x := withoutMissing(draw(rows, 0, 2).X)
	if err := writeRows(dir, x); err != nil {
		return err
	}
	fmt.Printf("%d rows × %d columns, 100 trees, %d threads, medians of %d pairs\n\n", rows, columns, threads, pairs)
	fmt.Println("| forest | nodes a tree | ours ns/row | scikit-learn | ratio | ours CPU ns/row | scikit-learn | ratio |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, f := range []struct {
		name    string
		model   model.Model
		classes int
	}{{"classifier", randomforest.Classifier{}, 2}, {"regressor", randomforest.Regressor{}, 0}} {
		forest, err := learnForest(f.model, f.classes)
		if err != nil {
			return err
		}
		nodes, err := writeTrees(dir, forest)
		if err != nil {
			return err
		}
		mine, theirs, err := compareForest(dir, forest, x, f.classes, pairs, threads, python)
		if err != nil {
			return err
		}
		wall, cpu := func(c cost) float64 { return c.Wall }, func(c cost) float64 { return c.CPU }
		fmt.Printf("| %s | %d | %.0f | %.0f | %.2f | %.0f | %.0f | %.2f |\n", f.name, nodes/len(forest.Trees),
			median(mine, wall), median(theirs, wall), ratio(theirs, mine, wall), median(mine, cpu), median(theirs, cpu), ratio(theirs, mine, cpu))
	}
	return nil
}

func compareForest(dir string, forest *tree.Forest, x *dataset.Matrix, classes, pairs, threads int, python string) (mine, theirs []cost, err error) {
	pool, pred := par.New(threads), make([]float64, x.Rows)
	ours := func() error { return model.Predict(context.Background(), forest, pred, x, pool) }
	if err := ours(); err != nil { // packs the trees
		return nil, nil, err
	}
	sums := make([]float64, x.Rows)
	forest.Sum(sums, x)
	offset := pred[0] - sums[0]/float64(len(forest.Trees)) // what the leaves of a regression leave out
	for range pairs {
		c, err := timed(x.Rows, ours)
		if err != nil {
			return nil, nil, err
		}
		mine = append(mine, c)
		answer, err := ask(python, forestPeer, dir, x.Rows, threads, strconv.Itoa(classes))
		if err != nil {
			return nil, nil, err
		}
		for i, p := range answer.Pred {
			if math.Abs(p+offset-pred[i]) > 1e-6*max(1, math.Abs(p)) {
				return nil, nil, fmt.Errorf("row %d: scikit-learn predicts %v, we %v", i, p+offset, pred[i])
			}
		}
		theirs = append(theirs, answer.Costs["forest"])
	}
	return mine, theirs, nil
}

func learnForest(m model.Model, classes int) (*tree.Forest, error) {
	s := draw(learned, 0, 1)
	s.X = withoutMissing(s.X)
	if classes == 0 {
		s.Y.Problem, s.Y.Classes = sadi.RegressionValue, 0
		r := rng.New(3).Rand()
		for i := range s.Y.Y {
			s.Y.Y[i] += r.NormFloat64()
		}
	}
	values, err := m.Params().Complete(map[string]any{"n_estimators": 100, "max_features": 0.2})
	if err != nil {
		return nil, err
	}
	f, err := m.Fit(context.Background(), model.Train{Set: s, Stream: rng.New(1), Pool: par.New(runtime.GOMAXPROCS(0))}, values)
	if err != nil {
		return nil, err
	}
	return f.(*tree.Forest), nil
}

// withoutMissing replaces missing values, which scikit-learn's forests of that version do not take.
func withoutMissing(x *dataset.Matrix) *dataset.Matrix {
	for _, col := range x.Cols {
		for i, v := range col {
			if v != v {
				col[i] = 0
			}
		}
	}
	return x
}

// writeTrees writes the trees for the peer, and says how many nodes there are.
func writeTrees(dir string, f *tree.Forest) (nodes int, err error) {
	var counts, all bytes.Buffer
	for k := range f.Trees {
		t := &f.Trees[k]
		nodes += len(t.Nodes)
		counts.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(t.Nodes))))
		for i := range t.Nodes {
			n := &t.Nodes[i]
			value := float32(0)
			if n.Feature < 0 {
				value = t.Values[n.Left]
			}
			b := binary.LittleEndian.AppendUint32(nil, uint32(n.Feature))
			b = binary.LittleEndian.AppendUint32(b, uint32(n.Left))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(n.Threshold))
			all.Write(binary.LittleEndian.AppendUint32(b, math.Float32bits(value)))
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "counts"), counts.Bytes(), 0o666); err != nil {
		return 0, err
	}
	return nodes, os.WriteFile(filepath.Join(dir, "nodes"), all.Bytes(), 0o666)
}

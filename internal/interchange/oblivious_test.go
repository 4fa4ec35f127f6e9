package interchange

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
	"sadi/internal/rng"
)

// oblivious are sums of oblivious trees on the rows of drawnRows, whose categories are asked value by value (7 levels) and by
// statistics (70 levels).
func oblivious(t *testing.T, problem sadi.Problem, combination int) (*tree.Oblivious, *Model) {
	t.Helper()
	x := drawnRows(800)
	features := []Feature{{Name: "a"}, {Name: "b c"}, {Name: "b_c"}, {Name: "d[0]", Levels: 7}, {Name: "é", Levels: 70}, {Name: "unused"}}
	for j, f := range features {
		x.Features[j] = dataset.Feature{Name: f.Name, Levels: f.Levels}
	}
	y := make([]float64, x.Rows)
	for i := range y {
		for j, weight := range []float64{1, -1, 0.5, 0.3, 0} {
			if v := float64(x.Cols[j][i]); v == v {
				y[i] += weight * v
			}
		}
		y[i] += 2 * math.Sin(float64(x.Cols[4][i])*7)
		if y[i] != y[i] {
			y[i] = 1
		}
		switch problem {
		case sadi.Binary:
			y[i] = float64(min(1, int(max(y[i]+0.5, 0))))
		case sadi.Multiclass:
			y[i] = float64(min(2, int(max(y[i]+1, 0))))
		}
	}
	set := dataset.Set{X: x, Y: dataset.Target{Problem: problem, Y: y}}
	set.Y.Classes = map[sadi.Problem]int{sadi.Binary: 2, sadi.Multiclass: 3}[problem]
	o, err := tree.BoostOblivious(context.Background(), model.Train{Set: set, Stream: rng.New(1)}, tree.ObliviousOptions{Rounds: 6, LearningRate: 0.3,
		Depth: 5, L2: 3, MaxBin: 255, MaxOneHot: 10, MaxCombination: combination, Permutations: 1, LeafSteps: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := BoosterOf(o)
	if combination > 1 {
		if sadi.CodeOf(err) != sadi.BadUsage || !strings.Contains(err.Error(), "combinations of columns") {
			t.Errorf("statistics of combinations: got %v", err)
		}
		return o, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Statistics) == 0 {
		t.Fatal("no statistic is used: the data do not test what they should")
	}
	return o, &Model{Booster: b, Features: features}
}

// TestObliviousModels: XGBoost and, where it is there, LightGBM predict what a sum of oblivious trees does, and what is
// written is read again.
func TestObliviousModels(t *testing.T) {
	oblivious(t, sadi.Binary, 2)
	dir := t.TempDir()
	x := drawnRows(400)
	x.Cols[4][0], x.Cols[4][1], x.Cols[3][2] = 71, 95, 6 // codes beyond the levels
	rows := filepath.Join(dir, "rows.json")
	if err := os.WriteFile(rows, rowsJSON(x), 0o666); err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{}
	files := map[string][]string{}
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		o, m := oblivious(t, problem, 1)
		predicted, linked := make([]float64, x.Rows*o.Outputs()), margins(m, x)
		if err := o.Predict(predicted, x); err != nil {
			t.Fatal(err)
		}
		m.Booster.Loss().Link(linked, linked)
		near(t, string(problem), linked, [][]float64{predicted}, 0)
		for _, f := range Formats() {
			file, err := Write(m, f)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Read(file)
			if err != nil {
				t.Fatal(err)
			}
			near(t, string(f), margins(again, x), [][]float64{margins(m, x)}, 1e-6)
			path := filepath.Join(dir, string(problem)+f.Extension())
			if err := os.WriteFile(path, file, 0o666); err != nil {
				t.Fatal(err)
			}
			library, _, _ := strings.Cut(string(f), "-")
			files[library], want[path] = append(files[library], path), margins(m, x)
		}
	}
	for name, paths := range files {
		t.Run(name, func(t *testing.T) {
			got := library(t, name, rows, paths)
			for _, path := range paths {
				near(t, filepath.Base(path), want[path], got[filepath.Base(path)], 2e-6)
			}
		})
	}
}

func TestOthersAreNoBoosters(t *testing.T) {
	if _, err := BoosterOf(&tree.Forest{}); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("got %v", err)
	}
}

package interchange

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model/tree"
	"sadi/internal/rng"
)

var update = flag.Bool("update", false, "write testdata/written anew; then run testdata/predict.py with each library and record what it predicts")

// drawn is a booster of random trees on three numbers, a category of 7 levels, one of 70 and a feature that no tree asks,
// with every kind of node. Nothing of it depends on how trees are learned.
func drawn(seed uint64, l loss.Loss) *Model {
	r := rng.New(seed).Rand()
	k := l.Outputs()
	e := tree.Ensemble{Features: 6, Outputs: k, Width: 1}
	for range k {
		e.Base = append(e.Base, math.Round(100*r.NormFloat64())/100)
	}
	for range 4 * k {
		var drafts []tree.Draft
		drawNode(r, &drafts, 0)
		t, err := tree.Assemble(drafts, e.Features, 1)
		if err != nil {
			panic(err)
		}
		e.Trees = append(e.Trees, t)
	}
	b, err := tree.NewBooster(e, l)
	if err != nil {
		panic(err)
	}
	return &Model{Booster: b, Features: []Feature{{Name: "a"}, {Name: "b c"}, {Name: "b_c"}, {Name: "d[0]", Levels: 7}, {Name: "é", Levels: 70}, {Name: "unused"}}}
}

func drawNode(r *rand.Rand, drafts *[]tree.Draft, depth int) (at int32, cover float32) {
	at = int32(len(*drafts))
	*drafts = append(*drafts, tree.Draft{})
	if depth == 5 || depth > 0 && r.IntN(4) == 0 {
		cover = float32(r.IntN(30)+1) / 4
		(*drafts)[at] = tree.Draft{Feature: -1, Values: []float32{float32(r.NormFloat64()) / 4}, Cover: cover}
		return at, cover
	}
	d := tree.Draft{Feature: int32(r.IntN(5)), MissingLeft: r.IntN(2) == 0, Gain: r.Float32()}
	switch {
	case d.Feature >= 3:
		words := []int{1, 3}[d.Feature-3]
		for range words {
			d.Set = append(d.Set, r.Uint32())
		}
		switch r.IntN(6) {
		case 0: // all codes left
			for w := range d.Set {
				d.Set[w] = math.MaxUint32
			}
		case 1: // none
			clear(d.Set)
		}
	case r.IntN(8) == 0:
		d.Threshold = float32(math.Inf(1 - 2*r.IntN(2)))
	case r.IntN(8) == 0:
		d.Threshold = 0
	default:
		d.Threshold = float32(r.IntN(9)-4) / 10
	}
	var left, right float32
	d.Left, left = drawNode(r, drafts, depth+1)
	d.Right, right = drawNode(r, drafts, depth+1)
	d.Cover = left + right
	(*drafts)[at] = d
	return at, d.Cover
}

// drawnRows are rows for drawn, many of them at thresholds, with every category and with missing values.
func drawnRows(n int) *dataset.Matrix {
	r := rng.New(5).Rand()
	x := &dataset.Matrix{Rows: n, Features: make([]dataset.Feature, 6)}
	for j := range x.Features {
		col := make([]float32, n)
		for i := range col {
			switch {
			case r.IntN(6) == 0:
				col[i] = float32(math.NaN())
			case j == 3:
				col[i] = float32(r.IntN(7))
			case j == 4:
				col[i] = float32(r.IntN(70))
			case r.IntN(3) == 0:
				col[i] = float32(r.NormFloat64())
			default:
				col[i] = float32(r.IntN(11)-5) / 10
			}
		}
		x.Cols = append(x.Cols, col)
	}
	return x
}

// written are the models of testdata/written, by the names of their files.
func written() (names []string, models map[string]*Model) {
	models = map[string]*Model{}
	for i, l := range []loss.Loss{loss.Logistic{}, loss.Softmax{Classes: 3}, loss.Squared{}, loss.Absolute{}, loss.Huber{}, loss.Quantile{},
		loss.Poisson{}, loss.Gamma{}, loss.Tweedie{}} {
		names = append(names, l.Name())
		models[l.Name()] = drawn(uint64(i), l)
	}
	return names, models
}

func margins(m *Model, x *dataset.Matrix) []float64 {
	out := make([]float64, x.Rows*m.Booster.Outputs())
	m.Booster.Sum(out, x)
	return out
}

// TestWrittenModelsComeBack: what is written is read again with the same trees and predictions.
func TestWrittenModelsComeBack(t *testing.T) {
	x := drawnRows(300)
	names, models := written()
	for _, name := range names {
		m := models[name]
		want := margins(m, x)
		for _, f := range Formats() {
			file, err := Write(m, f)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Read(file)
			if err != nil {
				t.Fatalf("%s as %s: %v", name, f, err)
			}
			near(t, fmt.Sprintf("%s as %s: margin", name, f), margins(again, x), [][]float64{want}, 1e-6)
			for j, feature := range again.Features {
				if feature.Levels > 0 != (m.Features[j].Levels > 0) {
					t.Errorf("%s as %s: feature %d has %d levels", name, f, j, feature.Levels)
				}
			}
			if again.Problem() != m.Problem() {
				t.Errorf("%s as %s: the problem is %s", name, f, again.Problem())
			}
		}
	}
}

// TestWritesTheRecordedFiles: the files of testdata/written are those that XGBoost 3.5 and LightGBM 4.6 have read, with the
// margins that they gave for drawnRows. Where this test fails after a change on purpose, run it with -update and record again.
func TestWritesTheRecordedFiles(t *testing.T) {
	x := drawnRows(40)
	if *update {
		if err := os.WriteFile("testdata/written/rows.json", rowsJSON(x), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("testdata/written/margins.json")
	if err != nil && !*update {
		t.Fatal(err)
	}
	recorded := map[string][][]float64{}
	if !*update {
		if err := json.Unmarshal(text, &recorded); err != nil {
			t.Fatal(err)
		}
	}
	names, models := written()
	for _, name := range names {
		for _, f := range Formats() {
			file, err := Write(models[name], f)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata/written", name+f.Extension())
			if *update {
				if err := os.WriteFile(path, file, 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file, want) {
				t.Errorf("%s is written otherwise than it was read by the library", path)
			}
			near(t, path, margins(models[name], x), recorded[filepath.Base(path)], 2e-6)
		}
	}
}

func rowsJSON(x *dataset.Matrix) []byte {
	rows := make([][]*float32, x.Rows)
	for i := range rows {
		for _, col := range x.Cols {
			if v := col[i]; v == v {
				rows[i] = append(rows[i], &v)
			} else {
				rows[i] = append(rows[i], nil)
			}
		}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		panic(err)
	}
	return append(b, '\n')
}

// library runs testdata/predict.py: what the library of this machine predicts with models, by file.
func library(t *testing.T, name, rows string, files []string) map[string][][]float64 {
	t.Helper()
	const python = "/usr/bin/python3"
	if out, err := exec.Command(python, "-c", "import "+name).CombinedOutput(); err != nil {
		if name == "xgboost" && os.Getenv("CI") == "true" {
			t.Fatalf("python3-xgboost is needed in CI: %v: %s", err, out)
		}
		t.Skipf("there is no %s for %s (Debian: apt-get install python3-%s)", name, python, name)
	}
	var errs bytes.Buffer
	cmd := exec.Command(python, append([]string{"testdata/predict.py", name, rows}, files...)...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	var margins map[string][][]float64
	if err := json.Unmarshal(out, &margins); err != nil {
		t.Fatal(err)
	}
	return margins
}

// TestLibrariesReadOurs: XGBoost and, where it is there, LightGBM load what is written and predict the same.
func TestLibrariesReadOurs(t *testing.T) {
	for _, lib := range []struct {
		name    string
		formats []Format
	}{{"xgboost", []Format{XGBoostJSON, XGBoostUBJ}}, {"lightgbm", []Format{LightGBM}}} {
		t.Run(lib.name, func(t *testing.T) {
			dir := t.TempDir()
			x := drawnRows(300)
			rows := filepath.Join(dir, "rows.json")
			if err := os.WriteFile(rows, rowsJSON(x), 0o666); err != nil {
				t.Fatal(err)
			}
			names, models := written()
			var files []string
			for _, name := range names {
				for _, f := range lib.formats {
					file, err := Write(models[name], f)
					if err != nil {
						t.Fatal(err)
					}
					path := filepath.Join(dir, name+f.Extension())
					if err := os.WriteFile(path, file, 0o666); err != nil {
						t.Fatal(err)
					}
					files = append(files, path)
				}
			}
			got := library(t, lib.name, rows, files)
			for _, path := range files {
				name, _, _ := strings.Cut(filepath.Base(path), ".")
				near(t, filepath.Base(path), margins(models[name], x), got[filepath.Base(path)], 2e-6)
			}
		})
	}
}

func TestNamesForLibraries(t *testing.T) {
	got := safeNames([]Feature{{Name: "b c"}, {Name: "b_c"}, {Name: ""}, {Name: "x[0]"}, {Name: "é\n"}}, " []")
	if want := []string{"b_c", "b_c_2", "_", "x_0_", "é_"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestThresholdsMean: x < t here is x ≤ below(t) there and x < above(le) back, for every float32 near.
func TestThresholdsMean(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, threshold := range []float32{0, 1, -1, 1e-45, -1e-45, 0.1, 1e30, -1e30, math.MaxFloat32, -math.MaxFloat32, inf, -inf} {
		le := below(threshold)
		for _, x := range []float32{0, math.Nextafter32(threshold, -inf), threshold, math.Nextafter32(threshold, inf), 7, -7, math.MaxFloat32, -math.MaxFloat32} {
			if x != x || math.IsInf(float64(x), 0) {
				continue
			}
			if (x < threshold) != (float64(x) <= le) {
				t.Errorf("%v < %v, but not ≤ %v", x, threshold, le)
			}
			if (x < above(le)) != (float64(x) <= le) {
				t.Errorf("%v against %v, which became %v", x, le, above(le))
			}
		}
	}
}

func TestRefusesToWrite(t *testing.T) {
	m := drawn(1, loss.Squared{})
	if _, err := Write(m, "onnx"); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("got %v", err)
	}
	m.Features = m.Features[1:]
	if _, err := Write(m, LightGBM); sadi.CodeOf(err) != sadi.Internal {
		t.Errorf("got %v", err)
	}
}

package interchange

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/dataset"
)

// recorded is a case of testdata/*.json: a model as its library wrote it and what the library predicts.
type recorded struct {
	Name         string
	Model        string
	Bytes        []byte
	X            [][]*float32
	Margin, Pred [][]float64
	Contribs     [][]float64
	file         string
}

func (r *recorded) bytes() []byte {
	if r.Bytes != nil {
		return r.Bytes
	}
	return []byte(r.Model)
}

func records(t testing.TB) []recorded {
	t.Helper()
	files, err := filepath.Glob("testdata/*-*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("the fixtures are missing: %v, %v", files, err)
	}
	var all []recorded
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var cases []recorded
		if err := json.Unmarshal(text, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			c.file = strings.TrimSuffix(filepath.Base(f), ".json")
			all = append(all, c)
		}
	}
	if len(all) < 30 {
		t.Fatalf("only %d cases", len(all))
	}
	return all
}

// scaled are margins of the library as they are here, where the factors of LightGBM's sigmoid and of its forests' mean are
// part of the leaves.
func (r *recorded) scaled(margins [][]float64) [][]float64 {
	factor := map[string]float64{"lightgbm binary, sigmoid": 0.7, "lightgbm forest": 1.0 / 5}[strings.Split(r.file, "-")[0]+" "+r.Name]
	if factor == 0 {
		return margins
	}
	out := make([][]float64, len(margins))
	for i, row := range margins {
		for _, v := range row {
			out[i] = append(out[i], v*factor)
		}
	}
	return out
}

// matrix is rows as a matrix with the features of a model.
func matrix(m *Model, rows [][]*float32) *dataset.Matrix {
	x := &dataset.Matrix{Rows: len(rows)}
	for j, f := range m.Features {
		col := make([]float32, len(rows))
		for i := range rows {
			col[i] = float32(math.NaN())
			if v := rows[i][j]; v != nil {
				col[i] = *v
			}
		}
		x.Cols = append(x.Cols, col)
		x.Features = append(x.Features, dataset.Feature{Name: f.Name, Levels: f.Levels})
	}
	return x
}

// near fails unless got is want within a relative error, that of numbers below 1 being absolute.
func near(t *testing.T, what string, got []float64, want [][]float64, tolerance float64) {
	t.Helper()
	flat := slices.Concat(want...)
	if len(got) != len(flat) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(flat))
	}
	for i, w := range flat {
		if !(math.Abs(got[i]-w) <= tolerance*max(1, math.Abs(w))) {
			t.Fatalf("%s %d: got %v, want %v", what, i, got[i], w)
		}
	}
}

// TestReadsRecordedModels: a model that was trained elsewhere predicts the same here.
func TestReadsRecordedModels(t *testing.T) {
	for _, c := range records(t) {
		t.Run(c.file+"/"+c.Name, func(t *testing.T) {
			m, err := Read(c.bytes())
			if err != nil {
				t.Fatal(err)
			}
			x := matrix(m, c.X)
			margin := make([]float64, len(c.X)*m.Booster.Outputs())
			m.Booster.Sum(margin, x)
			near(t, "margin", margin, c.scaled(c.Margin), 1e-6)
			if c.Pred == nil {
				return
			}
			pred := make([]float64, len(margin))
			if err := m.Booster.Predict(pred, x); err != nil {
				t.Fatal(err)
			}
			near(t, "prediction", pred, c.Pred, 2e-6)
		})
	}
}

// TestReadsWhatFilesSay: names, categories, origin and problem.
func TestReadsWhatFilesSay(t *testing.T) {
	words := make([]string, 40)
	for i := range words {
		words[i] = fmt.Sprintf("k%02d", i)
	}
	for _, c := range records(t) {
		m, err := Read(c.bytes())
		if err != nil {
			t.Fatal(err)
		}
		library, version, _ := strings.Cut(c.file, "-")
		last := m.Features[3]
		switch library {
		case "xgboost":
			if m.Origin != "XGBoost "+version {
				t.Errorf("%s/%s: the origin is %q", c.file, c.Name, m.Origin)
			}
			if m.Features[1].Name != `b"2` || m.Features[2].Name != "ü" {
				t.Errorf("%s/%s: the names are %v", c.file, c.Name, m.Features)
			}
		case "lightgbm":
			if m.Origin != "LightGBM, model version v4" || m.Features[2].Name != "c" {
				t.Errorf("%s/%s: origin %q, features %v", c.file, c.Name, m.Origin, m.Features)
			}
		}
		if categorical := strings.Contains(c.Name, "categories"); categorical != (last.Levels > 0) || m.Features[0].Levels > 0 {
			t.Errorf("%s/%s: %d levels", c.file, c.Name, last.Levels)
		}
		if strings.HasPrefix(c.Name, "named") && !slices.Equal(last.Categories, words) {
			t.Errorf("%s/%s: the categories are %q", c.file, c.Name, last.Categories)
		}
		want := sadi.RegressionValue
		switch {
		case strings.HasPrefix(c.Name, "multiclass"), len(c.Margin[0]) == 3:
			want = sadi.Multiclass
		case m.Booster.Loss().Name() == "logistic":
			want = sadi.Binary
		}
		if m.Problem() != want {
			t.Errorf("%s/%s: the problem is %s", c.file, c.Name, m.Problem())
		}
	}
}

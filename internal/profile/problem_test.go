package profile

import (
	"fmt"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/table"
)

// cycle is n rows that run through k whole numbers from lo.
func cycle(name string, n, k int, lo float64) *table.Column {
	c := &table.Column{Name: name, Kind: table.Integer}
	for i := range n {
		c.Nums = append(c.Nums, lo+float64(i%k))
	}
	return c
}

func labels(name string, n, k int) *table.Column {
	var v []string
	for i := range n {
		v = append(v, fmt.Sprintf("class %04d", i%k))
	}
	return wordColumn(name, table.Category, v)
}

func halves(n int) *table.Column {
	c := &table.Column{Name: "half", Kind: table.Number}
	for i := range n {
		c.Nums = append(c.Nums, float64(i)/2)
	}
	return c
}

func TestInferProblem(t *testing.T) {
	yes := wordColumn("yes", table.Boolean, []string{"no", "yes", "no", ""})
	bits := wordColumn("bits", table.Boolean, []string{"0", "1", "0", "1"})
	for _, c := range []struct {
		name  string
		col   *table.Column
		asked sadi.TaskType
		want  sadi.Problem
		code  sadi.Code
	}{
		{"two words", yes, "", sadi.Binary, ""},
		{"two numbers", cycle("y", 50, 2, 0), sadi.Auto, sadi.Binary, ""},
		{"two decimals", numbers("y", table.Number, 0.5, 1.5, 0.5), sadi.Auto, sadi.Binary, ""},
		{"words", labels("y", 90, 3), sadi.Auto, sadi.Multiclass, ""},
		{"quality", cycle("y", 6497, 7, 3), sadi.Auto, sadi.Multiclass, ""},
		{"digit", cycle("y", 1797, 10, 0), sadi.Auto, sadi.Multiclass, ""},
		{"at the small ratio", cycle("y", 100, 10, 0), sadi.Auto, sadi.Multiclass, ""},
		{"beyond the small ratio", cycle("y", 100, 11, 0), sadi.Auto, sadi.RegressionValue, ""},
		{"beyond the large ratio", cycle("y", 1001, 51, 0), sadi.Auto, sadi.RegressionValue, ""},
		{"ages", cycle("y", 40000, 74, 17), sadi.Auto, sadi.RegressionValue, ""},
		{"measurements", halves(3000), sadi.Auto, sadi.RegressionValue, ""},
		{"classification of ages", cycle("y", 40000, 74, 17), sadi.Classification, sadi.Multiclass, ""},
		{"regression of quality", cycle("y", 6497, 7, 3), sadi.Regression, sadi.RegressionValue, ""},
		{"regression of bits", bits, sadi.Regression, sadi.RegressionValue, ""},
		{"regression of words", yes, sadi.Regression, "", sadi.BadData},
		{"classification of measurements", halves(3000), sadi.Classification, "", sadi.BadData},
		{"classification of few measurements", halves(30), sadi.Classification, "", sadi.BadData},
		{"too many words", labels("y", 5000, 1001), sadi.Auto, "", sadi.BadData},
		{"words that do not repeat", labels("y", 90, 80), sadi.Auto, "", sadi.BadData},
		{"constant", cycle("y", 90, 1, 3), sadi.Auto, "", sadi.BadData},
		{"all missing", numbers("y", table.Number, nan, nan), sadi.Auto, "", sadi.BadData},
		{"no rows", numbers("y", table.Number), sadi.Auto, "", sadi.BadData},
		{"dates", numbers("y", table.DateTime, 1e9, 2e9, 3e9), sadi.Auto, "", sadi.BadData},
		{"unknown task", yes, "clustering", "", sadi.BadUsage},
	} {
		got, why, err := InferProblem(c.col, c.asked)
		if got != c.want || sadi.CodeOf(err) != c.code {
			t.Errorf("%s: %q, %v; want %q, code %q", c.name, got, err, c.want, c.code)
		}
		if (why == "") != (err != nil) {
			t.Errorf("%s: reason %q with error %v", c.name, why, err)
		}
	}
}

func TestTargetOf(t *testing.T) {
	for _, c := range []struct {
		name    string
		col     *table.Column
		rows    []int
		problem sadi.Problem
		y       []float64
		labels  []string
		kept    []int
	}{
		{"words by bytes", wordColumn("c", table.Category, []string{"b", "a", "", "Z", "b"}), nil, sadi.Multiclass,
			[]float64{2, 1, 0, 2}, []string{"Z", "a", "b"}, []int{0, 1, 3, 4}},
		{"words that are numbers", wordColumn("c", table.Category, []string{"10", "9", "-1", "9"}), nil, sadi.Multiclass,
			[]float64{2, 1, 0, 1}, []string{"-1", "9", "10"}, []int{0, 1, 2, 3}},
		{"numbers", numbers("c", table.Number, 10, 2.5, nan, 10, 2.5), nil, sadi.Binary,
			[]float64{1, 0, 1, 0}, []string{"2.5", "10"}, []int{0, 1, 3, 4}},
		{"false before true", &table.Column{Name: "c", Kind: table.Boolean, Levels: []string{"yes", "never"}, Codes: []int32{1, 0, -1}}, nil, sadi.Binary,
			[]float64{1, 0}, []string{"yes", "never"}, []int{0, 1}},
		{"some rows", numbers("c", table.Integer, 5, 6, 7, 8), []int{3, 1}, sadi.Binary, []float64{1, 0}, []string{"6", "8"}, []int{3, 1}},
		{"regression", numbers("c", table.Number, 1.5, nan, -2), nil, sadi.RegressionValue, []float64{1.5, -2}, nil, []int{0, 2}},
		{"regression of bits", wordColumn("c", table.Boolean, []string{"0", "1", ""}), nil, sadi.RegressionValue, []float64{0, 1}, nil, []int{0, 1}},
	} {
		target, names, kept, err := TargetOf(c.col, c.rows, c.problem)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(target.Y, c.y) || !slices.Equal(names, c.labels) || !slices.Equal(kept, c.kept) {
			t.Errorf("%s: %v %v %v, want %v %v %v", c.name, target.Y, names, kept, c.y, c.labels, c.kept)
		}
		if target.Problem != c.problem || target.Classes != len(c.labels) {
			t.Errorf("%s: %s with %d classes", c.name, target.Problem, target.Classes)
		}
	}
}

func TestTargetOfRefuses(t *testing.T) {
	words := wordColumn("c", table.Category, []string{"a", "b", "c"})
	for _, c := range []struct {
		name    string
		col     *table.Column
		rows    []int
		problem sadi.Problem
		code    sadi.Code
	}{
		{"nothing", numbers("c", table.Number, nan), nil, sadi.RegressionValue, sadi.BadData},
		{"no rows", words, []int{}, sadi.Multiclass, sadi.BadData},
		{"one class", words, []int{1}, sadi.Multiclass, sadi.BadData},
		{"three classes for two", words, nil, sadi.Binary, sadi.BadData},
		{"words as numbers", words, nil, sadi.RegressionValue, sadi.BadData},
		{"too many", halves(3000), nil, sadi.Multiclass, sadi.BadData},
		{"too many words", labels("c", 3000, 1001), nil, sadi.Multiclass, sadi.BadData},
		{"no problem", words, nil, "", sadi.BadUsage},
	} {
		if _, _, _, err := TargetOf(c.col, c.rows, c.problem); sadi.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want code %q", c.name, err, c.code)
		}
	}
}

package portfolio

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sadi"
)

var classifiers = []string{"dummy", "logistic_regression", "decision_tree_classifier", "random_forest_classifier", "extra_trees_classifier", "xgb_classifier",
	"catboost_classifier", "lgbm_classifier", "hist_gradient_boosting_classifier", "svc", "k_neighbors_classifier", "gaussian_process_classifier",
	"gaussian_nb", "linear_discriminant_analysis", "quadratic_discriminant_analysis", "mlp_classifier"}
var regressors = []string{"dummy", "linear_regression", "ridge", "lasso", "elastic_net", "decision_tree_regressor", "random_forest_regressor",
	"extra_trees_regressor", "xgb_regressor", "catboost_regressor", "lgbm_regressor", "hist_gradient_boosting_regressor", "svr",
	"k_neighbors_regressor", "gaussian_process_regressor", "mlp_regressor"}

func allowed(p sadi.Problem) []string {
	if p.IsClassification() {
		return classifiers
	}
	return regressors
}

// everyFacts calls check for small and large data of every problem.
func everyFacts(check func(f Facts)) {
	for _, p := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		for _, rows := range []int{1, 80, 1000, 20_000, 60_001, 1_000_000} {
			for _, categorical := range []int{0, 5} {
				for _, wall := range []time.Duration{0, time.Second, time.Hour} {
					f := Facts{Problem: p, Rows: rows, Cols: 20, Categorical: categorical, Wall: wall}
					switch p {
					case sadi.Binary:
						f.Classes = 2
					case sadi.Multiclass:
						f.Classes = 12
					}
					check(f)
				}
			}
		}
	}
}

func names(plan []Entry) []string {
	var n []string
	for _, e := range plan {
		n = append(n, e.Name)
	}
	return n
}

// What every plan must be, whatever the data.
func TestEveryPlan(t *testing.T) {
	everyFacts(func(f Facts) {
		models := allowed(f.Problem)
		plan := Plan(f, models)
		if len(plan) < 15 {
			t.Errorf("%+v: %d entries, want a choice", f, len(plan))
		}
		if got := names(plan[:3]); got[0] != "baseline" || got[1] != "logistic" && got[1] != "ridge" || got[2] != "xgb" {
			t.Errorf("%+v: begins with %v, want the baseline, a linear model, xgb", f, got)
		}
		seen, used := map[string]bool{}, map[string]bool{}
		for _, e := range plan {
			if e.Source == "" || e.Note == "" {
				t.Errorf("%+v: %s has no source or no note", f, e.Name)
			}
			if !slices.Contains(models, e.Model) {
				t.Errorf("%+v: %s is for %s, which is not allowed", f, e.Name, e.Model)
			}
			key, err := json.Marshal(e.Params)
			if err != nil {
				t.Fatal(err)
			}
			if k := e.Model + string(key); seen[k] || seen[e.Name] {
				t.Errorf("%+v: %s comes twice", f, e.Name)
			} else {
				seen[k], seen[e.Name] = true, true
			}
			used[e.Model] = true
			if rate, ok := e.Params["learning_rate"].(float64); ok && !(rate >= 0.01 && rate <= maxRate) {
				t.Errorf("%+v: %s has the learning rate %g", f, e.Name, rate)
			}
		}
		for _, m := range models {
			if !used[m] {
				t.Errorf("%+v: no entry for %s", f, m)
			}
		}
		if again := Plan(f, models); !reflect.DeepEqual(again, plan) {
			t.Errorf("%+v: a second plan differs", f)
		}
	})
}

// A choice of models keeps the order of what is left.
func TestChoiceOfModelsKeepsTheOrder(t *testing.T) {
	f := Facts{Problem: sadi.Binary, Rows: 5000, Cols: 10, Classes: 2}
	choice := []string{"xgb_classifier", "logistic_regression"}
	var want []string
	for _, e := range Plan(f, classifiers) {
		if slices.Contains(choice, e.Model) {
			want = append(want, e.Name)
		}
	}
	if got := names(Plan(f, choice)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	got := Plan(f, []string{"brand_new_classifier", "decision_tree_classifier"})
	if len(got) != 2 || got[0].Name != "decision_tree" || got[1].Model != "brand_new_classifier" || len(got[1].Params) != 0 {
		t.Errorf("got %+v, want the decision tree and the defaults of what the portfolio does not know", got)
	}
	if got := Plan(f, nil); len(got) != 0 {
		t.Errorf("no models, and a plan of %d entries", len(got))
	}
}

// The order that people see in a small job; a change of it is a change of every record made so far.
func TestOrder(t *testing.T) {
	for _, c := range []struct {
		f    Facts
		want string // the first entries
	}{
		{Facts{Problem: sadi.Binary, Rows: 7000, Cols: 20, Classes: 2, Wall: time.Minute},
			"baseline logistic xgb xgb_tiny_extra xgb_extra_64 xgb_extra extra_trees catboost random_forest logistic_strong logistic_l1"},
		{Facts{Problem: sadi.Multiclass, Rows: 1800, Cols: 64, Classes: 10, Wall: time.Minute},
			"baseline logistic xgb svm mlp_small extra_trees random_forest mlp xgb_tiny_extra xgb_extra_64 xgb_extra catboost"},
		{Facts{Problem: sadi.RegressionValue, Rows: 20_000, Cols: 8, Wall: time.Minute},
			"baseline ridge xgb xgb_extra_64 xgb_extra extra_trees catboost random_forest ridge_strong"},
	} {
		want := strings.Fields(c.want)
		if got := names(Plan(c.f, allowed(c.f.Problem))); !slices.Equal(got[:len(want)], want) {
			t.Errorf("%+v: got %v, want %v first", c.f, got[:len(want)], want)
		}
	}
}

func TestRules(t *testing.T) {
	find := func(f Facts, name string) *Entry {
		plan := Plan(f, allowed(f.Problem))
		if i := slices.IndexFunc(plan, func(e Entry) bool { return e.Name == name }); i >= 0 {
			return &plan[i]
		}
		return nil
	}
	small := Facts{Problem: sadi.Binary, Rows: 500, Cols: 10, Classes: 2}
	large := Facts{Problem: sadi.Binary, Rows: 100_000, Cols: 10, Classes: 2}
	if find(small, "xgb_large") != nil || find(large, "xgb_large") == nil {
		t.Error("min_rows: xgb_large is for 3,000 rows and more")
	}
	if find(small, "xgb_stumps") == nil || find(large, "xgb_stumps") != nil {
		t.Error("max_rows: xgb_stumps is for 50,000 rows and fewer")
	}
	if find(small, "mlp_small") == nil || find(small, "mlp") != nil || find(large, "mlp_small") != nil || find(large, "mlp") == nil {
		t.Error("a small network is for few rows, the larger one for more")
	}
	categories := small
	categories.Categorical = 1
	if find(small, "xgb_onehot") != nil || find(categories, "xgb_onehot") == nil {
		t.Error("min_categorical: xgb_onehot is for data with categories")
	}
	if got := find(small, "random_forest").Params["n_estimators"]; got != 200.0 {
		t.Errorf("rows: a small forest has %v trees, want 200", got)
	}
	if got := find(large, "random_forest").Params["n_estimators"]; got != 60.0 {
		t.Errorf("rows: a large forest has %v trees, want 60", got)
	}
	numbers := Facts{Problem: sadi.RegressionValue, Rows: 500, Cols: 10}
	if c, r := find(small, "xgb_tuned").Params["max_depth"], find(numbers, "xgb_tuned").Params["max_depth"]; c != 6.0 || r != 9.0 {
		t.Errorf("depths are %v and %v, want 6 for classes and 9 for numbers", c, r)
	}
	if few, many := find(small, "xgb").Params["max_depth"], find(large, "xgb").Params["max_depth"]; few != 4.0 || many != 7.0 {
		t.Errorf("depths are %v and %v, want 4 for few rows and 7 for many", few, many)
	}
	before := func(f Facts, first, second string) bool {
		plan := names(Plan(f, allowed(f.Problem)))
		return slices.Index(plan, first) < slices.Index(plan, second)
	}
	two, several := Facts{Problem: sadi.Binary, Rows: 6000, Cols: 30, Classes: 2}, Facts{Problem: sadi.Multiclass, Rows: 6000, Cols: 30, Classes: 6}
	if before(two, "mlp", "xgb_depth3") || !before(several, "mlp", "xgb_depth3") {
		t.Error("rows and problems: beyond 3,000 rows a network comes early for several classes, and late for two")
	}
}

// The learning rate grows with what there is to read in a minute, by the table in the file.
func TestPace(t *testing.T) {
	f := Facts{Problem: sadi.Binary, Cols: 10, Classes: 2}
	for _, c := range []struct {
		rows int
		wall time.Duration
		want float64
	}{
		{105_000, time.Minute, 0.06}, {105_001, time.Minute, 0.09}, {400_000, time.Minute, 0.12}, {4_000_000, time.Minute, 0.2},
		{400_000, time.Hour, 0.06}, {400_000, 0, 0.06}, {600_000, 0, 0.09},
	} {
		f.Rows, f.Wall = c.rows, c.wall
		i := slices.IndexFunc(Plan(f, classifiers), func(e Entry) bool { return e.Name == "xgb" })
		if got := Plan(f, classifiers)[i].Params["learning_rate"]; got != c.want {
			t.Errorf("%d rows in %v: got %v, want %v", c.rows, c.wall, got, c.want)
		}
	}
	many := Facts{Problem: sadi.Multiclass, Rows: 10_000, Cols: 10, Classes: 20, Wall: time.Minute}
	if got, want := many.load(), 5e6; got != want {
		t.Errorf("the load of 20 classes: got %g, want %g", got, want)
	}
}

// A plan is the caller's: writing to it changes no later one.
func TestPlansAreIndependent(t *testing.T) {
	f := Facts{Problem: sadi.Binary, Rows: 500, Cols: 10, Classes: 2}
	Plan(f, classifiers)[2].Params["max_depth"] = 99
	if got := Plan(f, classifiers)[2].Params["max_depth"]; got == 99 {
		t.Error("a plan shares its parameters with another one")
	}
}

func TestFileIsChecked(t *testing.T) {
	sources, one := `"sources":{"own":"ours"}`, `{"name":"a","model":"dummy","source":"own"}`
	for name, text := range map[string]string{
		"not JSON":        `{`,
		"unknown version": `{"version":2,` + sources + `}`,
		"unknown field":   `{"version":1,` + sources + `,"entries":[{"name":"a","modell":"dummy"}]}`,
		"double name":     `{"version":1,` + sources + `,"entries":[` + one + `,` + one + `]}`,
		"no source":       `{"version":1,"sources":{},"entries":[` + one + `]}`,
		"pace":            `{"version":1,"sources":{},"pace":[{"load":2,"factor":1},{"load":1,"factor":1}]}`,
		"rows":            `{"version":1,` + sources + `,"entries":[{"name":"a","source":"own","rows":[{"above":2},{"above":1}]}]}`,
		"close pace":      `{"version":1,` + sources + `,"pace":[{"load":1.5,"factor":1},{"load":1.2,"factor":1}]}`,
		"problem":         `{"version":1,` + sources + `,"entries":[{"name":"a","source":"own","problems":["clases"]}]}`,
		"problem by rows": `{"version":1,` + sources + `,"entries":[{"name":"a","source":"own","rows":[{"above":1,"problems":["clases"]}]}]}`,
	} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	c, err := parse(file)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, e := range c.Entries {
		used[e.Source] = true
	}
	for s := range c.Sources {
		if !used[s] {
			t.Errorf("no entry comes from %s", s)
		}
	}
}

package catalog

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/model"
	"sadi/internal/param"
	"sadi/internal/portfolio"
)

var problems = []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue}

// The names stand in manifests and model files: one may be added, none changed or removed. Aliases stand in requests.
var pinned = []struct {
	name    string
	aliases string
}{
	{"dummy", "DummyClassifier DummyRegressor baseline"},
	{"logistic_regression", "LogisticRegression"},
	{"linear_regression", "LinearRegression"},
	{"ridge", "Ridge"},
	{"lasso", "Lasso"},
	{"elastic_net", "ElasticNet"},
	{"decision_tree_classifier", "DecisionTreeClassifier decision_tree"},
	{"decision_tree_regressor", "DecisionTreeRegressor decision_tree"},
	{"random_forest_classifier", "RandomForestClassifier random_forest"},
	{"random_forest_regressor", "RandomForestRegressor random_forest"},
	{"extra_trees_classifier", "ExtraTreesClassifier extra_trees"},
	{"extra_trees_regressor", "ExtraTreesRegressor extra_trees"},
	{"xgb_classifier", "XGBClassifier xgb xgboost"},
	{"xgb_regressor", "XGBRegressor xgb xgboost"},
	{"lgbm_classifier", "LGBMClassifier lgbm lightgbm lgb"},
	{"lgbm_regressor", "LGBMRegressor lgbm lightgbm lgb"},
	{"hist_gradient_boosting_classifier", "HistGradientBoostingClassifier hist_gradient_boosting histgb"},
	{"hist_gradient_boosting_regressor", "HistGradientBoostingRegressor hist_gradient_boosting histgb"},
	{"catboost_classifier", "CatBoostClassifier catboost"},
	{"catboost_regressor", "CatBoostRegressor catboost"},
	{"svc", "SVC svm support_vector_machine"},
	{"svr", "SVR svm support_vector_machine"},
	{"k_neighbors_classifier", "KNeighborsClassifier k_neighbors knn"},
	{"k_neighbors_regressor", "KNeighborsRegressor k_neighbors knn"},
	{"gaussian_process_classifier", "GaussianProcessClassifier gaussian_process gp"},
	{"gaussian_process_regressor", "GaussianProcessRegressor gaussian_process gp"},
	{"gaussian_nb", "GaussianNB naive_bayes"},
	{"linear_discriminant_analysis", "LinearDiscriminantAnalysis lda"},
	{"quadratic_discriminant_analysis", "QuadraticDiscriminantAnalysis qda"},
	{"mlp_classifier", "MLPClassifier mlp neural_network realmlp"},
	{"mlp_regressor", "MLPRegressor mlp neural_network realmlp"},
}

func TestNamesArePinned(t *testing.T) {
	all := Models()
	if len(all) != len(pinned) {
		t.Errorf("%d algorithms are listed and %d pinned: pin a new one here", len(all), len(pinned))
	}
	for i, p := range pinned {
		m, err := Model(p.name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if i < len(all) && all[i].Name() != p.name {
			t.Errorf("place %d has %s, want %s", i, all[i].Name(), p.name)
		}
		for _, a := range strings.Fields(p.aliases) {
			if !slices.Contains(m.Card().Aliases, a) {
				t.Errorf("%s has lost its alias %q", p.name, a)
			}
		}
	}
}

func TestModelWantsTheOwnName(t *testing.T) {
	for _, name := range []string{"", "xgb", "XGBClassifier", "xgb_classifier "} {
		if m, err := Model(name); err == nil || sadi.CodeOf(err) != sadi.NotFound {
			t.Errorf("%q finds %v (%v)", name, m, err)
		}
	}
}

// spelling makes XGBClassifier, xgb-classifier and xgb_classifier one name, as requests may.
func spelling(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// No name and no alias means two algorithms for one problem.
func TestNamesMeanOneAlgorithm(t *testing.T) {
	for _, p := range problems {
		owner := map[string]string{}
		for _, m := range Models() {
			if !slices.Contains(m.Caps().Problems, p) {
				continue
			}
			own := map[string]bool{spelling(m.Name()): true}
			for _, a := range m.Card().Aliases {
				own[spelling(a)] = true
			}
			for name := range own {
				if other := owner[name]; other != "" {
					t.Errorf("%q means %s and %s in a %s problem", name, other, m.Name(), p)
				}
				owner[name] = m.Name()
			}
		}
	}
}

// Every name, alias and spelling of an algorithm finds it, alone where a problem is given.
func TestEveryAliasResolves(t *testing.T) {
	all := Models()
	for _, m := range all {
		names := append([]string{m.Name(), strings.ToUpper(m.Name()), strings.ReplaceAll(m.Name(), "_", "-")}, m.Card().Aliases...)
		for _, name := range names {
			if !slices.Contains(engine.Find(all, name), m) {
				t.Errorf("%q does not find %s", name, m.Name())
			}
			for _, p := range m.Caps().Problems {
				got, notes, err := engine.Resolve(all, []string{name}, p)
				if err != nil || len(got) != 1 || got[0] != m || len(notes) != 0 {
					t.Errorf("%q in a %s problem means %v (%v, %v), want %s", name, p, got, notes, err, m.Name())
				}
			}
		}
	}
}

// What `sadi models NAME` prints is there.
func TestEveryAlgorithmHasItsCard(t *testing.T) {
	for _, m := range Models() {
		c := m.Card()
		for what, text := range map[string]string{"title": c.Title, "summary": c.Summary, "reference": c.Paper} {
			if strings.TrimSpace(text) != text || len(text) < 5 {
				t.Errorf("%s: the %s is %q", m.Name(), what, text)
			}
		}
		if !strings.ContainsAny(c.Paper, "0123456789") {
			t.Errorf("%s: the reference %q has no year", m.Name(), c.Paper)
		}
		if len(c.Aliases) == 0 {
			t.Errorf("%s has no other name, not even scikit-learn's", m.Name())
		}
		if len(m.Caps().Problems) == 0 || !(m.Caps().Cost > 0) {
			t.Errorf("%s solves %v at the cost %v", m.Name(), m.Caps().Problems, m.Caps().Cost)
		}
		if err := m.Params().Validate(); err != nil {
			t.Errorf("%s: %v", m.Name(), err)
		}
	}
}

// What the model files of an algorithm hold is described.
func TestEveryModelFileIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/FORMATS/model.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range Models() {
		family := strings.TrimSuffix(strings.TrimSuffix(m.Name(), "classifier"), "regressor")
		if !strings.Contains(string(page), "`"+m.Name()+"`") && !strings.Contains(string(page), "`"+family+"*`") {
			t.Errorf("docs/FORMATS/model.md does not say what a file of %s holds", m.Name())
		}
	}
}

// everyPlan calls check for every entry of the plans for small and large data of every problem, with all algorithms and
// with each one alone.
func everyPlan(t *testing.T, check func(f portfolio.Facts, e portfolio.Entry, m model.Model)) {
	all := Models()
	entries := 0
	for _, p := range problems {
		for _, rows := range []int{10, 300, 3_000, 30_000, 300_000, 3_000_000} {
			for _, categorical := range []int{0, 6} {
				for _, wall := range []time.Duration{0, time.Second, time.Minute, time.Hour} {
					f := portfolio.Facts{Problem: p, Rows: rows, Cols: 12, Categorical: categorical, Wall: wall}
					if p.IsClassification() {
						f.Classes = 2
					}
					if p == sadi.Multiclass {
						f.Classes = 7
					}
					able, _, err := engine.Resolve(all, nil, p)
					if err != nil {
						t.Fatal(err)
					}
					var names []string
					for _, m := range able {
						names = append(names, m.Name())
					}
					plan := portfolio.Plan(f, names)
					for _, name := range names {
						plan = append(plan, portfolio.Plan(f, []string{name})...)
					}
					for _, e := range plan {
						i := slices.Index(names, e.Model)
						if i < 0 {
							t.Errorf("%+v: %s is for %s, which can not solve the problem", f, e.Name, e.Model)
							continue
						}
						entries++
						check(f, e, able[i])
					}
				}
			}
		}
	}
	if entries < 1000 {
		t.Errorf("only %d entries were planned", entries)
	}
}

func TestEveryPlannedConfigurationIsLegal(t *testing.T) {
	everyPlan(t, func(f portfolio.Facts, e portfolio.Entry, m model.Model) {
		values, err := m.Params().Complete(e.Params)
		if err != nil {
			t.Errorf("%+v: %s: %v", f, e.Name, err)
			return
		}
		if len(values) != len(m.Params()) {
			t.Errorf("%+v: %s has %d values for %d parameters", f, e.Name, len(values), len(m.Params()))
		}
		for _, p := range m.Params() {
			if !inBounds(p, values[p.Name]) {
				t.Errorf("%+v: %s: %s is %v, which is not %s", f, e.Name, p.Name, values[p.Name], p.Range())
			}
		}
	})
}

// inBounds says of its own accord whether a value is of the parameter's type and within its range.
func inBounds(p param.Param, x any) bool {
	switch v := x.(type) {
	case int:
		return p.Kind == param.Int && float64(v) >= p.Lo && float64(v) <= p.Hi
	case float64:
		return p.Kind == param.Float && v >= p.Lo && v <= p.Hi
	case string:
		return p.Kind == param.Choice && slices.Contains(p.Choices, v) || p.Kind == param.Text
	case bool:
		return p.Kind == param.Bool
	}
	return false
}

// The engine gets all of the list, and enough for every problem.
func TestEngineGetsEverything(t *testing.T) {
	c := Engine()
	if c.Searcher == nil || c.Searcher.Name() == "" {
		t.Error("there is no searcher")
	}
	if !slices.Equal(c.Models, Models()) {
		t.Error("the engine gets other algorithms than the list has")
	}
	for _, p := range problems {
		if able, _, err := engine.Resolve(c.Models, nil, p); err != nil || len(able) < 5 {
			t.Errorf("%s: %d algorithms, %v", p, len(able), err)
		}
	}
}

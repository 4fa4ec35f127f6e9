package metric_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/metric/metrictest"
)

func TestContract(t *testing.T) {
	for _, s := range metric.All() {
		t.Run(s.Name, func(t *testing.T) { metrictest.Run(t, s) })
	}
}

// The names stand in manifests: none may change or go.
func TestNamesArePinned(t *testing.T) {
	want := `roc_auc neg_log_loss roc_auc_ovr roc_auc_ovr_weighted roc_auc_ovo roc_auc_ovo_weighted average_precision
neg_brier_score d2_log_loss_score d2_brier_score top_k_accuracy accuracy balanced_accuracy f1 f1_macro f1_micro
f1_weighted precision precision_macro precision_micro precision_weighted recall recall_macro recall_micro recall_weighted
jaccard jaccard_macro jaccard_micro jaccard_weighted matthews_corrcoef positive_likelihood_ratio
neg_negative_likelihood_ratio neg_root_mean_squared_error neg_mean_absolute_error r2 neg_mean_squared_error
neg_median_absolute_error max_error explained_variance d2_absolute_error_score neg_mean_absolute_percentage_error
neg_root_mean_squared_log_error neg_mean_squared_log_error neg_mean_poisson_deviance neg_mean_gamma_deviance`
	var got []string
	seen := map[string]bool{}
	for _, s := range metric.All() {
		got = append(got, s.Name)
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			if seen[name] {
				t.Errorf("two scorers are called %s", name)
			}
			seen[name] = true
		}
	}
	if w := strings.Fields(want); !slices.Equal(got, w) {
		t.Errorf("got the names\n%v\nwant\n%v", got, w)
	}
}

func TestDefault(t *testing.T) {
	for p, want := range map[sadi.Problem]string{sadi.Binary: "roc_auc", sadi.Multiclass: "neg_log_loss",
		sadi.RegressionValue: "neg_root_mean_squared_error"} {
		s := metric.Default(p)
		if s.Name != want || !s.Fits(p) {
			t.Errorf("%s: got %s, want %s", p, s.Name, want)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		name    string
		problem sadi.Problem
		want    string // the name, or a part of the error
	}{
		{"roc_auc", sadi.Binary, "roc_auc"},
		{" ROC-AUC ", sadi.Binary, "roc_auc"},
		{"auc", sadi.Binary, "roc_auc"},
		{"AUC", sadi.Multiclass, "roc_auc_ovr"},
		{"log loss", sadi.Multiclass, "neg_log_loss"},
		{"rmse", sadi.RegressionValue, "neg_root_mean_squared_error"},
		{"RMSE", sadi.Binary, "neg_root_mean_squared_error is not defined for a binary problem"},
		{"roc_auc", sadi.Multiclass, "use roc_auc_ovr or roc_auc_ovo"},
		{"f1", sadi.Multiclass, "use f1_macro or f1_weighted"},
		{"f1_samples", sadi.Multiclass, "several labels for a row"},
		{"rand_score", sadi.Binary, "clusters"},
		{"acuracy", sadi.Binary, "did you mean accuracy"},
		{"precission", sadi.Binary, "did you mean precision"},
		{"", sadi.RegressionValue, "use one of neg_root_mean_squared_error"},
		{strings.Repeat("x", 1<<20), sadi.Binary, "is not the name of a metric"},
	} {
		s, err := metric.Lookup(c.name, c.problem)
		switch {
		case err == nil && s.Name != c.want:
			t.Errorf("%.20q for %s: got %s, want %s", c.name, c.problem, s.Name, c.want)
		case err != nil && (sadi.CodeOf(err) != sadi.BadUsage || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%.20q for %s: got the error %.200v, want %s", c.name, c.problem, err, c.want)
		}
	}
	for _, s := range metric.All() {
		for _, p := range s.Problems {
			for _, name := range append([]string{s.Name}, s.Aliases...) {
				if got, err := metric.Lookup(name, p); err != nil || got.Name != s.Name {
					t.Errorf("%s for %s: got %s, %v, want %s", name, p, got.Name, err, s.Name)
				}
			}
		}
	}
}

// score is a number or "undefined".
type score float64

func (s *score) UnmarshalJSON(b []byte) error {
	if string(b) == `"undefined"` {
		*s = score(math.NaN())
		return nil
	}
	return json.Unmarshal(b, (*float64)(s))
}

func TestReference(t *testing.T) {
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name             string
		Problem          sadi.Problem
		Classes          int
		Y, Pred, Weights []float64
		Scores           map[string]score
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	compared := map[string]int{}
	for _, c := range cases {
		d := metric.Data{Y: c.Y, Pred: c.Pred, Weights: c.Weights, Problem: c.Problem, Classes: c.Classes}
		for name, want := range c.Scores {
			s, err := metric.Lookup(name, c.Problem)
			if err != nil {
				t.Fatal(err)
			}
			compared[s.Name]++
			got, err := s.Score(d)
			if math.IsNaN(float64(want)) {
				if !errors.Is(err, metric.ErrUndefined) {
					t.Errorf("%s, %s: got %v, %v, want undefined", c.Name, name, got, err)
				}
				continue
			}
			if w := float64(want); err != nil || math.Abs(got-w) > 1e-11*max(1e-3, math.Abs(w)) {
				t.Errorf("%s, %s: got %v, %v, want %v", c.Name, name, got, err, w)
			}
		}
	}
	for _, s := range metric.All() {
		if compared[s.Name] < 5 {
			t.Errorf("%s is compared on %d cases only", s.Name, compared[s.Name])
		}
	}
}

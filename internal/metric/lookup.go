package metric

import (
	"cmp"
	"slices"
	"strings"

	"sadi"
)

// instead says which scorer does in one problem what another does in a different one, for advice.
var instead = map[string]map[sadi.Problem]string{
	"roc_auc":        {sadi.Multiclass: "roc_auc_ovr or roc_auc_ovo"},
	"f1":             {sadi.Multiclass: "f1_macro or f1_weighted"},
	"precision":      {sadi.Multiclass: "precision_macro or precision_weighted"},
	"recall":         {sadi.Multiclass: "recall_macro or recall_weighted"},
	"jaccard":        {sadi.Multiclass: "jaccard_macro or jaccard_weighted"},
	"top_k_accuracy": {sadi.Binary: "accuracy"},
}

// foreign are scorer names of scikit-learn that belong to problems of another kind.
var foreign = map[string]string{
	"f1_samples": "several labels for a row", "precision_samples": "several labels for a row",
	"recall_samples": "several labels for a row", "jaccard_samples": "several labels for a row",
	"adjusted_mutual_info_score": "clusters", "adjusted_rand_score": "clusters", "completeness_score": "clusters",
	"fowlkes_mallows_score": "clusters", "homogeneity_score": "clusters", "mutual_info_score": "clusters",
	"normalized_mutual_info_score": "clusters", "rand_score": "clusters", "v_measure_score": "clusters",
}

// Lookup finds a scorer of a problem by its name or an alias; case, blanks and hyphens do not matter. An unknown name
// is a BadUsage that lists close ones.
func Lookup(name string, p sadi.Problem) (Scorer, error) {
	key := canonical(name)
	if key == "auc" && p == sadi.Multiclass {
		key = "roc_auc_ovr" // the name that people use for either problem
	}
	for _, s := range scorers {
		if key != s.Name && !slices.Contains(s.Aliases, key) {
			continue
		}
		if s.Fits(p) {
			return s, nil
		}
		err := sadi.Errorf(sadi.BadUsage, "the metric %s is not defined for a %s problem", s.Name, p).At("metric")
		if other := instead[s.Name][p]; other != "" {
			return Scorer{}, err.Advise("use %s", other)
		}
		return Scorer{}, err.Advise("use one of %s", strings.Join(names(For(p)), ", "))
	}
	if kind := foreign[key]; kind != "" {
		return Scorer{}, sadi.Errorf(sadi.BadUsage, "the metric %s is for %s, not for a %s problem", key, kind, p).At("metric").
			Advise("use one of %s", strings.Join(names(For(p)), ", "))
	}
	err := sadi.Errorf(sadi.BadUsage, "%q is not the name of a metric", name).At("metric")
	if near := closest(key, p); len(near) > 0 {
		return Scorer{}, err.Advise("did you mean %s?", strings.Join(near, ", "))
	}
	return Scorer{}, err.Advise("use one of %s", strings.Join(names(For(p)), ", "))
}

func canonical(name string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
}

func names(list []Scorer) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Name
	}
	return out
}

// closest are up to five names and aliases of a problem's scorers that are few edits from key or contain it, the nearest first.
func closest(key string, p sadi.Problem) []string {
	type near struct {
		name     string
		distance int
	}
	const longest = 64 // no name is longer; a longer key is close to none
	if key == "" || len(key) > longest {
		return nil
	}
	var found []near
	for _, s := range For(p) {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			d := edits(key, name)
			if d <= max(1, len(key)/3) || len(key) > 2 && strings.Contains(name, key) {
				found = append(found, near{name, d})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, f := range found[:min(len(found), 5)] {
		out = append(out, f.name)
	}
	return out
}

// edits is the number of letters to insert, delete or replace to make b of a (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

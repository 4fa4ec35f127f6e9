package metric

import (
	"slices"
	"strings"

	"sadi"
	"sadi/internal/near"
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
	if close := near.Names(key, allNames(For(p))); len(close) > 0 {
		return Scorer{}, err.Advise("did you mean %s?", strings.Join(close, ", "))
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

// allNames are the names and the aliases.
func allNames(list []Scorer) []string {
	var out []string
	for _, s := range list {
		out = append(append(out, s.Name), s.Aliases...)
	}
	return out
}

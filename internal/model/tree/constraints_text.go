package tree

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/near"
)

// ParseMonotone reads monotone constraints for features: "(1,-1,0)", one for each feature from the first on, or by
// name, "age:1, income:-1" or {"age": 1, "income": -1}. A name is a feature's or that of the column it was made from.
// Nothing, or nothing but 0, is nil. what is the name of the parameter, for errors.
func ParseMonotone(what, text string, features []dataset.Feature) ([]int8, error) {
	body, named := bare(text), strings.Contains(text, ":")
	if body == "" {
		return nil, nil
	}
	parts := strings.Split(body, ",")
	var object map[string]int
	if json.Unmarshal([]byte(text), &object) == nil { // its names may have commas
		parts = parts[:0]
		for name, d := range object {
			parts = append(parts, name+":"+strconv.Itoa(d))
		}
		slices.Sort(parts)
		named = true
	}
	out := make([]int8, len(features))
	for i, part := range parts {
		at := []int32{int32(i)}
		if named {
			cut := strings.LastIndex(part, ":")
			if cut < 0 {
				return nil, badText(what, "%q is not a name, a colon and 1, -1 or 0", strings.TrimSpace(part))
			}
			var err error
			if at, err = featuresNamed(what, unquoted(part[:cut]), features); err != nil {
				return nil, err
			}
			part = part[cut+1:]
		} else if i >= len(features) {
			return nil, badText(what, "there are more constraints than features (%d)", len(features))
		}
		d, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || d < -1 || d > 1 {
			return nil, badText(what, "a constraint is %q, not 1, -1 or 0", strings.TrimSpace(part))
		}
		for _, j := range at {
			if d != 0 && features[j].Categorical() {
				return nil, badText(what, "feature %q is a category, which has no order", features[j].Name)
			}
			out[j] = int8(d)
		}
	}
	if !slices.ContainsFunc(out, func(d int8) bool { return d != 0 }) {
		return nil, nil
	}
	return out, nil
}

// ParseTogether reads interaction constraints: a list of lists of features, by place or by name, as in
// [[0, 1], [2, 3, 4]] or [["age", "income"], ["city"]]. Nothing is nil.
func ParseTogether(what, text string, features []dataset.Feature) ([][]int32, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var lists [][]any
	if err := json.Unmarshal([]byte(text), &lists); err != nil {
		return nil, badText(what, "%q is not a list of lists of features: %v", clipped(text), err)
	}
	var sets [][]int32
	for _, list := range lists {
		var set []int32
		for _, entry := range list {
			switch v := entry.(type) {
			case float64:
				if v != float64(int(v)) || v < 0 || int(v) >= len(features) {
					return nil, badText(what, "there is no feature %v among %d, counted from 0", v, len(features))
				}
				set = append(set, int32(v))
			case string:
				named, err := featuresNamed(what, v, features)
				if err != nil {
					return nil, err
				}
				set = append(set, named...)
			default:
				return nil, badText(what, "%v is neither the place nor the name of a feature", v)
			}
		}
		slices.Sort(set)
		if set = slices.Compact(set); len(set) > 0 {
			sets = append(sets, set)
		}
	}
	return sets, nil
}

// featuresNamed are the features of a name, or else those made from the column of that name.
func featuresNamed(what, name string, features []dataset.Feature) ([]int32, error) {
	var own, made []int32
	var known []string
	for j, f := range features {
		if f.Name == name {
			own = append(own, int32(j))
		}
		if f.Source == name {
			made = append(made, int32(j))
		}
		known = append(known, f.Name, f.Source)
	}
	switch {
	case len(own) > 0:
		return own, nil
	case len(made) > 0:
		return made, nil
	}
	e := badText(what, "there is no feature %q", clipped(name))
	slices.Sort(known)
	if names := near.Names(name, slices.Compact(known)); len(names) > 0 {
		return nil, e.Advise("did you mean %s?", strings.Join(names, ", "))
	}
	return nil, e
}

func badText(what, format string, args ...any) *sadi.Error {
	return sadi.Errorf(sadi.BadUsage, format, args...).At("%s", what)
}

// bare is a text without the brackets around it and without a comma at its end, as Python writes tuples of one.
func bare(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n >= 2 && slices.Contains([]string{"()", "[]", "{}"}, text[:1]+text[n-1:]) {
		text = strings.TrimSpace(text[1 : n-1])
	}
	return strings.TrimSpace(strings.TrimSuffix(text, ","))
}

// unquoted is a name without the quotes around it.
func unquoted(name string) string {
	name = strings.TrimSpace(name)
	if n := len(name); n >= 2 && (name[0] == '"' || name[0] == '\'') && name[n-1] == name[0] {
		return name[1 : n-1]
	}
	return name
}

// clipped keeps what a person wrote to a length that fits an error.
func clipped(text string) string {
	if r := []rune(text); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return text
}

// WithSingles adds a set for each of d features that no set has: it may stand alone, as in XGBoost.
func WithSingles(sets [][]int32, d int) [][]int32 {
	if sets == nil {
		return nil
	}
	for _, j := range unlisted(sets, d) {
		sets = append(sets, []int32{j})
	}
	return sets
}

// WithRest adds the set of all features that no set has, as scikit-learn does.
func WithRest(sets [][]int32, d int) [][]int32 {
	if rest := unlisted(sets, d); sets != nil && rest != nil {
		sets = append(sets, rest)
	}
	return sets
}

func unlisted(sets [][]int32, d int) (rest []int32) {
	listed := make([]bool, d)
	for _, set := range sets {
		for _, j := range set {
			listed[j] = true
		}
	}
	for j, l := range listed {
		if !l {
			rest = append(rest, int32(j))
		}
	}
	return rest
}

package engine

import (
	"fmt"
	"slices"
	"strings"

	"sadi"
	"sadi/internal/model"
	"sadi/internal/near"
)

// baselineModel is the algorithm that every job runs first and that every verdict is measured against.
const baselineModel = "dummy"

// Resolve finds the algorithms that a request names, for a problem. A name may be an algorithm's own, an alias, or that
// of its sibling for another problem (a classifier where the target turned out a number): then the sibling is taken and
// a note says so. No names = all that can solve the problem.
func Resolve(all []model.Model, names []string, p sadi.Problem) (models []model.Model, notes []string, err error) {
	if len(names) == 0 {
		for _, m := range all {
			if solves(m, p) {
				models = append(models, m)
			}
		}
		return models, nil, nil
	}
	for i, name := range names {
		m, known := find(all, name, p)
		switch {
		case !known:
			return nil, nil, NoModel(all, name).At("params.models[%d]", i)
		case m == nil:
			notes = append(notes, fmt.Sprintf("%s can not solve a %s problem and is left out", name, p))
		case !slices.Contains(models, m):
			if fold(m.Name()) != fold(name) && !hasAlias(m, name) {
				notes = append(notes, fmt.Sprintf("the problem is %s, so %s stands in for %s", p, m.Name(), name))
			}
			models = append(models, m)
		}
	}
	if len(models) == 0 {
		return nil, nil, sadi.Errorf(sadi.BadUsage, "none of the named algorithms can solve a %s problem", p).At("params.models").
			Advise("those that can are %s", strings.Join(namesFor(all, p), ", "))
	}
	return models, notes, nil
}

// NoModel is the error for a name that means no algorithm: it says which it may mean, or lists those that there are.
func NoModel(all []model.Model, name string) *sadi.Error {
	err := sadi.Errorf(sadi.BadUsage, "there is no algorithm %q", name)
	var aliases []string
	for _, m := range all {
		for _, alias := range m.Card().Aliases {
			if !slices.Contains(aliases, alias) {
				aliases = append(aliases, alias)
			}
		}
	}
	close := near.Names(name, modelNames(all))
	if len(close) == 0 {
		close = near.Names(name, aliases)
	}
	if len(close) > 0 {
		return err.Advise("did you mean %s?", strings.Join(close, ", "))
	}
	return err.Advise("the algorithms are %s", strings.Join(modelNames(all), ", "))
}

// find returns the algorithm that the name means for the problem, nil with known = true where it means none.
func find(all []model.Model, name string, p sadi.Problem) (m model.Model, known bool) {
	stem := sibling(name)
	for _, exact := range []bool{true, false} {
		for _, m := range all {
			own := fold(m.Name()) == fold(name) || hasAlias(m, name)
			family := sibling(m.Name()) == stem
			if !own && !family {
				continue
			}
			known = true
			if solves(m, p) && own == exact {
				return m, true
			}
		}
	}
	return nil, known
}

// Find returns the algorithms that a name or an alias means, whatever the problem.
func Find(all []model.Model, name string) []model.Model {
	var found []model.Model
	for _, m := range all {
		if fold(m.Name()) == fold(name) || hasAlias(m, name) || sibling(m.Name()) == sibling(name) && !strings.Contains(name, "classifier") && !strings.Contains(name, "regressor") {
			found = append(found, m)
		}
	}
	return found
}

func hasAlias(m model.Model, name string) bool {
	return slices.ContainsFunc(m.Card().Aliases, func(a string) bool { return fold(a) == fold(name) })
}

var unjoined = strings.NewReplacer("_", "", "-", "", " ", "")

// fold makes XGBClassifier, xgb-classifier and xgb_classifier one name.
func fold(name string) string {
	return strings.ToLower(unjoined.Replace(name))
}

// sibling is the name without the problem in it.
func sibling(name string) string {
	n := fold(name)
	n = strings.TrimSuffix(n, "classifier")
	return strings.TrimSuffix(n, "regressor")
}

func solves(m model.Model, p sadi.Problem) bool { return slices.Contains(m.Caps().Problems, p) }

func modelNames(all []model.Model) []string {
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.Name()
	}
	return names
}

func namesFor(all []model.Model, p sadi.Problem) []string {
	models, _, _ := Resolve(all, nil, p)
	return modelNames(models)
}

package portfolio

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"sadi"
)

// Facts are what is known of a job before anything is trained.
type Facts struct {
	Problem     sadi.Problem
	Rows        int // to learn from
	Cols        int
	Categorical int // columns that are no numbers
	Classes     int // 0 for regression
	// Wall is the time for the whole job; 0 = no bound, taken as five minutes.
	Wall time.Duration
}

// Entry is a configuration to try.
type Entry struct {
	Name   string         // unique in a plan
	Model  string         // the name of an algorithm
	Params map[string]any // as from JSON; what is not there has its default
	Source string         // where the configuration comes from
	Note   string         // why it is tried
}

// Plan is what to try, in order: by tier, and within a tier the cheap before the dear. models are the algorithms that
// may be used, by name; each has at least one entry, if need be with its defaults. No two entries are alike.
func Plan(f Facts, models []string) []Entry {
	c := load()
	type ranked struct {
		Entry
		tier int
		cost float64
	}
	var found []ranked
	for _, e := range c.Entries {
		name := e.model(f.Problem)
		if e.fits(f) && slices.Contains(models, name) {
			found = append(found, ranked{Entry{e.Name, name, e.params(f, c.Pace), c.Sources[e.Source], e.Note}, e.tier(f), e.cost(f)})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.cost, b.cost))
	})
	var plan []Entry
	for _, r := range found {
		plan = append(plan, r.Entry)
	}
	for _, name := range models {
		if !slices.ContainsFunc(plan, func(e Entry) bool { return e.Model == name }) {
			plan = append(plan, Entry{Name: name, Model: name, Note: "the defaults"})
		}
	}
	return plan
}

// model is the algorithm's name for a problem.
func (e *entry) model(p sadi.Problem) string {
	stem, family := strings.CutSuffix(e.Model, "_*")
	switch {
	case !family:
		return e.Model
	case p.IsClassification():
		return stem + "_classifier"
	}
	return stem + "_regressor"
}

func (e *entry) fits(f Facts) bool {
	return (len(e.Problems) == 0 || slices.Contains(e.Problems, f.Problem)) &&
		f.Rows >= e.MinRows && (e.MaxRows == 0 || f.Rows <= e.MaxRows) && f.Categorical >= e.MinCategorical
}

func (r *override) applies(f Facts) bool {
	return f.Rows > r.Above && (len(r.Problems) == 0 || slices.Contains(r.Problems, f.Problem))
}

// tier is the entry's priority for so many rows.
func (e *entry) tier(f Facts) int {
	tier := e.Tier
	for _, r := range e.Rows {
		if r.applies(f) && r.Tier > 0 {
			tier = r.Tier
		}
	}
	return tier
}

// boosters are the beginnings of the names of models that learn in rounds.
var boosters = []string{"xgb_", "lgbm_", "hist_gradient_boosting_", "catboost_"}

// boosts reports whether the entry learns in rounds, each of which takes time for every class.
func (e *entry) boosts() bool {
	return slices.ContainsFunc(boosters, func(prefix string) bool { return strings.HasPrefix(e.Model, prefix) })
}

// cost is the relative training time: boosters grow a tree for each class, forests one for all.
func (e *entry) cost(f Facts) float64 {
	if e.boosts() && f.Problem == sadi.Multiclass {
		return e.Cost * float64(f.Classes)
	}
	return e.Cost
}

// maxRate bounds what the pace does to a learning rate.
const maxRate = 0.2

// params are the entry's parameters for the data.
func (e *entry) params(f Facts, paces []pace) map[string]any {
	p := maps.Clone(e.Params)
	if p == nil {
		p = map[string]any{}
	}
	if f.Problem.IsClassification() {
		maps.Copy(p, e.Classification)
	} else {
		maps.Copy(p, e.Regression)
	}
	for _, r := range e.Rows {
		if r.applies(f) {
			maps.Copy(p, r.Params)
		}
	}
	if rate, ok := p["learning_rate"].(float64); ok && e.boosts() {
		factor := 1.0
		for _, at := range paces {
			if f.load() > at.Load {
				factor = at.Factor
			}
		}
		p["learning_rate"] = max(rate, min(math.Round(rate*factor*1e4)/1e4, maxRate)) // as people write it
	}
	return p
}

// overhead is what growing a tree costs beside reading its rows, as if it were so many values read.
const overhead = 150_000

// load is how much a round of boosting has to read ((rows × columns + overhead) × trees), for each minute that the job
// has. Where it is heavy a booster takes larger steps, so as to be done before its share of the time is over: a small
// step stopped early is worth less than a large one that has arrived.
func (f Facts) load() float64 {
	wall := f.Wall
	if wall <= 0 {
		wall = 5 * time.Minute
	}
	trees := 1
	if f.Problem == sadi.Multiclass {
		trees = f.Classes
	}
	return (float64(float64(f.Rows)*float64(f.Cols)) + overhead) * float64(trees) / wall.Minutes()
}

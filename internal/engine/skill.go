package engine

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/profile"
	"sadi/internal/rng"
	"sadi/internal/split"
	"sadi/internal/table"
	"sadi/internal/trial"
)

// skillRows bounds the rows on which the predictability of a candidate target is measured.
const skillRows = 2000

// Skill measures how well a column can be predicted from the others: a shallow booster learns it on half of a sample
// and is scored on the other half. 0 = no better than its mean or its shares, 1 = perfectly.
func Skill(t *table.Table, booster func(sadi.Problem) (model.Model, map[string]any), ignore []string) profile.Skill {
	return func(ctx context.Context, target string, p sadi.Problem) (float64, error) {
		y, _, kept, err := profile.TargetOf(t.Column(target), nil, p)
		if err != nil {
			return 0, err
		}
		if len(kept) < minRows {
			return 0, nil
		}
		full := y
		full.Y = make([]float64, t.Rows)
		for i, row := range kept {
			full.Y[row] = y.Y[i]
		}
		sample := evenly(kept, skillRows)
		stream := rng.New(0).Child("skill").Child(target)
		fold, err := split.Holdout(sample, 0.5, split.By{Y: full.Y, Classes: y.Classes}, stream)
		if err != nil {
			return 0, err
		}
		m, given := booster(p)
		if m == nil {
			return 0, nil
		}
		values, err := m.Params().Complete(given)
		if err != nil {
			return 0, err
		}
		job := &trial.Job{Table: t, Columns: others(t, target, ignore), Target: full, Folds: []split.Fold{fold},
			Scorer: skillScorer(p), Stream: stream}
		if len(job.Columns) == 0 {
			return 0, nil
		}
		res, err := job.Fold(ctx, trial.Config{Model: m, Values: values}, 0, trial.Control{Rounds: values.Int("n_estimators")})
		if err != nil || math.IsNaN(res.Score) {
			return 0, err
		}
		return aboveChance(res.Score, p, y.Classes), nil
	}
}

// skill is Skill with the algorithms of the job's catalogue.
func (r *run) skill() profile.Skill {
	return Skill(r.table, QuickBooster(r.job.Catalog.Models), r.job.Spec.Params.Ignore)
}

// QuickBooster is the booster that Skill uses.
func QuickBooster(all []model.Model) func(sadi.Problem) (model.Model, map[string]any) {
	return func(p sadi.Problem) (model.Model, map[string]any) {
		m, _ := find(all, "xgb", p)
		return m, map[string]any{"n_estimators": 20, "learning_rate": 0.3, "max_depth": 3}
	}
}

func evenly(rows []int, most int) []int {
	if len(rows) <= most {
		return rows
	}
	sample := make([]int, most)
	for i := range sample {
		sample[i] = rows[i*len(rows)/most]
	}
	return sample
}

// others are the columns from which the target may be predicted.
func others(t *table.Table, target string, ignore []string) []string {
	var names []string
	left := map[string]bool{target: true}
	for _, n := range ignore {
		left[n] = true
	}
	for _, c := range t.Cols {
		if !left[c.Name] && c.Kind != table.Text {
			names = append(names, c.Name)
		}
	}
	return names
}

func skillScorer(p sadi.Problem) metric.Scorer {
	name := "balanced_accuracy"
	if p == sadi.RegressionValue {
		name = "r2"
	} else if p == sadi.Binary {
		name = "roc_auc"
	}
	s, err := metric.Lookup(name, p)
	if err != nil {
		panic("engine: the scorer of the skill is not in the list: " + name)
	}
	return s
}

// aboveChance scales a score so that chance is 0 and perfection 1.
func aboveChance(score float64, p sadi.Problem, classes int) float64 {
	chance := 0.0
	switch p {
	case sadi.Binary:
		chance = 0.5
	case sadi.Multiclass:
		chance = 1 / float64(classes)
	}
	return min(1, max(0, (score-chance)/(1-chance)))
}

package engine

import (
	"context"
	"errors"
	"time"

	"sadi/internal/bundle"
	"sadi/internal/explain"
	"sadi/internal/manifest"
	"sadi/internal/model"
)

const (
	contributedRows  = 1000
	contributedTerms = 1 << 29 // that are added up at most: about seven seconds of one worker
	termsPerSecond   = 1 << 26 // by one worker, rather too few
)

// contribute measures what each column adds to the answers of the best member that is made of trees: exact Shapley values of
// its fold models, on test rows. How many rows they are follows from the size of the models, and not from the clock.
func (r *run) contribute(ctx, asked context.Context) error {
	if len(r.test) == 0 {
		return nil
	}
	at, terms := r.bestOfTrees()
	if at < 0 {
		return nil
	}
	if _, skipped := r.clock.recall(manifest.ShapleySkipped, -1, -1); skipped {
		return nil
	}
	skip := func(why string) error {
		r.clock.decide(manifest.ShapleySkipped, -1, -1, 0, why)
		return nil
	}
	rows := min(len(r.test), contributedRows, contributedTerms/terms)
	if rows < fewestExplain {
		return nil
	}
	switch {
	case errors.Is(context.Cause(asked), ErrInterrupted):
		return skip("the job was asked to stop")
	case r.clock.bounded() && r.spread(float64(rows*terms)/termsPerSecond) > r.spareToExplain():
		return skip("the contributions had to fit into the time that was left")
	}
	if r.clock.bounded() {
		bounded, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		timer := time.AfterFunc(r.spareToExplain(), func() { cancel(errBudget) })
		defer timer.Stop()
		ctx = bounded
	}
	c, err := r.contributions(ctx, r.judged.Members[at].Parts, sampleOf(r.test, rows))
	if errors.Is(context.Cause(ctx), errBudget) {
		return skip("the contributions were not done when their time was up")
	}
	if err != nil {
		return err
	}
	c.Trial = r.combined.slots[at].index
	r.contributed = c
	return nil
}

// bestOfTrees is the member with the best score of those that can be explained exactly on enough rows, −1 = none can, and
// the terms of a row of all its models.
func (r *run) bestOfTrees() (best, terms int) {
	best = -1
	for i, m := range r.judged.Members {
		own := termsOf(m)
		if own == 0 || contributedTerms/own < fewestExplain {
			continue
		}
		if best < 0 || r.combined.slots[i].score > r.combined.slots[best].score {
			best, terms = i, own
		}
	}
	return best, terms
}

// termsOf are the terms of a row of all models of a member, 0 = some can not be explained.
func termsOf(m bundle.Member) int {
	terms := 1
	for _, p := range m.Parts {
		e, ok := p.Fitted.(model.Explainer)
		if !ok {
			return 0
		}
		terms += e.Terms()
	}
	return terms
}

func (r *run) contributions(ctx context.Context, parts []bundle.Part, probe []int) (*manifest.Contributions, error) {
	c := &manifest.Contributions{Scale: manifest.OnPrediction, Rows: len(probe)}
	var models []explain.Prepared
	for _, p := range parts {
		x, err := r.judged.Pipelines[p.Pipeline].Transform(ctx, r.table, probe)
		if err != nil {
			return nil, err
		}
		m := p.Fitted.(model.Explainer)
		if m.OnMargin() {
			c.Scale = manifest.OnMargin
		}
		models = append(models, explain.Prepared{Model: m, X: x})
	}
	columns, err := explain.Contributions(ctx, models, r.features, r.pool)
	if err != nil {
		return nil, err
	}
	for _, v := range columns {
		c.Features = append(c.Features, manifest.Contribution{Feature: v.Column, Mean: v.Mean})
	}
	return c, nil
}

package engine

import (
	"context"
	"fmt"
	"time"

	"sadi/internal/bundle"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/ensemble"
	"sadi/internal/evaluate"
	"sadi/internal/metric"
	"sadi/internal/table"
	"sadi/internal/trial"
)

// judge scores the ensemble, as the search left it, on the rows that nobody touched; with --test-size 0 on its
// out-of-fold predictions. What the importances may cost the clock decides.
func (r *run) judge(ctx, asked context.Context) (err error) {
	if r.judged, err = r.assemble(ctx, r.trial, r.combined.slots, r.combined.weights); err != nil {
		return err
	}
	data, baseline := r.verdictData(ctx, &err)
	if err != nil {
		return err
	}
	r.report, err = evaluate.Judge(ctx, evaluate.Input{Data: data, Baseline: baseline, Labels: r.labels, Scorer: r.scorer,
		Stream: r.stream.Child("evaluate"), Pool: r.pool})
	if err != nil {
		return err
	}
	if err := r.explain(ctx, asked); err != nil {
		return err
	}
	return r.contribute(ctx, asked)
}

// verdictData are the predictions to be judged and those of the baseline on the same rows.
func (r *run) verdictData(ctx context.Context, err *error) (data, baseline metric.Data) {
	if len(r.test) == 0 {
		data, baseline = r.scoredData(), r.scoredData()
		data.Pred = r.blend()
		baseline.Pred = r.queue.slots[0].outOfFold()
		return data, baseline
	}
	y := r.target.Take(r.test)
	data = trial.MetricData(y, r.weightsOf(r.test), nil)
	baseline = data
	began := time.Now()
	defer func() { r.predictTime = time.Since(began) }()
	if r.testPred, *err = r.judged.Predict(ctx, r.table, r.test, r.pool); *err != nil {
		return data, baseline
	}
	data.Pred = r.testPred
	b, e := r.baselineBundle(ctx)
	if e != nil {
		*err = e
		return data, baseline
	}
	baseline.Pred, *err = b.Predict(ctx, r.table, r.test, r.pool)
	return data, baseline
}

func (r *run) weightsOf(rows []int) []float64 {
	if r.weights == nil {
		return nil
	}
	w := make([]float64, len(rows))
	for i, row := range rows {
		w[i] = r.weights[row]
	}
	return w
}

// blend is the ensemble's out-of-fold prediction.
func (r *run) blend() []float64 {
	preds := make([][]float64, len(r.combined.slots))
	for i, s := range r.combined.slots {
		preds[i] = s.outOfFold()
	}
	dst := make([]float64, len(preds[0]))
	ensemble.Blend(dst, preds, r.combined.weights)
	return dst
}

// assemble makes a bundle of trials from the fold models that the search kept.
func (r *run) assemble(ctx context.Context, job *trial.Job, slots []*slot, weights []float64) (*bundle.Bundle, error) {
	b := r.newBundle()
	pipes := map[pipeKey]int{}
	for i, s := range slots {
		m := bundle.Member{Weight: weights[i], Name: s.name}
		for fold := range s.folds {
			payload, err := r.loadModel(s, fold)
			if err != nil {
				return nil, err
			}
			part, err := r.part(ctx, b, pipes, job, s, fold, payload)
			if err != nil {
				return nil, err
			}
			m.Parts = append(m.Parts, part)
		}
		b.Members = append(b.Members, m)
	}
	return b, nil
}

type pipeKey struct {
	fold  int
	input dataset.Input
}

// part decodes one fitted model and gives it its preparation, which the members share.
func (r *run) part(ctx context.Context, b *bundle.Bundle, pipes map[pipeKey]int, job *trial.Job, s *slot, fold int, payload []byte) (bundle.Part, error) {
	m := s.config.Model
	key := pipeKey{fold, m.Caps().Input}
	at, ok := pipes[key]
	if !ok {
		view, err := job.View(ctx, fold, key.input)
		if err != nil {
			return bundle.Part{}, err
		}
		at = len(b.Pipelines)
		pipes[key] = at
		b.Pipelines = append(b.Pipelines, view.Pipeline)
	}
	reader := codec.NewReader(payload)
	fitted, err := m.Decode(reader)
	if err == nil {
		err = reader.Done()
	}
	if err != nil {
		return bundle.Part{}, fmt.Errorf("read back %s: %w", s.name, err)
	}
	return bundle.Part{Pipeline: at, Model: m.Name(), Fitted: fitted}, nil
}

func (r *run) newBundle() *bundle.Bundle {
	b := &bundle.Bundle{Target: r.targetInfo.Column, Problem: r.target.Problem, Labels: r.labels, Metric: r.scorer.Name}
	for _, name := range r.features {
		c := r.table.Column(name)
		b.Fields = append(b.Fields, table.Field{Name: c.Name, Kind: c.Kind, Format: c.Format})
	}
	return b
}

// judgedText says which model the verdict is about.
func (r *run) judgedText() string {
	how := fmt.Sprintf("the mean of %d fold models for each member", len(r.trial.Folds))
	if len(r.trial.Folds) == 1 {
		how = "one model for each member"
	}
	if len(r.test) == 0 {
		return fmt.Sprintf("no rows were set aside: the verdict is on out-of-fold predictions of the %d rows (%s), by which the ensemble was also chosen", len(r.trial.Scored()), how)
	}
	return fmt.Sprintf("the ensemble as the search left it (%s), fitted on %d rows and judged on %d others", how, len(r.train), len(r.test))
}

// baselineBundle is the baseline as the search left it.
func (r *run) baselineBundle(ctx context.Context) (*bundle.Bundle, error) {
	return r.assemble(ctx, r.trial, []*slot{r.queue.slots[0]}, []float64{1})
}

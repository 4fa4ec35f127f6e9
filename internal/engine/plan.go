package engine

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/manifest"
	"sadi/internal/portfolio"
	"sadi/internal/trial"
)

// plan puts the configurations that are known beforehand in order: the baseline, then the portfolio's for these facts.
func (r *run) plan(context.Context) error {
	p := r.job.Spec.Params
	models, notes, err := Resolve(r.job.Catalog.Models, p.Models, r.target.Problem)
	if err != nil {
		return err
	}
	for _, n := range notes {
		r.note("%s", n)
	}
	r.models = models
	names := modelNames(models)
	entries := portfolio.Plan(r.facts(), names)
	r.entries = entries[:0:0]
	if len(entries) == 0 || entries[0].Model != baselineModel {
		r.entries = append(r.entries, portfolio.Entry{Name: baselineModel, Model: baselineModel})
	}
	r.entries = append(r.entries, entries...)
	for _, e := range r.entries {
		m, _ := find(r.job.Catalog.Models, e.Model, r.target.Problem)
		if m == nil || m.Name() != e.Model {
			return sadi.Errorf(sadi.Internal, "the portfolio names the algorithm %q, which is not in the catalogue", e.Model)
		}
		if _, err := m.Params().Complete(e.Params); err != nil {
			return err
		}
	}
	if r.folder, err = artifact.Create(r.job.Dir, r.job.Files...); err != nil {
		return err
	}
	if err := os.MkdirAll(r.workDir(), 0o777); err != nil {
		return sadi.Errorf(sadi.Unavailable, "the folder for work in progress can not be made: %w", err).At("%s", r.workDir())
	}
	r.emit(sadi.Event{Kind: sadi.EventPlan, Stage: "plan", Data: r.planRecord()})
	return nil
}

// facts are what the portfolio decides by.
func (r *run) facts() portfolio.Facts {
	f := portfolio.Facts{Problem: r.target.Problem, Rows: len(r.train), Cols: len(r.features), Classes: r.target.Classes,
		Wall: r.job.Spec.Params.Budget.Wall}
	for _, name := range r.features {
		if !r.table.Column(name).Kind.Numeric() {
			f.Categorical++
		}
	}
	return f
}

// config is a planned entry as a trial; the plan has checked that it can be made.
func (r *run) config(e portfolio.Entry) trial.Config {
	m, _ := find(r.job.Catalog.Models, e.Model, r.target.Problem)
	values, err := m.Params().Complete(e.Params)
	if err != nil {
		panic("engine: a planned entry has lost its values")
	}
	return trial.Config{Model: m, Values: values}
}

func sourceOf(e portfolio.Entry) manifest.Source {
	if e.Model == baselineModel {
		return manifest.FromBaseline
	}
	return manifest.FromPortfolio
}

func (r *run) planRecord() manifest.Plan {
	p := manifest.Plan{Lookahead: lookahead, MaxTrials: r.job.Spec.Params.Budget.Trials, Degraded: r.degraded, Entries: []manifest.Entry{}}
	if r.job.Spec.Params.HPO {
		p.Searcher = r.job.Catalog.Searcher.Name()
	}
	for i, e := range r.entries {
		params := e.Params
		if params == nil {
			params = map[string]any{}
		}
		p.Entries = append(p.Entries, manifest.Entry{Index: i, Name: e.Name, Model: e.Model, Params: params, Source: sourceOf(e)})
	}
	return p
}

// workDir holds the fold models of trials while the job runs. They lie on disk and not in memory: a forest of one fold
// can take more room than the data.
func (r *run) workDir() string { return filepath.Join(r.job.Dir, ".work") }

func (r *run) modelPath(s *slot, fold int) string {
	return filepath.Join(r.workDir(), strconv.Itoa(s.index)+"."+strconv.Itoa(fold)+".model")
}

func (r *run) keepModel(s *slot, fold int, payload []byte) error {
	if err := os.WriteFile(r.modelPath(s, fold), payload, 0o666); err != nil {
		return sadi.Errorf(sadi.Unavailable, "a fold's model could not be kept: %w", err).Advise("check the room on the disk")
	}
	return nil
}

func (r *run) loadModel(s *slot, fold int) ([]byte, error) {
	payload, err := os.ReadFile(r.modelPath(s, fold))
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the model of %s, fold %d, is gone: %w", s.name, fold, err)
	}
	return payload, nil
}

// cleanUp removes work in progress.
func (r *run) cleanUp() {
	if r.folder != nil {
		os.RemoveAll(r.workDir())
	}
}

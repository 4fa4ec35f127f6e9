package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"sadi"
	"sadi/internal/host"
	"sadi/internal/manifest"
	"sadi/internal/report"
	"sadi/internal/table/parquet"
)

// publishCost is the part of the budget that writing the record may take.
func (r *run) publishCost() time.Duration {
	return max(r.clock.wall/100, 150*time.Millisecond) + time.Duration(r.publishAhead.Load())
}

// publish writes the job's folder, the manifest last.
func (r *run) publish(context.Context) error {
	trials := []manifest.Trial{}
	var seconds []float64
	for _, s := range r.queue.slots {
		trials = append(trials, r.trialRecord(s))
		seconds = append(seconds, s.seconds())
	}
	m := &manifest.Manifest{Schema: manifest.Schema, JobID: r.job.ID, Status: sadi.Succeeded, DatasetHash: r.reading.SHA256}
	if err := r.determined(&m.Determined, trials); err != nil {
		return err
	}
	if err := r.writeModel(); err != nil {
		return err
	}
	if err := r.writePredictions(); err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer) error{
		"trials.jsonl":            func(w io.Writer) error { return manifest.WriteTrials(w, trials) },
		"leaderboard.csv":         func(w io.Writer) error { return manifest.WriteLeaderboard(w, &m.Determined) },
		"profile.json":            func(w io.Writer) error { return writeJSON(w, r.profile) },
		"explain/importance.json": func(w io.Writer) error { return writeJSON(w, r.importances) },
		"evaluation.json":         func(w io.Writer) error { return writeJSON(w, r.report) },
	} {
		if _, err := r.folder.Put(name, write); err != nil {
			return err
		}
	}
	r.observed(&m.Observed, seconds)
	if r.job.Observed != nil {
		if at := r.job.Observed(); at != nil {
			m.Observed.MLflow = at
			if at.RunID != "" {
				m.MLflowRunID = &at.RunID
			}
		}
	}
	if err := report.Write(r.folder, m, r.report, r.profile); err != nil {
		return err
	}
	r.cleanUp()
	if err := manifest.Finish(r.folder, m); err != nil {
		return err
	}
	r.manifest = m
	return nil
}

// determined fills what must come out the same in a replay.
func (r *run) determined(d *manifest.Determined, trials []manifest.Trial) (err error) {
	name := cmp.Or(r.job.Name, filepath.Base(r.job.Path))
	d.Spec = manifest.SpecOf(r.job.Spec, name)
	d.Dataset = manifest.Dataset{Name: name, Bytes: r.reading.Bytes, SHA256: r.reading.SHA256,
		Rows: r.table.Rows, Columns: len(r.table.Cols), Schema: r.table.Schema(), Dialect: []manifest.Finding{}, Repairs: []manifest.Repair{}}
	for _, f := range r.reading.Findings {
		d.Dataset.Dialect = append(d.Dataset.Dialect, manifest.Finding{What: f.What, Value: f.Value, Why: f.Why})
	}
	for _, f := range r.reading.Repairs {
		d.Dataset.Repairs = append(d.Dataset.Repairs, manifest.Repair{Code: f.Code, Text: f.Text, Count: f.Count, Where: f.Where})
	}
	d.Target = r.targetInfo
	d.Guardrails = []manifest.Guardrail{}
	for _, g := range r.guardrails {
		d.Guardrails = append(d.Guardrails, manifest.Guardrail{Code: g.Code, Severity: manifest.Severity(g.Severity), Column: g.Column, Text: g.Text, Advice: g.Advice})
	}
	d.Features, d.Dropped = r.features, r.dropped
	if d.Dropped == nil {
		d.Dropped = []manifest.Dropped{}
	}
	d.Split = r.splitInfo
	d.Metric = manifest.Metric{Name: r.scorer.Name, GreaterIsBetter: !r.scorer.Less, Optimum: r.scorer.Shown(r.scorer.Optimum), Why: r.metricWhy()}
	d.Plan = r.planRecord()
	d.Trials = trials
	d.Clock = r.clock.decisions()
	if d.Clock == nil {
		d.Clock = []manifest.Decision{}
	}
	e := &manifest.Ensemble{Members: []manifest.Member{}, Score: r.scorer.Shown(r.combined.score), Path: r.combined.path}
	for i, s := range r.combined.slots {
		e.Members = append(e.Members, manifest.Member{Trial: s.index, Weight: r.combined.weights[i]})
	}
	d.Ensemble = e
	d.Delivered = r.deliveredInfo
	if d.Test, err = rawJSON(r.report); err != nil {
		return err
	}
	d.Importances = []manifest.Importance{}
	for _, im := range r.importances {
		d.Importances = append(d.Importances, manifest.Importance{Feature: im.Column, Mean: im.Mean, Std: im.Std})
	}
	d.Contributions = r.contributed
	return nil
}

func (r *run) metricWhy() string {
	if r.job.Spec.Params.Metric != "" {
		return "it was asked for"
	}
	return "it is the default for a " + string(r.target.Problem) + " problem"
}

// observed fills what another run does not repeat.
func (r *run) observed(o *manifest.Observed, trialSeconds []float64) {
	finished := time.Now()
	name, _ := os.Hostname() // a machine without a name is no reason to lose a job
	*o = manifest.Observed{Started: manifest.Time{Time: r.started}, Finished: manifest.Time{Time: finished},
		Seconds: finished.Sub(r.started).Seconds(), Host: name, OS: runtime.GOOS + "/" + runtime.GOARCH, Level: manifest.Level(), CPUs: runtime.NumCPU(),
		Jobs: r.pool.Width(), MemoryLimit: r.job.Spec.Params.Memory, PeakMemory: host.PeakMemory(), Input: r.job.Path,
		TrialSeconds: trialSeconds, Stages: r.stages, Warnings: r.notes}
}

func (r *run) writeModel() error {
	file := r.delivered.Encode()
	_, err := r.folder.Put("model/model.sadi", func(w io.Writer) error { _, err := w.Write(file); return err })
	return err
}

// writePredictions leaves the ensemble's predictions where its truth is known: out of fold, and on the test rows.
func (r *run) writePredictions() error {
	rows := r.trial.Scored()
	var fold []int64
	for k, f := range r.trial.Folds {
		for range f.Valid {
			fold = append(fold, int64(k))
		}
	}
	err := r.putPredictions("predictions/oof.parquet", rows, r.blend(), parquet.Column{Name: "fold", Ints: fold})
	if err != nil || len(r.test) == 0 {
		return err
	}
	return r.putPredictions("predictions/test.parquet", r.test, r.testPred)
}

func (r *run) putPredictions(name string, rows []int, pred []float64, more ...parquet.Column) error {
	number := make([]int64, len(rows))
	for i, row := range rows {
		number[i] = int64(row)
	}
	cols := append([]parquet.Column{{Name: "row", Ints: number}}, more...)
	cols = append(cols, r.truthColumn(rows))
	k := r.target.Outputs()
	for j := range k {
		values := make([]float64, len(rows))
		for i := range values {
			values[i] = pred[i*k+j]
		}
		label := "prediction"
		if r.target.Problem == sadi.Binary {
			label = "proba_" + r.labels[1]
		} else if k > 1 {
			label = "proba_" + r.labels[j]
		}
		cols = append(cols, parquet.Column{Name: label, Floats: values})
	}
	_, err := r.folder.Put(name, func(w io.Writer) error { return parquet.Write(w, cols) })
	return err
}

func (r *run) truthColumn(rows []int) parquet.Column {
	y := r.target.Take(rows).Y
	if r.labels == nil {
		return parquet.Column{Name: "target", Floats: y}
	}
	words := make([]string, len(y))
	for i, k := range y {
		words[i] = r.labels[int(k)]
	}
	return parquet.Column{Name: "target", Strings: words}
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

package tracker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"sadi"
	"sadi/internal/evaluate"
	"sadi/internal/manifest"
	"sadi/internal/mlflow"
	"sadi/internal/mlflow/flavor"
	"sadi/internal/profile"
	"sadi/internal/table"
)

// runStatus is what a job's state is to MLflow. A job that waits again is set going again by whoever takes it.
func runStatus(s sadi.State) mlflow.Status {
	switch s {
	case sadi.Succeeded:
		return mlflow.Finished
	case sadi.Failed:
		return mlflow.Failed
	case sadi.Cancelled:
		return mlflow.Killed
	}
	return mlflow.Scheduled
}

// modelFolder is where a run has its model.
const modelFolder = "model"

// end tells how a job ended, with all that it left.
func (t *teller) end(e ending, at time.Time) error {
	if err := t.flush(); err != nil {
		return err
	}
	var m *manifest.Manifest
	if e.Dir != "" {
		var err error
		if m, err = manifest.Read(e.Dir); err != nil {
			t.note("the result of the job is not there any more: " + err.Error())
		}
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{"facts", func() error { return t.outcome(m, e, at) }},
		{"input", func() error { return t.input(m) }},
	}
	if m != nil {
		steps = append(steps, []struct {
			name string
			do   func() error
		}{
			{"trials", func() error { return t.unheard(m, at) }},
			{"artifacts", func() error { return t.artifacts(e.Dir) }},
			{"model", func() error { return t.model(m, e.Dir, at) }},
		}...)
	}
	for _, s := range steps {
		if t.spool.state.steps[s.name] {
			continue
		}
		if err := s.do(); err != nil {
			return err
		}
		t.spool.note(entry{Step: s.name})
	}
	end := at
	if !e.State.Final() {
		end = time.Time{}
	}
	return pass(t.call("the end of a run was not taken", func() error { return t.store.End(t.ctx, t.id, runStatus(e.State), end) }))
}

// outcome logs the verdict.
func (t *teller) outcome(m *manifest.Manifest, e ending, at time.Time) error {
	b := mlflow.Batch{Tags: []mlflow.Pair{{Key: "sadi.state", Value: string(e.State)}}}
	if e.Error != "" {
		b.Tags = append(b.Tags, mlflow.Pair{Key: "sadi.error", Value: e.Error})
	}
	if m == nil {
		return t.log(t.id, b)
	}
	d := &m.Determined
	add := func(key string, v float64) {
		b.Metrics = append(b.Metrics, mlflow.Metric{Key: key, Value: v, Time: at})
	}
	add("seconds", m.Observed.Seconds)
	add("trials", float64(len(d.Trials)))
	if d.Ensemble != nil {
		add("score", d.Ensemble.Score)
		add(d.Metric.Name, d.Ensemble.Score)
	}
	var report evaluate.Report
	if json.Unmarshal(d.Test, &report) == nil {
		for _, v := range report.Metrics {
			if v.Value.Defined() {
				add("test_"+v.Name, float64(v.Value))
			}
		}
	}
	b.Tags = append(b.Tags, mlflow.Pair{Key: "sadi.digest", Value: m.Digest}, mlflow.Pair{Key: "sadi.model", Value: d.Delivered.Model},
		mlflow.Pair{Key: "sadi.dataset_hash", Value: m.DatasetHash}, mlflow.Pair{Key: "sadi.go_version", Value: d.Program.GoVersion},
		mlflow.Pair{Key: mlflow.TagNote, Value: describe(d, &report)})
	return t.log(t.id, b)
}

// describe is the job in a few lines of Markdown, which MLflow shows above a run and beside a model.
func describe(d *manifest.Determined, report *evaluate.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** of %s: %s\n\n", d.Target.Column, d.Dataset.Name, report.Verdict)
	fmt.Fprintf(&b, "- delivered: %s, fitted on %s\n- judged: %s\n- %d rows, %d features, scored by %s\n", d.Delivered.Model, d.Delivered.Rows,
		d.Delivered.Judged, d.Dataset.Rows, len(d.Features), d.Metric.Name)
	for _, g := range d.Guardrails {
		if g.Severity != manifest.Info {
			fmt.Fprintf(&b, "- %s: %s\n", g.Severity, g.Text)
		}
	}
	return b.String()
}

// colspec are MLflow's words for the types of columns.
var colspec = map[table.Kind]string{table.Number: "double", table.Integer: "long", table.Boolean: "boolean", table.Category: "string",
	table.DateTime: "datetime", table.Text: "string"}

// column is a column of a data set, in MLflow's words.
type column struct {
	Type     string `json:"type"`
	Name     string `json:"name"`
	Required bool   `json:"required"`
}

// maxSchema bounds what MLflow keeps of a schema.
const maxSchema = 1_000_000

// input logs what the job learned from.
func (t *teller) input(m *manifest.Manifest) error {
	j := &t.spool.job
	in := mlflow.Input{Name: j.Dataset, Digest: mlflow.Cut(j.Hash, mlflow.MaxDigest), SourceType: "local", Context: "training"}
	source := map[string]any{"uri": j.Input}
	if m != nil {
		d := &m.Determined.Dataset
		in.Digest = mlflow.Cut(d.SHA256, mlflow.MaxDigest)
		var columns []column
		for _, f := range d.Schema {
			columns = append(columns, column{colspec[f.Kind], f.Name, true})
		}
		in.Schema = string(mustJSON(map[string]any{"mlflow_colspec": columns}))
		if len(in.Schema) > maxSchema {
			in.Schema = ""
		}
		in.Profile = string(mustJSON(map[string]any{"num_rows": d.Rows, "num_elements": d.Rows * d.Columns, "sha256": d.SHA256, "bytes": d.Bytes}))
	}
	if in.Digest == "" {
		return nil // the job ended before its data were read
	}
	in.Source = string(mustJSON(source))
	return pass(t.call("the data set was not taken as an input", func() error { return t.store.LogInput(t.ctx, t.id, in) }))
}

// unheard tells of the trials that had begun when the search was ended.
func (t *teller) unheard(m *manifest.Manifest, at time.Time) error {
	for _, tr := range m.Determined.Trials {
		if tr.Status == sadi.TrialSkipped {
			continue
		}
		if err := t.trial(tr, learned{Trial: tr.Index}, at); err != nil {
			return err
		}
	}
	return nil
}

// artifacts uploads the job's folder, file by file.
func (t *teller) artifacts(dir string) error {
	return t.upload(dir, func(name string) string { return name })
}

func (t *teller) upload(dir string, place func(name string) string) error {
	var names []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			name, _ := filepath.Rel(dir, p) // it lies below
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.note("the files of the job can not be read: " + err.Error())
		return nil
	}
	slices.Sort(names)
	for _, name := range names {
		to := place(name)
		if t.spool.state.steps["put "+to] {
			continue
		}
		err := t.put(to, filepath.Join(dir, filepath.FromSlash(name)))
		if err == errStopped {
			return err
		}
		if mlflow.Unsupported(err) || errors.Is(err, fs.ErrPermission) {
			return nil // the next one fares no better
		}
	}
	return nil
}

// put uploads a file.
func (t *teller) put(to, file string) error {
	err := t.call("an artifact was not taken", func() error { return t.store.Put(t.ctx, t.spool.state.parent(), to, file) })
	if err == nil {
		t.spool.note(entry{Step: "put " + to})
	}
	return err
}

// model makes the artifacts a model in MLflow's sense, as far as there is one that Python loads, and registers it where
// that was asked for.
func (t *teller) model(m *manifest.Manifest, dir string, at time.Time) error {
	onnx, ok, err := flavor.Find(dir)
	if err != nil {
		t.note(err.Error())
	}
	if ok {
		if err := t.flavor(onnx, m, dir, at); err != nil {
			return err
		}
	}
	name := t.spool.job.Spec.Params.RegisterAs
	if name == "" {
		return nil
	}
	if !ok {
		t.note("the registered model " + name + " holds model.sadi, which sadi predict loads and MLflow's Python does not: the job has no ONNX export")
	}
	return t.register(m, name)
}

// flavor writes the files that make the folder a model and uploads them.
func (t *teller) flavor(onnx flavor.Model, m *manifest.Manifest, dir string, at time.Time) error {
	job := flavor.Job{Manifest: m, Run: t.id, Made: at, Path: modelFolder}
	if text, err := os.ReadFile(filepath.Join(dir, "profile.json")); err == nil {
		var p profile.Profile
		if json.Unmarshal(text, &p) == nil {
			job.Profile = &p
		}
	}
	files, info, err := onnx.Files(job)
	if err != nil {
		t.note(err.Error())
		return nil
	}
	temp, err := os.MkdirTemp(t.spool.dir, "model")
	if err != nil {
		t.note("the model's folder for MLflow can not be written: " + err.Error())
		return nil
	}
	defer os.RemoveAll(temp)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(temp, name), text, 0o666); err != nil {
			t.note("the model's folder for MLflow can not be written: " + err.Error())
			return nil
		}
	}
	if err := pass(t.put(path.Join(modelFolder, filepath.Base(onnx.File)), onnx.File)); err != nil {
		return err
	}
	if err := t.upload(temp, func(name string) string { return path.Join(modelFolder, name) }); err != nil {
		return err
	}
	return pass(t.call("the model was not noted at its run", func() error { return t.store.LogModel(t.ctx, t.id, info) }))
}

// register adds a version to the model registry.
func (t *teller) register(m *manifest.Manifest, name string) error {
	d := &m.Determined
	var report evaluate.Report
	if json.Unmarshal(d.Test, &report) != nil {
		report = evaluate.Report{}
	}
	if !t.spool.state.steps["put "+modelFolder+"/model.sadi"] {
		t.note("the model was not registered as " + name + ": its files could not be brought to the run")
		return nil
	}
	v := mlflow.Version{Model: name, Source: t.spool.state.parent().Artifacts + "/" + modelFolder, Run: t.id, Description: describe(d, &report),
		Tags: []mlflow.Pair{{Key: "sadi.job_id", Value: m.JobID}, {Key: "sadi.digest", Value: m.Digest}, {Key: "sadi.version", Value: d.Program.Version},
			{Key: "sadi.metric", Value: d.Metric.Name}, {Key: "sadi.dataset_hash", Value: m.DatasetHash}}}
	if len(report.Metrics) > 0 && report.Metrics[0].Value.Defined() {
		v.Tags = append(v.Tags, mlflow.Pair{Key: "sadi.test_score", Value: strconv.FormatFloat(float64(report.Metrics[0].Value), 'g', 6, 64)})
	}
	var number string
	err := t.call("the model was not registered", func() (err error) {
		number, err = t.store.Register(t.ctx, v)
		return err
	})
	if err != nil {
		return pass(err)
	}
	return t.log(t.id, mlflow.Batch{Tags: []mlflow.Pair{{Key: "sadi.registered_model", Value: name + "/" + number}}})
}

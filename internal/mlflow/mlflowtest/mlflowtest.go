// Package mlflowtest holds stores of runs to their contract, and has what tests of them need: a double of a tracking
// server that is stricter than the real ones, a reader of file stores that follows MLflow's, and a real server.
package mlflowtest

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sadi/internal/mlflow"
)

// Point is a point of a metric as it was read back.
type Point struct {
	Value float64
	Time  int64 // Unix milliseconds
	Step  int64
}

// State is a run as it was read back.
type State struct {
	Experiment string // its name
	Name       string
	Status     string
	Start, End int64
	Params     map[string]string
	Tags       map[string]string
	Metrics    map[string][]Point // in the order of steps
	Inputs     []mlflow.Input
	Artifacts  map[string]string // content by path
}

// ModelVersion is a version in the registry as it was read back.
type ModelVersion struct {
	Number, Source, Run, Description string
	Tags                             map[string]string
}

// Reader reads back what a store holds, without using the store.
type Reader interface {
	Run(t *testing.T, id string) State
	Versions(t *testing.T, model string) []ModelVersion
}

// Lacks names what a store of this kind does not have; the suite then wants it said.
type Lacks struct{ Inputs, Models, Registry, Artifacts, Infinity bool }

// Run holds a store to the contract. open makes a new, empty one.
func Run(t *testing.T, lacks Lacks, open func(t *testing.T) (mlflow.Store, Reader)) {
	s := suite{lacks, open}
	for _, c := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"experiments are made once", s.experiments}, {"a run's life", s.life}, {"runs are found by their key", s.find},
		{"large batches", s.large}, {"values that are hard", s.values}, {"what is repeated is there once", s.repeat},
		{"inputs", s.inputs}, {"artifacts", s.artifacts}, {"models", s.models}, {"registry", s.registry}, {"absent runs", s.absent},
	} {
		t.Run(c.name, c.do)
	}
}

type suite struct {
	lacks Lacks
	open  func(t *testing.T) (mlflow.Store, Reader)
}

// Start is when the runs of the suite begin.
var Start = time.UnixMilli(1795410750556)

func (s suite) begin(t *testing.T, key string, tags ...mlflow.Pair) (mlflow.Store, Reader, mlflow.Run) {
	t.Helper()
	store, read := s.open(t)
	exp, err := store.Experiment(t.Context(), "SADI/auto_ml")
	if err != nil {
		t.Fatal(err)
	}
	run, err := store.CreateRun(t.Context(), mlflow.NewRun{Experiment: exp, Key: key, Name: "search é", User: "me", Start: Start, Tags: tags})
	if err != nil || run.ID == "" || run.Experiment != exp {
		t.Fatalf("%+v, %v", run, err)
	}
	return store, read, run
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s suite) experiments(t *testing.T) {
	store, read := s.open(t)
	ctx := t.Context()
	ids := map[string]string{}
	for range 2 {
		for _, name := range []string{"SADI/auto_ml", "ventas ñ", "it's \"quoted\": yes", "123"} {
			id, err := store.Experiment(ctx, name)
			must(t, err)
			if old, ok := ids[name]; ok && old != id {
				t.Errorf("%s is %s and %s", name, old, id)
			}
			ids[name] = id
			run, err := store.CreateRun(ctx, mlflow.NewRun{Experiment: id, Key: "k", Name: "n", User: "u", Start: Start})
			must(t, err)
			if got := read.Run(t, run.ID).Experiment; got != name {
				t.Errorf("the run stands in %q, want %q", got, name)
			}
		}
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Error("two experiments have one id")
		}
		seen[id] = true
	}
}

func (s suite) life(t *testing.T) {
	store, read, parent := s.begin(t, "job-1", mlflow.Pair{Key: "sadi.target", Value: "species"})
	ctx := t.Context()
	child, err := store.CreateRun(ctx, mlflow.NewRun{Experiment: parent.Experiment, Key: "job-1/0", Name: "trial", User: "me", Start: Start,
		Tags: []mlflow.Pair{{Key: mlflow.TagParent, Value: parent.ID}}})
	must(t, err)
	must(t, store.Log(ctx, child.ID, mlflow.Batch{Params: []mlflow.Pair{{Key: "depth", Value: "6"}, {Key: "text", Value: "a\nb é 名"}, {Key: "empty", Value: ""}},
		Metrics: []mlflow.Metric{{Key: "auc", Value: 0.5, Time: Start, Step: 1}, {Key: "auc", Value: 0.25, Time: Start, Step: 0}, {Key: "valid/loss", Value: -3, Time: Start, Step: 2}},
		Tags:    []mlflow.Pair{{Key: "note", Value: "one"}}}))
	must(t, store.Log(ctx, child.ID, mlflow.Batch{Tags: []mlflow.Pair{{Key: "note", Value: "two"}}, Metrics: []mlflow.Metric{{Key: "auc", Value: 0.125, Time: Start, Step: 2}}}))
	must(t, store.End(ctx, child.ID, mlflow.Finished, Start.Add(1500*time.Millisecond)))
	got := read.Run(t, child.ID)
	if got.Status != "FINISHED" || got.Start != Start.UnixMilli() || got.End != Start.UnixMilli()+1500 || got.Name != "trial" {
		t.Errorf("%+v", got)
	}
	for key, want := range map[string]string{"depth": "6", "text": "a\nb é 名", "empty": ""} {
		if v, ok := got.Params[key]; !ok || v != want {
			t.Errorf("%s is %q", key, v)
		}
	}
	for key, want := range map[string]string{"note": "two", mlflow.TagParent: parent.ID, mlflow.KeyTag: "job-1/0", mlflow.TagUser: "me", mlflow.TagRunName: "trial"} {
		if got.Tags[key] != want {
			t.Errorf("the tag %s is %q, want %q", key, got.Tags[key], want)
		}
	}
	if m := fmt.Sprint(got.Metrics["auc"], got.Metrics["valid/loss"]); m != fmt.Sprint([]Point{{0.25, Start.UnixMilli(), 0}, {0.5, Start.UnixMilli(), 1}, {0.125, Start.UnixMilli(), 2}}, []Point{{-3, Start.UnixMilli(), 2}}) {
		t.Errorf("metrics: %s", m)
	}
	if got := read.Run(t, parent.ID); got.Status != "RUNNING" || got.End != 0 || got.Tags["sadi.target"] != "species" || got.Name != "search é" {
		t.Errorf("parent: %+v", got)
	}
	for _, status := range []mlflow.Status{mlflow.Failed, mlflow.Killed, mlflow.Scheduled, mlflow.Running} {
		end := Start.Add(time.Second)
		if status == mlflow.Running {
			end = time.Time{}
		}
		must(t, store.End(ctx, parent.ID, status, end))
		if got := read.Run(t, parent.ID).Status; got != string(status) {
			t.Errorf("the status is %s, want %s", got, status)
		}
	}
}

func (s suite) find(t *testing.T) {
	store, _, run := s.begin(t, "job-7/12")
	got, found, err := store.FindRun(t.Context(), run.Experiment, "job-7/12")
	if err != nil || !found || got != run {
		t.Errorf("%+v, %v, %v; want %+v", got, found, err, run)
	}
	for _, key := range []string{"job-7/1", "job-7", "job-7/123", "other"} {
		if got, found, err := store.FindRun(t.Context(), run.Experiment, key); found || err != nil {
			t.Errorf("%s: %+v, %v", key, got, err)
		}
	}
}

func (s suite) large(t *testing.T) {
	store, read, run := s.begin(t, "k")
	var b mlflow.Batch
	for i := range 2500 {
		b.Metrics = append(b.Metrics, mlflow.Metric{Key: fmt.Sprintf("m%d", i%7), Value: float64(i), Time: Start, Step: int64(i)})
	}
	for i := range 230 {
		b.Params = append(b.Params, mlflow.Pair{Key: fmt.Sprintf("p%d", i), Value: strings.Repeat("é", 5000)})
		b.Tags = append(b.Tags, mlflow.Pair{Key: fmt.Sprintf("t%d", i), Value: strings.Repeat("x", 7000)})
	}
	must(t, store.Log(t.Context(), run.ID, b))
	got := read.Run(t, run.ID)
	points := 0
	for _, m := range got.Metrics {
		points += len(m)
	}
	if points != 2500 || len(got.Params) != 230 || len(got.Tags) < 230 {
		t.Errorf("%d points, %d parameters, %d tags", points, len(got.Params), len(got.Tags))
	}
}

func (s suite) values(t *testing.T) {
	store, read, run := s.begin(t, "k")
	huge := strings.Repeat("é", 9000)
	values := map[string]float64{"nan": math.NaN(), "tiny": 5e-324, "huge": math.MaxFloat64, "minus": -1e-5, "third": 1.0 / 3, "whole": 3, "zero": 0}
	if !s.lacks.Infinity {
		values["inf"], values["ninf"] = math.Inf(1), math.Inf(-1)
	}
	var b mlflow.Batch
	for key, v := range values {
		b.Metrics = append(b.Metrics, mlflow.Metric{Key: key, Value: v, Time: Start})
	}
	b.Params = []mlflow.Pair{{Key: "long", Value: huge}, {Key: "a(b)[c]", Value: "brackets"}, {Key: "../up", Value: "up"}, {Key: "a//b/", Value: "slashes"},
		{Key: strings.Repeat("k", 400), Value: "long key"}, {Key: "twice", Value: "first"}, {Key: "twice", Value: "second"}, {Key: "", Value: "nothing"}, {Key: "bad\xff", Value: "byte\xff"}}
	b.Tags = []mlflow.Pair{{Key: "long", Value: huge}, {Key: "/abs", Value: "root"}, {Key: "twice", Value: "first"}, {Key: "twice", Value: "second"}}
	must(t, store.Log(t.Context(), run.ID, b))
	got := read.Run(t, run.ID)
	for key, want := range values {
		if p := got.Metrics[key]; len(p) != 1 || p[0].Value != want && !(math.IsNaN(want) && math.IsNaN(p[0].Value)) {
			t.Errorf("%s: got %v, want %v", key, p, want)
		}
	}
	for key, want := range map[string]string{"long": strings.Repeat("é", 6000), "a_b__c_": "brackets", "_._up": "up", "a__b_": "slashes",
		strings.Repeat("k", 250): "long key", "twice": "first", "_": "nothing", "bad_": "byte\uFFFD"} {
		if got.Params[key] != want {
			t.Errorf("the parameter %.20s is %.20q (%d bytes), want %.20q", key, got.Params[key], len(got.Params[key]), want)
		}
	}
	if got.Tags["long"] != strings.Repeat("é", 8000) || got.Tags["_abs"] != "root" || got.Tags["twice"] != "second" {
		t.Errorf("tags: %d characters, %q, %q", len([]rune(got.Tags["long"])), got.Tags["_abs"], got.Tags["twice"])
	}
}

func (s suite) repeat(t *testing.T) {
	store, read, run := s.begin(t, "k")
	b := mlflow.Batch{Params: []mlflow.Pair{{Key: "p", Value: "v"}}, Tags: []mlflow.Pair{{Key: "t", Value: "v"}}}
	for i := range 30 {
		b.Metrics = append(b.Metrics, mlflow.Metric{Key: "m", Value: float64(i), Time: Start, Step: int64(i)})
	}
	for range 3 {
		must(t, store.Log(t.Context(), run.ID, b))
		must(t, store.End(t.Context(), run.ID, mlflow.Finished, Start))
	}
	if got := read.Run(t, run.ID); len(got.Metrics["m"]) != 30 || got.Params["p"] != "v" || got.Status != "FINISHED" {
		t.Errorf("%d points, %+v", len(got.Metrics["m"]), got.Params)
	}
}

// lacking reports whether a store says rightly that it has not something.
func lacking(t *testing.T, lacks bool, err error) bool {
	t.Helper()
	if lacks {
		if !mlflow.Unsupported(err) {
			t.Errorf("the lack is told as %v", err)
		}
		return true
	}
	must(t, err)
	return false
}

func (s suite) inputs(t *testing.T) {
	store, read, run := s.begin(t, "k")
	in := mlflow.Input{Name: "iris.csv", Digest: strings.Repeat("0123456789", 5), SourceType: "local", Source: `{"uri": "/data/iris.csv"}`,
		Schema: `{"mlflow_colspec": [{"type": "double", "name": "a", "required": true}]}`, Profile: `{"num_rows": 150}`, Context: "training"}
	for range 2 {
		if lacking(t, s.lacks.Inputs, store.LogInput(t.Context(), run.ID, in)) {
			return
		}
	}
	in.Digest = in.Digest[:36]
	if got := read.Run(t, run.ID).Inputs; len(got) != 1 || got[0] != in {
		t.Errorf("%+v", got)
	}
}

func (s suite) artifacts(t *testing.T) {
	store, read, run := s.begin(t, "k")
	dir := t.TempDir()
	want := map[string]string{"report.html": "<p>", "sub dir é/b c.txt": "hello", "empty.bin": "", "model/model.sadi": strings.Repeat("\x00\xff", 1<<19)}
	for name, text := range want {
		file := filepath.Join(dir, "x")
		must(t, os.WriteFile(file, []byte(text), 0o666))
		for range 2 {
			if lacking(t, s.lacks.Artifacts, store.Put(t.Context(), run, name, file)) {
				return
			}
		}
	}
	got := read.Run(t, run.ID).Artifacts
	for name, text := range want {
		if have, ok := got[name]; !ok || have != text {
			t.Errorf("%s has %d bytes, want %d", name, len(have), len(text))
		}
	}
	for _, name := range []string{"../up.txt", "/abs.txt", "a/../../b", ""} {
		if err := store.Put(t.Context(), run, name, filepath.Join(dir, "x")); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
	if err := store.Put(t.Context(), run, "none", filepath.Join(dir, "none")); err == nil || mlflow.Unsupported(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func (s suite) models(t *testing.T) {
	store, read, run := s.begin(t, "k")
	info := `{"artifact_path": "model", "flavors": {"onnx": {"data": "model.onnx"}}, "utc_time_created": "2024-01-01 00:00:00.000000", "run_id": "` + run.ID + `"}`
	if lacking(t, s.lacks.Models, store.LogModel(t.Context(), run.ID, info)) {
		return
	}
	if tag := read.Run(t, run.ID).Tags["mlflow.log-model.history"]; !strings.HasPrefix(tag, "[{") || !strings.Contains(tag, `model.onnx`) {
		t.Errorf("the history is %q", tag)
	}
}

func (s suite) registry(t *testing.T) {
	store, read, run := s.begin(t, "k")
	v := mlflow.Version{Model: "ventas 2024", Source: run.Artifacts + "/model", Run: run.ID, Description: "the best", Tags: []mlflow.Pair{{Key: "digest", Value: "abc"}}}
	for i, want := range []string{"1", "1", "2"} {
		if i == 2 {
			v.Source += "2"
		}
		n, err := store.Register(context.WithoutCancel(t.Context()), v)
		if lacking(t, s.lacks.Registry, err) {
			return
		}
		if n != want {
			t.Errorf("registration %d is version %s, want %s", i, n, want)
		}
	}
	got := read.Versions(t, "ventas 2024")
	if len(got) != 2 || got[0].Number != "1" || got[0].Source != run.Artifacts+"/model" || got[0].Run != run.ID || got[0].Description != "the best" || got[0].Tags["digest"] != "abc" {
		t.Errorf("%+v", got)
	}
}

func (s suite) absent(t *testing.T) {
	store, _, run := s.begin(t, "k")
	none := strings.Repeat("0", len(run.ID))
	for name, err := range map[string]error{
		"log": store.Log(t.Context(), none, mlflow.Batch{Tags: []mlflow.Pair{{Key: "a", Value: "b"}}}),
		"end": store.End(t.Context(), none, mlflow.Finished, Start),
	} {
		if err == nil || mlflow.Temporary(err) || mlflow.Refused(err) || mlflow.Unsupported(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package tracker

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/mlflow"
)

// teller turns events into runs: one for the job, and one below it for each trial.
type teller struct {
	*Run
	id     string          // of the job's run; "" = not made yet
	points []mlflow.Metric // of the job's run, to be logged together
	best   *mlflow.Metric  // the last of them
	learnt map[int]learned // of trials whose end is still to come
}

func newTeller(r *Run) *teller {
	return &teller{Run: r, id: "", learnt: map[int]learned{}}
}

// idle reports whether nothing waits here that the spool holds.
func (t *teller) idle() bool { return len(t.points) == 0 && len(t.learnt) == 0 }

// maxPoints bounds the points that are kept back.
const maxPoints = 500

// tell brings one event to the store. Its error ends the delivery.
func (t *teller) tell(r record) error {
	if err := t.open(); err != nil {
		return err
	}
	switch r.Kind {
	case sadi.EventFacts:
		if d, ok := read[sadi.Facts](r); ok {
			return t.facts(d)
		}
	case sadi.EventLearned:
		if d, ok := read[learned](r); ok {
			t.learnt[d.Trial] = d
		}
	case sadi.EventTrial:
		if d, ok := read[manifest.Trial](r); ok {
			l := t.learnt[d.Index]
			delete(t.learnt, d.Index)
			return t.trial(d, l, r.Time)
		}
	case sadi.EventBest:
		if d, ok := read[point](r); ok {
			// The ensemble that is delivered is told once more after the last trial; a point that says the same again, in
			// the same millisecond, is one that mlflow migrate-filestore fails on.
			p := mlflow.Metric{Key: "best_score", Value: d.Value, Time: r.Time, Step: int64(d.Trial)}
			if t.best == nil || p.Value != t.best.Value || p.Step != t.best.Step {
				t.best = &p
				t.points = append(t.points, p)
			}
		}
		if len(t.points) >= maxPoints {
			return t.flush()
		}
	case kindEnd:
		if d, ok := read[ending](r); ok {
			clear(t.learnt)
			return t.end(d, r.Time)
		}
	}
	return nil
}

func read[T any](r record) (v T, ok bool) {
	return v, json.Unmarshal(r.Data, &v) == nil
}

// pass lets a delivery go on after a call that was not taken.
func pass(err error) error {
	if err == errStopped {
		return err
	}
	return nil
}

// log adds to a run.
func (t *teller) log(run string, b mlflow.Batch) error {
	return pass(t.call("what a run holds was not taken", func() error { return t.store.Log(t.ctx, run, b) }))
}

// flush logs the points that were kept back.
func (t *teller) flush() error {
	if len(t.points) == 0 {
		return nil
	}
	points := t.points
	t.points = nil
	return t.log(t.id, mlflow.Batch{Metrics: points})
}

// open makes sure that the run of the job is there and runs.
func (t *teller) open() error {
	if t.id != "" {
		return nil
	}
	j := &t.spool.job
	if t.spool.state.experiment == "" {
		var id string
		err := t.call("the experiment could not be made", func() (err error) {
			id, err = t.store.Experiment(t.ctx, j.Experiment)
			return err
		})
		if err != nil {
			return errStopped // without it there is nothing to tell
		}
		t.spool.note(entry{Experiment: id})
	}
	if parent := t.spool.state.parent(); parent.ID != "" { // an earlier process has told its beginning
		t.id = parent.ID
		t.tracker.Told(j.ID, t.place())
		return nil
	}
	run, found, err := t.run(mlflow.NewRun{Key: j.ID, Name: j.Name, User: j.User, Start: j.Start, Tags: t.jobTags()})
	if err != nil {
		return errStopped
	}
	t.id = run.ID
	t.tracker.Told(j.ID, t.place())
	if found { // it may have been told to wait
		if err := pass(t.call("a run was not set going", func() error { return t.store.End(t.ctx, t.id, mlflow.Running, time.Time{}) })); err != nil {
			return err
		}
	}
	return t.log(t.id, mlflow.Batch{Params: specParams(j.Spec)})
}

// run makes a run, or finds it where it may be there.
func (t *teller) run(n mlflow.NewRun) (run mlflow.Run, found bool, err error) {
	n.Experiment = t.spool.state.experiment
	err = t.call("a run could not be made", func() (err error) {
		if t.spool.job.Repeated || t.spool.state.doubtful[n.Key] {
			if run, found, err = t.store.FindRun(t.ctx, n.Experiment, n.Key); err != nil || found {
				return err
			}
		}
		t.spool.note(entry{Creating: n.Key})
		run, err = t.store.CreateRun(t.ctx, n)
		var f *mlflow.Fault
		if errors.As(err, &f) && f.Undone {
			delete(t.spool.state.doubtful, n.Key)
		}
		return err
	})
	if err == nil {
		t.spool.note(entry{Key: n.Key, Run: &run})
	}
	return run, found, err
}

func (t *teller) jobTags() []mlflow.Pair {
	j := &t.spool.job
	tags := []mlflow.Pair{{Key: "sadi.job_id", Value: j.ID}, {Key: "sadi.version", Value: sadi.Version}, {Key: "sadi.task", Value: string(j.Spec.TaskType)},
		{Key: mlflow.TagSourceName, Value: "sadi"}, {Key: mlflow.TagSourceType, Value: "LOCAL"}}
	for _, p := range []mlflow.Pair{{Key: "sadi.dataset_hash", Value: j.Hash}, {Key: "sadi.target", Value: j.Spec.Target}, {Key: mlflow.TagCommit, Value: manifest.Revision()}} {
		if p.Value != "" {
			tags = append(tags, p)
		}
	}
	return tags
}

// specParams are what was asked for.
func specParams(s sadi.Spec) []mlflow.Pair {
	p := s.Params
	all := []mlflow.Pair{{Key: "task_type", Value: string(s.TaskType)}, {Key: "budget", Value: p.Budget.String()}, {Key: "hpo", Value: strconv.FormatBool(p.HPO)},
		{Key: "seed", Value: strconv.FormatUint(p.Seed, 10)}, {Key: "models", Value: "all"}}
	if len(p.Models) > 0 {
		all[len(all)-1].Value = strings.Join(p.Models, ", ")
	}
	for _, o := range []mlflow.Pair{{Key: "ignore", Value: strings.Join(p.Ignore, ", ")}, {Key: "group", Value: p.Group}, {Key: "time", Value: p.Time}, {Key: "weight", Value: p.Weight}} {
		if o.Value != "" {
			all = append(all, o)
		}
	}
	return all
}

// facts tells what was found out about the data.
func (t *teller) facts(f sadi.Facts) error {
	whole := strconv.Itoa
	t.spool.note(entry{Metric: f.Metric})
	return t.log(t.id, mlflow.Batch{
		Params: []mlflow.Pair{{Key: "target", Value: f.Target}, {Key: "problem", Value: string(f.Problem)}, {Key: "metric", Value: f.Metric},
			{Key: "rows", Value: whole(f.Rows)}, {Key: "features", Value: whole(f.Features)}, {Key: "test_rows", Value: whole(f.TestRows)}, {Key: "folds", Value: whole(f.Folds)}},
		Tags: []mlflow.Pair{{Key: "sadi.target", Value: f.Target}, {Key: "sadi.task", Value: string(f.Problem)}, {Key: "sadi.metric", Value: f.Metric}}})
}

// trialStatus is what a trial's end is to MLflow.
func trialStatus(s sadi.TrialState) mlflow.Status {
	switch s {
	case sadi.TrialOK:
		return mlflow.Finished
	case sadi.TrialFailed:
		return mlflow.Failed
	}
	return mlflow.Killed
}

// trial tells of a trial that has ended, in a run of its own below the job's.
func (t *teller) trial(tr manifest.Trial, l learned, end time.Time) error {
	key := t.spool.job.ID + "/" + strconv.Itoa(tr.Index)
	if t.spool.state.ended[key] {
		return nil
	}
	run, ok := t.spool.state.runs[key]
	if !ok {
		var err error
		start := end.Add(-time.Duration(l.Seconds * float64(time.Second)))
		tags := []mlflow.Pair{{Key: mlflow.TagParent, Value: t.id}, {Key: "sadi.job_id", Value: t.spool.job.ID}, {Key: "sadi.trial", Value: strconv.Itoa(tr.Index)},
			{Key: "sadi.model", Value: tr.Model}, {Key: "sadi.source", Value: string(tr.Source)}, {Key: "sadi.version", Value: sadi.Version},
			{Key: mlflow.TagSourceName, Value: "sadi"}, {Key: mlflow.TagSourceType, Value: "LOCAL"}}
		if tr.Error != "" {
			tags = append(tags, mlflow.Pair{Key: "sadi.error", Value: tr.Error})
		}
		run, _, err = t.run(mlflow.NewRun{Key: key, Name: tr.Name, User: t.spool.job.User, Start: start, Tags: tags})
		if err != nil {
			return pass(err)
		}
	}
	if err := t.log(run.ID, trialBatch(tr, l, t.metricName(), end)); err != nil {
		return err
	}
	if err := pass(t.call("the end of a run was not taken", func() error { return t.store.End(t.ctx, run.ID, trialStatus(tr.Status), end) })); err != nil {
		return err
	}
	t.spool.note(entry{Ended: key})
	return nil
}

// metricName is the metric that decides, by the words of MLflow's pages: "score" until it is known.
func (t *teller) metricName() string {
	return cmp.Or(t.spool.state.metric, "score")
}

// trialBatch is what a trial's run holds: its parameters, its score in the mean and on each fold, and its learning curves.
func trialBatch(tr manifest.Trial, l learned, metric string, at time.Time) mlflow.Batch {
	b := mlflow.Batch{Params: []mlflow.Pair{{Key: "model", Value: tr.Model}}}
	names := make([]string, 0, len(tr.Params))
	for name := range tr.Params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.Params = append(b.Params, mlflow.Pair{Key: name, Value: word(tr.Params[name])})
	}
	add := func(key string, v float64, step int) {
		b.Metrics = append(b.Metrics, mlflow.Metric{Key: key, Value: v, Time: at, Step: int64(step)})
	}
	if l.Seconds > 0 {
		add("seconds", l.Seconds, 0)
	}
	if tr.Score != nil {
		add("score", *tr.Score, 0)
		if metric != "score" {
			add(metric, *tr.Score, 0)
		}
	}
	for k, f := range l.Folds {
		score := math.NaN()
		if f.Score != nil {
			score = *f.Score
		}
		add("fold_"+metric, score, k)
		if f.Rounds > 0 {
			add("fold_rounds", float64(f.Rounds), k)
		}
		for _, p := range f.Curve {
			add(fmt.Sprintf("valid_loss/fold_%d", k), p[1], int(p[0]))
		}
	}
	return b
}

// word is a value of a parameter as people write it.
func word(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case nil:
		return "null"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

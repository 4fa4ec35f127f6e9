package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/engine"
	"sadi/internal/metric"
	"sadi/internal/mlflow"
	"sadi/internal/near"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
)

// Submission is a request for a job.
type Submission struct {
	Spec     sadi.Spec
	Priority int    // higher goes first
	Key      string // of idempotency: the same one gives the same job for a day; "" = none
	Owner    string // whose key it is
}

// Submit adds a job to the queue; existed tells that an earlier request had the key.
func (s *Service) Submit(ctx context.Context, r Submission) (job sadi.Job, existed bool, err error) {
	if err := s.checkSpec(&r.Spec); err != nil {
		return sadi.Job{}, false, err
	}
	name, err := resolve(r.Spec.Input, s.dir)
	if err != nil {
		return sadi.Job{}, false, at("input_csv_path", err)
	}
	sha, err := s.keep(ctx, name)
	if err != nil {
		return sadi.Job{}, false, at("input_csv_path", err)
	}
	if err := s.checkColumns(ctx, name, sha, r.Spec); err != nil {
		return sadi.Job{}, false, err
	}
	now := time.Now().UTC()
	j := sadi.Job{ID: artifact.NewID(name, now), Spec: r.Spec, DatasetHash: sha, DatasetName: path.Base(name),
		Priority: r.Priority, State: sadi.Queued, Submitted: now}
	key := ""
	if r.Key != "" {
		sum := sha256.Sum256([]byte(r.Owner + "\x00" + r.Key))
		key = hex.EncodeToString(sum[:])
	}
	job, existed, err = s.queue.Submit(ctx, j, key)
	if err != nil {
		return sadi.Job{}, false, err
	}
	if existed && (job.DatasetHash != sha || asked(job) != asked(j)) {
		return sadi.Job{}, false, sadi.Errorf(sadi.Conflict, "the idempotency key was used for another request").At("Idempotency-Key").
			Advise("use a new key for a new request; the earlier one is the job %s", job.ID)
	}
	s.results.expect(job.ID)
	return job, existed, nil
}

// asked is a text that is equal for equal requests. A target that was answered later is no part of it.
func asked(j sadi.Job) string {
	spec := j.Spec
	if len(j.Candidates) > 0 {
		spec.Target = ""
	}
	return canonical(spec)
}

// at gives an error a place, unless it has one of its own or no field of the request is to blame.
func at(where string, err error) error {
	var e *sadi.Error
	if errors.As(err, &e) && e.Where == "" && e.Code != sadi.Unavailable {
		return e.At("%s", where)
	}
	return err
}

// checkSpec looks at what does not need the file, and fills in the task.
func (s *Service) checkSpec(spec *sadi.Spec) error {
	switch spec.TaskType {
	case "":
		spec.TaskType = sadi.Auto
	case sadi.Auto, sadi.Classification, sadi.Regression:
	default:
		return sadi.Errorf(sadi.BadUsage, "%q is no task", shorten(string(spec.TaskType))).At("task_type").
			Advise("use auto, classification or regression")
	}
	p := &spec.Params
	for i, name := range p.Models {
		if len(engine.Find(s.models, name)) == 0 {
			return engine.NoModel(s.models, shorten(name)).At("params.models[%d]", i)
		}
	}
	if err := checkMetric(p.Metric, spec.TaskType); err != nil {
		return err.At("params.metric")
	}
	if p.TestSize != nil && !(*p.TestSize >= 0 && *p.TestSize <= 0.5) {
		return sadi.Errorf(sadi.BadUsage, "%g is no fraction to set aside", *p.TestSize).At("params.test_size").Advise("use a number from 0 to 0.5")
	}
	if p.Folds < 0 || p.Folds == 1 || p.Folds > 50 {
		return sadi.Errorf(sadi.BadUsage, "%d folds are not possible", p.Folds).At("params.cv_folds").Advise("use a number from 2 to 50")
	}
	if p.Jobs < 0 || p.Jobs > 4096 {
		return sadi.Errorf(sadi.BadUsage, "%d jobs are not possible", p.Jobs).At("params.n_jobs").Advise("use a number from 1 to 4096")
	}
	if p.Memory != 0 && (p.Memory < 64<<20 || p.Memory > 1<<50) {
		return sadi.Errorf(sadi.BadUsage, "%d bytes of memory are not possible", p.Memory).At("params.memory").Advise("use at least 67108864")
	}
	if err := mlflow.CheckExperiment(p.Experiment); err != nil {
		return err.At("params.mlflow_experiment")
	}
	if err := mlflow.CheckModel(p.RegisterAs); err != nil {
		return err.At("params.register_as")
	}
	return nil
}

// checkMetric accepts a scorer that some problem of the task has.
func checkMetric(name string, task sadi.TaskType) *sadi.Error {
	if name == "" {
		return nil
	}
	problems := []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue}
	switch task {
	case sadi.Classification:
		problems = problems[:2]
	case sadi.Regression:
		problems = problems[2:]
	}
	var told error // of the problem whose scorers have the nearest names
	meant := false
	for _, p := range problems {
		_, err := metric.Lookup(name, p)
		if err == nil {
			return nil
		}
		var names []string
		for _, s := range metric.For(p) {
			names = append(append(names, s.Name), s.Aliases...)
		}
		if close := len(near.Names(name, names)) > 0; told == nil || close && !meant {
			told, meant = err, close
		}
	}
	e := sadi.Errorf(sadi.BadUsage, "%w", told)
	errors.As(told, &e)
	return e
}

// named is a column that a request names, and where it does.
type named struct{ where, column string }

// keptHeaders is the number of files whose columns are remembered: many requests name the same few.
const keptHeaders = 256

// checkColumns holds the columns that a request names against the header of the file, whose hash is sha.
func (s *Service) checkColumns(ctx context.Context, name, sha string, spec sadi.Spec) error {
	p := spec.Params
	asked := []named{{"target", spec.Target}, {"params.group", p.Group}, {"params.time", p.Time}, {"params.weight", p.Weight}}
	for i, c := range p.Ignore {
		asked = append(asked, named{fmt.Sprintf("params.ignore[%d]", i), c})
	}
	return checkNames(asked, func() (*table.Table, error) {
		if columns, ok := s.headers.find(sha); ok {
			return columns, nil
		}
		columns, err := s.columns(name, s.root.FS())
		if err != nil {
			return nil, at("input_csv_path", err)
		}
		if again, err := s.keep(ctx, name); err == nil && again == sha { // it did not change meanwhile
			s.headers.put(sha, columns)
		}
		return columns, nil
	})
}

// checkNames holds columns that a request names against those of a table, which is looked at when there are any.
func checkNames(asked []named, columns func() (*table.Table, error)) error {
	var have *table.Table
	for _, a := range asked {
		if a.column == "" {
			continue
		}
		if have == nil {
			var err error
			if have, err = columns(); err != nil {
				return err
			}
		}
		if have.Column(a.column) == nil {
			return have.NoColumn(a.column).At("%s", a.where)
		}
	}
	return nil
}

// columns is a table of a file's columns without rows; fsys nil = the name is a path of this machine.
func (s *Service) columns(name string, fsys fs.FS) (*table.Table, error) {
	names, err := csvio.Names(name, csvio.Options{FS: fsys, MaxCols: s.limits.Columns, MaxBytes: s.limits.Unpacked})
	if err != nil {
		return nil, err
	}
	t := &table.Table{}
	for _, n := range names {
		t.Cols = append(t.Cols, &table.Column{Name: n})
	}
	return t, nil
}

// SetTarget answers a job that asks for its target, which then waits again.
func (s *Service) SetTarget(ctx context.Context, id, target string) (sadi.Job, error) {
	j, err := s.job(ctx, id)
	if err != nil {
		return sadi.Job{}, err
	}
	if err := needsTarget(j); err != nil {
		return sadi.Job{}, err
	}
	columns, err := s.datasetColumns(ctx, j.DatasetHash)
	if err != nil {
		return sadi.Job{}, err
	}
	if columns.Column(target) == nil {
		return sadi.Job{}, columns.NoColumn(target).At("target")
	}
	j, err = s.queue.Update(ctx, id, func(j *sadi.Job) error {
		if err := needsTarget(*j); err != nil {
			return err
		}
		j.State, j.Spec.Target, j.Stage, j.Worker = sadi.Queued, target, "", ""
		return nil
	})
	if err != nil {
		return sadi.Job{}, err
	}
	s.results.expect(id)
	return j, s.note(ctx, id, fmt.Sprintf("the target is %q; the job waits for a worker", target))
}

func needsTarget(j sadi.Job) error {
	if j.State == sadi.NeedsTarget {
		return nil
	}
	return sadi.Errorf(sadi.Conflict, "the job is %s and asks for no target", j.State).
		Advise("a target can be named while the state is %s; submit a new job otherwise", sadi.NeedsTarget)
}

// note adds a line to the log of a job.
func (s *Service) note(ctx context.Context, id, text string) error {
	return s.queue.Publish(ctx, id, sadi.Event{Time: time.Now().UTC(), Kind: sadi.EventNote, Text: text})
}

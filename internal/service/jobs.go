package service

import (
	"context"
	"encoding/json"
	"path"
	"time"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/blob"
	"sadi/internal/queue"
)

// JobView is a job with what its place in the queue tells.
type JobView struct {
	sadi.Job
	Position int `json:"queue_position,omitempty"` // of a queued job: 1 = the next one
}

// Jobs lists jobs, the latest first.
func (s *Service) Jobs(ctx context.Context, f queue.Filter) (queue.Page, error) {
	return s.queue.List(ctx, f)
}

// Job tells where a job stands.
func (s *Service) Job(ctx context.Context, id string) (JobView, error) {
	j, err := s.job(ctx, id)
	if err != nil {
		return JobView{}, err
	}
	v := JobView{Job: j}
	if j.State == sadi.Queued {
		ahead, err := s.queue.Ahead(ctx, id)
		if err != nil {
			return JobView{}, err
		}
		v.Position = ahead + 1
	}
	return v, nil
}

// Cancel ends a job: one that waits at once, one that runs as soon as its worker hears of it. What a search has found
// by then is kept. A job that is cancelled already stays so.
func (s *Service) Cancel(ctx context.Context, id string) (sadi.Job, error) {
	if !jobIDs.MatchString(id) {
		return sadi.Job{}, noJob(id)
	}
	withdrawn := false
	j, err := s.queue.Update(ctx, id, func(j *sadi.Job) error {
		withdrawn = false
		switch j.State {
		case sadi.Queued, sadi.NeedsTarget:
			now := time.Now().UTC()
			j.State, j.Finished, withdrawn = sadi.Cancelled, &now, true
		case sadi.Running:
			j.Stopping = true
		case sadi.Succeeded, sadi.Failed:
			return sadi.Errorf(sadi.Conflict, "the job is %s and can not be cancelled", j.State).Advise("DELETE removes it")
		}
		return nil
	})
	if err != nil || !withdrawn {
		return j, err
	}
	return j, s.queue.Publish(ctx, id, sadi.Event{Time: *j.Finished, Kind: sadi.EventFinish, Text: "cancelled before it began"})
}

// Delete forgets a job that has ended, what it left, and its folder below the data root. The record goes after the
// files, so that a call that was cut can be repeated.
func (s *Service) Delete(ctx context.Context, id string) error {
	j, err := s.job(ctx, id)
	if err != nil {
		return err
	}
	if !j.State.Final() {
		return sadi.Errorf(sadi.Conflict, "the job is %s and can not be deleted", j.State).Advise("cancel it first")
	}
	s.results.writing.Lock() // nobody brings the files while they go
	defer s.results.writing.Unlock()
	if err := s.root.RemoveAll(path.Join("processed", id)); err != nil {
		return sadi.Errorf(sadi.Unavailable, "the folder of the job can not be removed: %w", err)
	}
	if j.Pack != "" {
		if err := s.blobs.Delete(ctx, blob.DataName(j.Pack)); err != nil {
			return err
		}
	}
	if err := s.queue.Delete(ctx, id); err != nil {
		return err
	}
	s.results.forget(id)
	return nil
}

// Result is what came of a job that succeeded.
func (s *Service) Result(ctx context.Context, id string) (sadi.Outcome, error) {
	j, err := s.succeeded(ctx, id)
	if err != nil {
		return sadi.Outcome{}, err
	}
	if j.Outcome == nil {
		return sadi.Outcome{}, sadi.Errorf(sadi.Internal, "the job %s succeeded without a result", id)
	}
	o := *j.Outcome
	o.Dir = path.Join("data", "processed", id, "auto_ml") // below the data root, wherever the worker had it
	return o, nil
}

// succeeded returns a job that has a result, or the error that says why there is none.
func (s *Service) succeeded(ctx context.Context, id string) (sadi.Job, error) {
	j, err := s.job(ctx, id)
	if err != nil || j.State == sadi.Succeeded {
		return j, err
	}
	e := sadi.Errorf(sadi.Conflict, "the job is %s and has no result", j.State)
	switch {
	case !j.State.Final() && j.State != sadi.NeedsTarget:
		e = e.Advise("wait until its state is succeeded")
	case j.State == sadi.NeedsTarget:
		e = e.Advise("name its target with POST /jobs/%s/target", id)
	case j.Error != nil:
		e = e.Advise("it ended with: %s", j.Error)
	}
	return j, e
}

// jobDir is the folder of a job on this machine.
func (s *Service) jobDir(id string) string { return artifact.JobDir(s.dir, id) }

// canonical is a text that is equal for equal values.
func canonical(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

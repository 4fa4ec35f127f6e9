package httpapi

import (
	"context"
	"net/http"

	"sadi"
	"sadi/internal/queue"
	"sadi/internal/service"
)

// JobPath is the path of a job.
type JobPath struct {
	ID string `path:"job_id" maxLength:"128" doc:"The name of the job"`
}

// Jobs is a page of jobs.
type Jobs struct {
	Jobs []sadi.Job `json:"jobs" doc:"The latest first"`
	Next string     `json:"next,omitempty" doc:"Give it as after for the next page; absent = this is the last"`
}

// TargetAnswer answers a job that needs a target.
type TargetAnswer struct {
	Target string `json:"target" minLength:"1" maxLength:"1000" doc:"A column of the file"`
}

func (a *API) jobRoutes() {
	register(a, operation{method: http.MethodGet, path: "/jobs", tag: "jobs", id: "list-jobs", role: Read,
		summary: "List jobs", text: "The latest submitted first, in pages."},
		func(ctx context.Context, in *struct {
			State []string `query:"state" enum:"queued,running,needs_target,succeeded,failed,cancelled" doc:"Only jobs in these states, separated by commas"`
			Limit int      `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Jobs on a page"`
			After string   `query:"after" maxLength:"200" doc:"The next of the page before"`
		}) (*body[Jobs], error) {
			f := queue.Filter{After: in.After, Limit: in.Limit}
			for _, s := range in.State {
				f.States = append(f.States, sadi.State(s))
			}
			page, err := a.service.Jobs(ctx, f)
			if err != nil {
				if sadi.CodeOf(err) == sadi.BadUsage {
					err = at("after", err)
				}
				return nil, err
			}
			if page.Jobs == nil {
				page.Jobs = []sadi.Job{}
			}
			return &body[Jobs]{Jobs{page.Jobs, page.Next}}, nil
		})
	register(a, operation{method: http.MethodGet, path: "/jobs/{job_id}", tag: "jobs", id: "get-job", role: Read,
		summary: "Where a job stands", text: "State, stage, progress, time left, the leaderboard so far, and the place in the queue while it waits.",
		errors: []int{404}},
		func(ctx context.Context, in *JobPath) (*body[service.JobView], error) {
			return answer(a.service.Job(ctx, in.ID))
		})
	register(a, operation{method: http.MethodPost, path: "/jobs/{job_id}/cancel", tag: "jobs", id: "cancel-job", role: Submit,
		summary: "Cancel a job", text: "A job that waits ends at once. One that runs stops its trials within a second; if it has a model by then, it keeps the best so far and succeeds.",
		errors: []int{404, 409}},
		func(ctx context.Context, in *JobPath) (*body[sadi.Job], error) {
			return answer(a.service.Cancel(ctx, in.ID))
		})
	register(a, operation{method: http.MethodPost, path: "/jobs/{job_id}/target", tag: "jobs", id: "set-target", role: Submit,
		summary: "Answer which column is the target", text: "For a job in the state needs_target, which lists the candidates. The job waits for a worker again.",
		errors: []int{400, 404, 408, 409, 413, 415}},
		func(ctx context.Context, in *struct {
			JobPath
			Body TargetAnswer
		}) (*body[sadi.Job], error) {
			return answer(a.service.SetTarget(ctx, in.ID, in.Body.Target))
		})
	register(a, operation{method: http.MethodDelete, path: "/jobs/{job_id}", tag: "jobs", id: "delete-job", role: Admin, status: http.StatusNoContent,
		summary: "Delete a job", text: "Forgets a job that has ended, with its events and its folder.",
		errors: []int{404, 409}},
		func(ctx context.Context, in *JobPath) (*struct{}, error) {
			return nil, a.service.Delete(ctx, in.ID)
		})
	a.eventRoutes()
}

// answer is a document, or an error.
func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// at gives an error a place.
func at(where string, err error) error {
	if e, ok := err.(*sadi.Error); ok {
		return e.At("%s", where)
	}
	return err
}

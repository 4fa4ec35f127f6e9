package trial

import (
	"context"
	"sync"

	"sadi/internal/dataset"
	"sadi/internal/prep/pipeline"
)

// View is a fold prepared in one form of input: what every algorithm that wants this form shares.
type View struct {
	Fit, Valid dataset.Set
	Pipeline   *pipeline.Pipeline
}

type viewKey struct {
	fold  int
	input dataset.Input
}

type views struct {
	mu    sync.Mutex
	slots map[viewKey]*viewSlot
}

// viewSlot holds a view once it is built. A build that was cancelled is not kept, so that the next caller tries again.
type viewSlot struct {
	mu   sync.Mutex
	view *View
}

// View is the fold in the given form; it is built at the first call and then shared.
func (j *Job) View(ctx context.Context, fold int, input dataset.Input) (*View, error) {
	j.views.mu.Lock()
	if j.views.slots == nil {
		j.views.slots = map[viewKey]*viewSlot{}
	}
	slot := j.views.slots[viewKey{fold, input}]
	if slot == nil {
		slot = new(viewSlot)
		j.views.slots[viewKey{fold, input}] = slot
	}
	j.views.mu.Unlock()
	slot.mu.Lock()
	defer slot.mu.Unlock()
	if slot.view == nil {
		v, err := j.build(ctx, fold, input)
		if err != nil {
			return nil, err
		}
		slot.view = v
	}
	return slot.view, nil
}

func (j *Job) build(ctx context.Context, fold int, input dataset.Input) (*View, error) {
	f := j.Folds[fold]
	v := &View{Fit: j.set(f.Fit), Valid: j.set(f.Valid)}
	var err error
	v.Pipeline, v.Fit.X, err = pipeline.Fit(ctx, j.Table, f.Fit, v.Fit.Y, v.Fit.Weights, pipeline.Options{
		Input: input, Columns: j.Columns, Stream: j.Stream.Child("prep").At(fold), Pool: j.Pool})
	if err != nil {
		return nil, err
	}
	valid := f.Valid
	if valid == nil {
		valid = []int{} // to Transform nil means all rows, here it means none
	}
	v.Valid.X, err = v.Pipeline.Transform(ctx, j.Table, valid)
	return v, err
}

// set is the target and the weights of rows, without a matrix.
func (j *Job) set(rows []int) dataset.Set {
	s := dataset.Set{Y: j.Target.Take(rows)}
	if j.Weights != nil {
		s.Weights = make([]float64, len(rows))
		for i, r := range rows {
			s.Weights[i] = j.Weights[r]
		}
	}
	return s
}

// Scored are the table rows that the folds' predictions cover, in fold order: the rows of a trial's out-of-fold
// predictions.
func (j *Job) Scored() []int {
	var rows []int
	for _, f := range j.Folds {
		rows = append(rows, f.Valid...)
	}
	return rows
}

// Package trial evaluates one configuration of one algorithm on the folds of a job.
//
// A fold of a trial is a pure function of the data, the algorithm, its values and the fold: its stream is named after
// them, nothing in it reads a clock, and what the clock decides from outside (Control) is part of the result. So a
// trial may run anywhere, in any order, twice, and always gives the same bytes.
package trial

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"
	"strconv"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/param"
	"sadi/internal/rng"
	"sadi/internal/split"
	"sadi/internal/table"
)

// Job is what all trials of a job share. It is read-only after the first call of Fold.
type Job struct {
	Table   *table.Table
	Columns []string       // the features, names of columns
	Target  dataset.Target // one value for each row of Table; rows that stand in no fold may hold anything
	Weights []float64      // one for each row of Table; nil = all 1
	Folds   []split.Fold
	Scorer  metric.Scorer
	Stream  rng.Stream
	Pool    *par.Pool

	views views
}

// Config is what a trial tries.
type Config struct {
	Model  model.Model
	Values param.Values
}

// Path is the name of the configuration's stream, which with the seed fixes all chance in it.
func (c Config) Path() string { return "model/" + c.Model.Name() + "/" + c.Values.Key() }

// Control is what the outside decides about a fold.
type Control struct {
	// Proceed is asked after each round of an iterative algorithm; false stops it there. nil = always true.
	Proceed func(rounds int) bool
	// Rounds, when positive, is the number of rounds to learn, without early stopping.
	Rounds int
	// Learned, when not nil, is called once between learning and predicting, for those who measure both.
	Learned func()
}

// FoldResult is one fold of a trial.
type FoldResult struct {
	Pred    []float64   // of the fold's Valid rows, rows × Outputs
	Score   float64     // NaN where the metric is undefined on these rows
	Rounds  int         // learned rounds of an iterative algorithm, else 0
	Stopped bool        // Control.Proceed ended the learning
	Model   []byte      // the fitted model, as its Encode wrote it
	Trace   model.Trace // how it was learned, for people; not of every algorithm
}

// Fold fits the configuration on the Fit rows of a fold and predicts its Valid rows. A panic of an algorithm comes back
// as an error: one bad trial never ends a job.
func (j *Job) Fold(ctx context.Context, c Config, fold int, control Control) (res FoldResult, err error) {
	defer recoverTo(&err, c)
	res.Score = math.NaN()
	view, err := j.View(ctx, fold, c.Model.Caps().Input)
	if err != nil {
		return res, err
	}
	train := model.Train{
		Set:    view.Fit,
		Stream: j.Stream.Child(c.Path()).Child("fold/" + strconv.Itoa(fold)),
		Pool:   j.Pool,
		Rounds: control.Rounds,
	}
	if view.Valid.X.Rows > 0 {
		train.Valid = &view.Valid
	}
	train.Proceed = func(rounds int) bool {
		if control.Proceed == nil || control.Proceed(rounds) {
			return true
		}
		res.Stopped = true
		return false
	}
	fitted, err := c.Model.Fit(ctx, train, c.Values)
	if err != nil {
		return res, err
	}
	if it, ok := fitted.(model.Iterated); ok {
		res.Rounds = it.Rounds()
	}
	if tr, ok := fitted.(model.Traced); ok {
		res.Trace = tr.Trace()
	}
	if control.Learned != nil {
		control.Learned()
	}
	res.Pred = make([]float64, view.Valid.X.Rows*fitted.Outputs())
	if len(res.Pred) > 0 {
		if err := model.Predict(ctx, fitted, res.Pred, view.Valid.X, j.Pool); err != nil {
			return res, fmt.Errorf("predict the validation rows: %w", err)
		}
		if i := firstUnusable(res.Pred); i >= 0 {
			return res, sadi.Errorf(sadi.NoModel, "the model's predictions are not finite").At("validation row %d of fold %d", i/fitted.Outputs(), fold)
		}
		res.Score = j.score(view.Valid, res.Pred)
	}
	var w codec.Writer
	fitted.Encode(&w)
	res.Model = w.Bytes()
	return res, ctx.Err()
}

func recoverTo(err *error, c Config) {
	if r := recover(); r != nil {
		*err = &sadi.Error{Code: sadi.Internal, Message: fmt.Sprintf("%s failed: %v", c.Model.Name(), r),
			Where: c.Values.Key(), Hint: "this is a defect; the other algorithms are not affected",
			Err: fmt.Errorf("%v\n%s", r, debug.Stack())}
	}
}

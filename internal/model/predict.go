package model

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/par"
)

// predictRows is the number of rows that a worker predicts at a time, at most.
const predictRows = 1 << 12

// Laborious is a Fitted that takes long for a row, such as one that compares it with all rows that it knows.
type Laborious interface {
	Work() int // about how many numbers it reads for a row, at most
}

// predictWork is what a worker does at a time where rows are laborious: some hundredths of a second.
const predictWork = 1 << 25

// rowsAtATime is the number of rows that a worker predicts at a time.
func rowsAtATime(m Fitted) int {
	if l, ok := m.(Laborious); ok {
		return max(1, min(predictRows, predictWork/max(1, l.Work())))
	}
	return predictRows
}

// Predict is Fitted.Predict with the rows shared among the pool's workers; once ctx is done it ends after those under way.
func Predict(ctx context.Context, m Fitted, dst []float64, x *dataset.Matrix, pool *par.Pool) error {
	size := rowsAtATime(m)
	if x.Rows <= size {
		return m.Predict(dst, x)
	}
	if err := CheckPredict(m, dst, x); err != nil {
		return err
	}
	k, blocks := m.Outputs(), (x.Rows+size-1)/size
	errs := make([]error, blocks)
	err := pool.For(ctx, blocks, func(i int) {
		lo, hi := i*size, min((i+1)*size, x.Rows)
		part := &dataset.Matrix{Rows: hi - lo, Features: x.Features, Cols: make([][]float32, len(x.Cols))}
		for j, col := range x.Cols {
			part.Cols[j] = col[lo:hi]
		}
		errs[i] = m.Predict(dst[lo*k:hi*k], part)
	})
	if err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

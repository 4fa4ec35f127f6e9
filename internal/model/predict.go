package model

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/par"
)

// predictRows is the number of rows that a worker predicts at a time.
const predictRows = 1 << 12

// Predict is Fitted.Predict with the rows shared among the pool's workers.
func Predict(ctx context.Context, m Fitted, dst []float64, x *dataset.Matrix, pool *par.Pool) error {
	if x.Rows <= predictRows {
		return m.Predict(dst, x)
	}
	if err := CheckPredict(m, dst, x); err != nil {
		return err
	}
	k, blocks := m.Outputs(), (x.Rows+predictRows-1)/predictRows
	errs := make([]error, blocks)
	err := pool.For(ctx, blocks, func(i int) {
		lo, hi := i*predictRows, min((i+1)*predictRows, x.Rows)
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

package explain

import (
	"cmp"
	"context"
	"math"
	"slices"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/par"
)

// Contribution is how much a column adds to what a model answers.
type Contribution struct {
	Column string
	Mean   float64 // absolute, over rows and outputs
}

// Prepared is a model with the rows that it is explained on, as they were prepared for it.
type Prepared struct {
	Model model.Explainer
	X     *dataset.Matrix
}

// Contributions are the mean absolute Shapley values of columns, the greatest first, equal ones in the order of the columns:
// over the rows, the outputs and the models, all of which answer the same question. Contributions of features that are made
// of one column are added up before, so that a column whose features make up for one another adds little.
func Contributions(ctx context.Context, models []Prepared, columns []string, pool *par.Pool) ([]Contribution, error) {
	out := make([]Contribution, len(columns))
	for j, c := range columns {
		out[j].Column = c
	}
	for _, p := range models {
		sums, count, err := absolute(ctx, p, columns, pool)
		if err != nil {
			return nil, err
		}
		for j, s := range sums {
			out[j].Mean += s / float64(count) / float64(len(models))
		}
	}
	slices.SortStableFunc(out, func(a, b Contribution) int { return cmp.Compare(b.Mean, a.Mean) })
	return out, nil
}

// absolute are the sums of a model's absolute contributions by column, and how many were added up.
func absolute(ctx context.Context, p Prepared, columns []string, pool *par.Pool) ([]float64, int, error) {
	phi, err := ByColumn(ctx, p, columns, pool)
	if err != nil {
		return nil, 0, err
	}
	width := len(columns) + 1
	sums := make([]float64, len(columns))
	for i, v := range phi {
		if j := i % width; j < len(columns) {
			sums[j] += math.Abs(v)
		}
	}
	return sums, len(phi) / width, nil
}

// ByColumn are the contributions to each output of each row, those of the features that are made of one column added up: a
// number for each column and then the expected output, which they are added to.
func ByColumn(ctx context.Context, p Prepared, columns []string, pool *par.Pool) ([]float64, error) {
	d := len(p.X.Features)
	outputs := p.Model.Outputs()
	phi := make([]float64, p.X.Rows*outputs*(d+1))
	if err := p.Model.Contributions(ctx, phi, p.X, nil, pool); err != nil {
		return nil, err
	}
	place := make([]int, d+1) // of each feature's column
	for j, f := range p.X.Features {
		if place[j] = slices.Index(columns, f.Source); place[j] < 0 {
			return nil, sadi.Errorf(sadi.Internal, "the feature %q is made of %q, which is no column", f.Name, f.Source)
		}
	}
	place[d] = len(columns)
	width := len(columns) + 1
	out := make([]float64, p.X.Rows*outputs*width)
	for i, v := range phi {
		out[i/(d+1)*width+place[i%(d+1)]] += v
	}
	return out, nil
}

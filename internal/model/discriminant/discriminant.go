// Package discriminant is discriminant analysis: classes as normal distributions, with one covariance for all of them
// (linear_discriminant_analysis) or one for each (quadratic_discriminant_analysis).
//
// Notation:
//
//	π_c, μ_c, Σ_c   prior (share of the weight), mean and covariance of class c      Σ   within the classes: Σ_c π_c·Σ_c
//	R_c             Σ_c in units of the class's own deviations               W_c  its weight
package discriminant

import (
	"context"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/bayes"
	"sadi/internal/model/linear"
	"sadi/internal/num"
	"sadi/internal/par"
	"sadi/internal/param"
)

func caps(cost float64) model.Caps {
	return model.Caps{Problems: []sadi.Problem{sadi.Binary, sadi.Multiclass}, Input: dataset.Dense, Cost: cost}
}

// need: the rows of a class, a matrix for each class, and what their sums take.
func need(s model.Shape, perClass int64) model.Need {
	n, d, k := int64(s.Rows), int64(s.Columns), int64(max(s.Outputs, 2))
	sums := min(16, 1+n/8192) // linear.Design adds the products of chunks of rows
	return model.Need{Memory: n*(4*d+16) + 8*d*d*(perClass*k+sums+3)}
}

// class is what is known of a class that has rows.
type class struct {
	share  float64   // π
	weight float64   // W
	mean   []float64 // μ
	spread []float64 // standard deviations; 0 where the class has one value
	corr   []float64 // R, d × d, 0 where a deviation is 0
	fourth float64   // Σ w·|z|⁴ / W of its rows z in units of its deviations
}

// classes are the classes of the training rows, which are checked. A class without a row has the share 0 and nothing else; with
// uniform priors the others have equal shares.
func classes(ctx context.Context, train model.Train, values param.Values) ([]class, error) {
	if err := model.CheckTrain(train, dataset.Dense); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	all := make([]class, max(train.Y.Classes, train.Y.Outputs()))
	rows := make([][]int, len(all))
	total := 0.0
	for i, y := range train.Y.Y {
		if w := weightOf(train, i); w > 0 {
			rows[int(y)] = append(rows[int(y)], i)
			all[int(y)].weight += w
			total += w
		}
	}
	present := 0.0
	for c := range rows {
		if rows[c] != nil {
			present++
		}
	}
	for c := range all {
		if rows[c] == nil {
			continue
		}
		if all[c].share = all[c].weight / total; bayes.Uniform(values) {
			all[c].share = 1 / present
		}
		if err := all[c].describe(ctx, train, rows[c]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func weightOf(train model.Train, i int) float64 {
	if train.Weights == nil {
		return 1
	}
	return train.Weights[i]
}

// describe takes the moments of a class from its rows.
func (c *class) describe(ctx context.Context, train model.Train, rows []int) error {
	x := &dataset.Matrix{Rows: len(rows), Features: train.X.Features}
	for _, col := range train.X.Cols {
		own := make([]float32, len(rows))
		for k, i := range rows {
			own[k] = col[i]
		}
		x.Cols = append(x.Cols, own)
	}
	var weights []float64
	if train.Weights != nil {
		for _, i := range rows {
			weights = append(weights, train.Weights[i])
		}
	}
	d, err := linear.NewDesign(ctx, train.Pool, x, weights, true)
	if err != nil {
		return err
	}
	c.mean, c.spread = d.Mean, d.Spread
	if c.corr, err = d.Gram(ctx); err != nil {
		return err
	}
	c.fourth, err = fourth(ctx, train.Pool, d)
	return err
}

// fourth is Σ share·|z|⁴ of the standardised rows z of a design.
func fourth(ctx context.Context, pool *par.Pool, d *linear.Design) (float64, error) {
	const block = 1024
	n := d.X.Rows
	parts := make([]float64, (n+block-1)/block)
	err := pool.For(ctx, len(parts), func(b int) {
		lo, hi := b*block, min((b+1)*block, n)
		length := make([]float64, hi-lo)
		for j, col := range d.X.Cols {
			if d.Spread[j] == 0 {
				continue
			}
			for i, v := range col[lo:hi] {
				z := (float64(v) - d.Mean[j]) / d.Spread[j]
				length[i] += float64(z * z)
			}
		}
		for i, l := range length {
			share := 1 / float64(n)
			if d.Share != nil {
				share = d.Share[lo+i]
			}
			parts[b] += float64(share * float64(l*l))
		}
	})
	return num.Sum(parts), err
}

// logPriors are the logarithms of the shares.
func logPriors(all []class) []float64 {
	shares := make([]float64, len(all))
	for c, known := range all {
		shares[c] = known.share
	}
	return bayes.LogPriors(shares)
}

// overall are the means and variances of the features among all rows, by those of the classes.
func overall(all []class, d int) (mean, variance []float64) {
	mean, variance = make([]float64, d), make([]float64, d)
	first := -1
	for c, known := range all {
		if known.share == 0 {
			continue
		}
		if first < 0 {
			first = c
		}
		for j, m := range known.mean {
			mean[j] += float64(known.share * (m - all[first].mean[j])) // exact where the classes have one mean
		}
	}
	for j := range mean {
		mean[j] += all[first].mean[j]
		for _, known := range all {
			if known.share > 0 {
				e := known.mean[j] - mean[j]
				variance[j] += float64(known.share * (float64(known.spread[j]*known.spread[j]) + float64(e*e)))
			}
		}
	}
	return mean, variance
}

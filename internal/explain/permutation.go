// Package explain says why: what each column of the table is worth to a model (permutation.go), and what it adds to each
// prediction of a model that can tell that exactly (contributions.go).
//
// Permutation importance: Breiman (2001), Random forests, Machine Learning 45, in the form for any model and score of
// Fisher, Rudin and Dominici (2019), All models are wrong, but many are useful, JMLR 20. Columns are those that the
// person gave, before any preparation, so that a category and a date are one column each.
package explain

import (
	"cmp"
	"context"
	"math"
	"slices"

	"sadi"
	"sadi/internal/metric"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// Input is what there is to explain.
type Input struct {
	Rows    int      // n
	Columns []string // names of columns
	// Predict writes the model's predictions of the n rows, n × outputs, to dst, row i with the value that row perm[i]
	// has in the column; "" = the rows as they are. It must be safe for concurrent use.
	Predict func(ctx context.Context, column string, perm []int, dst []float64) error
	Scorer  metric.Scorer
	Data    metric.Data // the truth of the rows; Pred is unset
	Repeats int         // permutations of each column; 0 = 5
	Stream  rng.Stream
	Pool    *par.Pool // nil = the caller alone
}

// Importance is by how much the score falls when the values of a column are permuted, which breaks what they say about
// the target and keeps their distribution.
type Importance struct {
	Column string    `json:"column"`
	Rank   int       `json:"rank"`  // 1 = the greatest fall
	Mean   float64   `json:"mean"`  // of the falls; at or below 0: the column is worth nothing to the model
	Std    float64   `json:"std"`   // standard deviation of the falls over the repeats
	Falls  []float64 `json:"falls"` // one for each repeat, score as it is minus score permuted
}

const defaultRepeats = 5

// Permutation returns the importances by rank, equal ones in the order of the columns. The permutations of a column
// depend on the stream and its name only. An error whose cause is metric.ErrUndefined says that the score has no value
// on these rows.
func Permutation(ctx context.Context, in Input) ([]Importance, error) {
	if in.Rows != len(in.Data.Y) {
		return nil, sadi.Errorf(sadi.Internal, "%d rows to explain and %d targets", in.Rows, len(in.Data.Y))
	}
	if in.Repeats <= 0 {
		in.Repeats = defaultRepeats
	}
	whole, err := in.score(ctx, "", nil)
	if err != nil {
		return nil, err
	}
	falls, errs := make([]float64, len(in.Columns)*in.Repeats), make([]error, len(in.Columns)*in.Repeats)
	err = in.Pool.For(ctx, len(falls), func(i int) {
		column := in.Columns[i/in.Repeats]
		perm := in.Stream.Child("column/" + column).At(i % in.Repeats).Rand().Perm(in.Rows)
		var score float64
		score, errs[i] = in.score(ctx, column, perm)
		falls[i] = whole - score
	})
	if err != nil {
		return nil, err
	}
	out := make([]Importance, len(in.Columns))
	for j, column := range in.Columns {
		lo, hi := j*in.Repeats, (j+1)*in.Repeats
		for _, err := range errs[lo:hi] {
			if err != nil {
				return nil, err
			}
		}
		out[j] = Importance{Column: column, Falls: falls[lo:hi:hi]}
		out[j].Mean, out[j].Std = moments(falls[lo:hi])
	}
	slices.SortStableFunc(out, func(a, b Importance) int { return cmp.Compare(b.Mean, a.Mean) })
	for j := range out {
		out[j].Rank = j + 1
	}
	return out, nil
}

func (in *Input) score(ctx context.Context, column string, perm []int) (float64, error) {
	d := in.Data
	d.Pred = make([]float64, in.Rows*d.Outputs())
	if err := in.Predict(ctx, column, perm, d.Pred); err != nil {
		return 0, err
	}
	return in.Scorer.Score(d)
}

// moments are the mean and the standard deviation (of the repeats themselves, not of a population behind them).
func moments(x []float64) (mean, std float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		std += float64((v - mean) * (v - mean))
	}
	return mean, math.Sqrt(std / float64(len(x)))
}

// Sample is at most limit of the positions 0..n-1, evenly spaced: which rows to explain when there are more than are
// needed. The first rows of a file are often not like the others.
func Sample(n, limit int) []int {
	take := max(min(n, limit), 0)
	at := make([]int, take)
	for i := range at {
		at[i] = (2*i + 1) * n / (2 * take)
	}
	return at
}

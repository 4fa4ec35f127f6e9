package evaluate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"sadi"
	"sadi/internal/metric"
)

// The intervals are percentile bootstrap intervals (Efron 1979): rows are drawn with replacement as often as there are
// rows, each metric is computed on the draw, and the interval lies between the 2.5 % and the 97.5 % quantile. Rows are
// drawn by count, so the predictions are sorted once and not for each draw. A weighted row keeps its weight.
//
// The cost is bounded. Above 10,000 rows (times classes) there are fewer resamples, down to 100; above 200,000 the draws
// are made within a random part of the rows of that size, and the deviations shrink by the root of the share that the
// part is of all (the m out of n bootstrap of Bickel, Götze and van Zwet 1997).
const (
	confidence  = 0.95
	usual       = 500
	fewest      = 100
	visits      = 5_000_000 // rows × classes × resamples
	mostRows    = 200_000   // rows × classes of one resample
	leastRows   = 1_000
	blockSize   = 10  // resamples that share a view
	leastUsable = 0.8 // of the resamples must have a value
)

// sample is what the bootstrap found.
type sample struct {
	facts  Bootstrap
	shrink float64 // of deviations, 1 unless the draws are made within a part of the rows
	center []float64
	// scores[m][b] is the score of scorer m on resample b, NaN where undefined; gains[b] is that of the model less that of
	// the baseline by the first scorer.
	scores [][]float64
	gains  []float64
	gain   float64 // on the rows from which is drawn
}

// plan is the number of resamples and the rows of each.
func (in Input) plan() (resamples, rows int) {
	width, most := in.Data.Outputs(), cmp.Or(in.most, mostRows)
	rows = len(in.Data.Y)
	if rows*width > most {
		rows = min(rows, max(most/width, leastRows))
	}
	resamples = in.Resamples
	if resamples == 0 {
		resamples = min(max(visits/(rows*width), fewest), usual)
	}
	return resamples, rows
}

// resample draws and scores.
func (in Input) resample(ctx context.Context, scorers []metric.Scorer, model, baseline *metric.Prepared) (*sample, error) {
	n := len(in.Data.Y)
	count, rows := in.plan()
	s := &sample{shrink: 1, gain: math.NaN(), facts: Bootstrap{Confidence: confidence, Resamples: count, Rows: rows,
		Method: "percentiles of the metric over rows drawn with replacement"}}
	weights := in.Data.Weights
	if rows < n {
		s.shrink = math.Sqrt(float64(rows) / float64(n))
		s.facts.Method = fmt.Sprintf("percentiles over draws within %d of %d rows, their deviations scaled to all rows", rows, n)
		part := in.partRows(rows)
		data := takeRows(in.Data, part)
		weights = data.Weights
		var err error
		if model, err = metric.Prepare(data); err != nil {
			return nil, err
		}
		if baseline != nil {
			if baseline, err = metric.Prepare(takeRows(in.baseline(), part)); err != nil {
				return nil, err
			}
		}
	}
	s.scores = make([][]float64, len(scorers))
	view := model.View()
	for m := range scorers {
		s.scores[m] = make([]float64, count)
		s.center = append(s.center, valueOf(view.Score(scorers[m])))
	}
	if baseline != nil {
		s.gains = make([]float64, count)
		s.gain = s.center[0] - valueOf(baseline.View().Score(scorers[0]))
	}
	blocks := (count + blockSize - 1) / blockSize
	err := in.Pool.For(ctx, blocks, func(block int) {
		view, w := model.View(), make([]float64, rows)
		var other *metric.View
		if baseline != nil {
			other = baseline.View()
		}
		for b := block * blockSize; b < min((block+1)*blockSize, count); b++ {
			r := in.Stream.At(b).Rand()
			clear(w)
			for range rows {
				w[r.IntN(rows)]++
			}
			if weights != nil {
				for i := range w {
					w[i] *= weights[i]
				}
			}
			for m := range scorers {
				s.scores[m][b] = math.NaN()
			}
			if other != nil {
				s.gains[b] = math.NaN()
			}
			if err := view.Weigh(w); err != nil {
				continue // weights so great that they overflow: nothing is defined
			}
			for m := range scorers {
				s.scores[m][b] = valueOf(view.Score(scorers[m]))
			}
			if other != nil && other.Weigh(w) == nil {
				s.gains[b] = s.scores[0][b] - valueOf(other.Score(scorers[0]))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// valueOf is a score, NaN where there is none.
func valueOf(score float64, err error) float64 {
	if err != nil {
		return math.NaN()
	}
	return score
}

// partRows are m rows without replacement, ascending.
func (in Input) partRows(m int) []int {
	rows := in.Stream.Child("part").Rand().Perm(len(in.Data.Y))[:m]
	slices.Sort(rows)
	return rows
}

// takeRows are some rows of d.
func takeRows(d metric.Data, rows []int) metric.Data {
	out, k := d, d.Outputs()
	out.Y, out.Pred, out.Weights = make([]float64, len(rows)), make([]float64, 0, len(rows)*k), nil
	for at, i := range rows {
		out.Y[at] = d.Y[i]
		out.Pred = append(out.Pred, d.Pred[i*k:(i+1)*k]...)
		if d.Weights != nil {
			out.Weights = append(out.Weights, d.Weights[i])
		}
	}
	return out
}

// interval is the percentile interval of values around center, moved and shrunk to lie around value. ok is false where
// too few of the values are defined.
func (s *sample) interval(values []float64, center, value float64) (low, high float64, ok bool) {
	usable := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) {
			usable = append(usable, v)
		}
	}
	if len(usable) == 0 || float64(len(usable)) < leastUsable*float64(len(values)) || math.IsNaN(value) {
		return math.NaN(), math.NaN(), false
	}
	slices.Sort(usable)
	low, high = percentile(usable, (1-confidence)/2), percentile(usable, (1+confidence)/2)
	if s.shrink != 1 {
		low, high = value+float64(s.shrink*(low-center)), value+float64(s.shrink*(high-center))
	}
	return low, high, !math.IsNaN(low) && !math.IsNaN(high)
}

// percentile interpolates between the two nearest ranks of ascending values.
func percentile(sorted []float64, q float64) float64 {
	at := float64(q * float64(len(sorted)-1))
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + float64((at-float64(i))*(sorted[i+1]-sorted[i]))
}

const tooFewDefined = "on too many of the resamples the metric is undefined, so there is no interval"

// metric reports the i-th scorer.
func (s *sample) metric(i int, scorer metric.Scorer, model *metric.View) Metric {
	m := Metric{Name: scorer.Name, Display: scorer.Display, Summary: scorer.Summary, GreaterIsBetter: !scorer.Less,
		Optimum: Number(scorer.Shown(scorer.Optimum)), Value: undefined, Low: undefined, High: undefined}
	if scorer.Optimum == math.MaxFloat64 {
		m.Optimum = undefined
	}
	value, err := model.Score(scorer)
	if err != nil {
		m.Reason = reason(err)
		return m
	}
	m.Value = Number(scorer.Shown(value))
	low, high, ok := s.interval(s.scores[i], s.center[i], value)
	if !ok {
		m.Reason = tooFewDefined
		return m
	}
	m.Low, m.High = Number(scorer.Shown(low)), Number(scorer.Shown(high))
	if scorer.Less {
		m.Low, m.High = m.High, m.Low
	}
	return m
}

// reason is the sentence of an error.
func reason(err error) string {
	var e *sadi.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

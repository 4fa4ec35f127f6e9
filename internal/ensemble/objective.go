package ensemble

import (
	"context"
	"math"
	"sync"

	"sadi/internal/metric"
)

// objective scores the mean of the members so far and one more.
type objective interface {
	// add makes the j-th kept candidate a member.
	add(ctx context.Context, j int) error
	// try is the score with the j-th kept candidate as the next member, NaN if there is none. Calls may overlap.
	try(j int) float64
}

// hasFastPath reports whether the scorer's objective is cheaper than scoring the blend.
func hasFastPath(s metric.Scorer) bool {
	_, squared := squaredScores[s.Name]
	return squared || s.Name == "neg_log_loss"
}

// objective is the fastest objective that the guide has.
func (g *greedy) objective() objective {
	if g.opt.Guide.Name == "neg_log_loss" {
		return newLogLoss(g.d, g.pred)
	}
	if of, ok := squaredScores[g.opt.Guide.Name]; ok {
		if s := newSquared(g.d, g.pred, of, g.opt.Pool); s != nil {
			return s
		}
	}
	return &blended{d: g.d, pred: g.pred, scorer: g.opt.Guide, sum: make([]float64, len(g.pred[0]))}
}

// blended asks the scorer about each blend: right for any scorer.
type blended struct {
	d       metric.Data
	pred    [][]float64
	scorer  metric.Scorer
	sum     []float64 // of the members' predictions
	t       int
	scratch sync.Pool // of *[]float64, as long as sum
}

func (b *blended) add(_ context.Context, j int) error {
	for i, p := range b.pred[j] {
		b.sum[i] += p
	}
	b.t++
	return nil
}

func (b *blended) try(j int) float64 {
	buf, _ := b.scratch.Get().(*[]float64)
	if buf == nil {
		s := make([]float64, len(b.sum))
		buf = &s
	}
	defer b.scratch.Put(buf)
	mean, p, over := *buf, b.pred[j], 1/float64(b.t+1)
	for i, s := range b.sum {
		mean[i] = (s + p[i]) * over
	}
	d := b.d
	d.Pred = mean
	score, err := b.scorer.Score(d)
	if err != nil {
		return math.NaN()
	}
	return score
}

// Package ensemble combines trials: it finds the weights with which their out-of-fold predictions score best together.
//
// Greedy selection with replacement: Caruana, Niculescu-Mizil, Crew and Ksikes (2004), Ensemble selection from
// libraries of models, ICML. Starting from the best single candidate, each step adds the candidate with which the mean
// of all added so far scores best; a candidate may be added again, which is how it gains weight. The best prefix of
// the path is kept.
//
// Notation:
//
//	n  rows          K  outputs (dataset.Target.Outputs)
//	c  a candidate   p  its predictions, n × K row-major
//	t  members so far, repetitions counted
package ensemble

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/elementary"
	"sadi/internal/metric"
	"sadi/internal/par"
)

// Candidate is a trial that may become a member.
type Candidate struct {
	Pred []float64 // n × K, over the same rows for all candidates
	Cost float64   // what a prediction costs; of equally good new members the cheaper one is taken
	// Algorithm is the name of what learned it. Few rows admit only the best of each, see PerAlgorithm.
	Algorithm string
}

// Options are the choices within a selection.
type Options struct {
	Steps   int           // members, repetitions counted; 0 = 40
	Scorer  metric.Scorer // what the ensemble is judged by
	Guide   metric.Scorer // what the steps maximise, see Guide; the zero value = Scorer
	Pool    *par.Pool     // nil = the caller alone
	MaxRows int           // rows to select on, chosen evenly and by class; 0 = 50,000, fewer for scorers that are slow
	// MaxCandidates bounds the candidates, half being the best ones by score and half the first ones; 0 = by the number
	// of rows, see PerAlgorithm and Candidates; twice as many with a guide, which tells more of them apart.
	MaxCandidates int
	// Tolerance is the part of the best candidate's distance to the optimum below which two scores count as equal;
	// 0 = 1e-6.
	Tolerance float64
}

// Step is one member added.
type Step struct {
	Candidate int
	Score     float64 // of the mean of all members so far, on the rows selected on, by the guide
}

// Selection is what Select found.
type Selection struct {
	Weights []float64 // one for each candidate; they add up to 1
	Path    []Step    // the kept prefix
	Score   float64   // of the blend, on all rows; never less than the score of Best there
	Best    int       // the best single candidate, by the guide and the rows selected on
	Rows    int       // how many rows were selected on
}

const (
	defaultSteps     = 40
	defaultMaxRows   = 50_000
	defaultTolerance = 1e-6
)

// Candidates is the number of candidates that n rows can tell apart: with few rows the best of many is mostly the
// luckiest. It runs straight between 4 at 100 rows, 8 at 500, 15 at 2,500, 40 at 10,000 and 100 at 100,000 on
// logarithmic axes; these are AutoGluon's bounds on its portfolio.
func Candidates(n int) int {
	bounds := [...]struct{ rows, count float64 }{{100, 4}, {500, 8}, {2500, 15}, {10_000, 40}, {100_000, 100}}
	x := float64(n)
	if x <= bounds[0].rows {
		return int(bounds[0].count)
	}
	for i, b := range bounds[1:] {
		if a := bounds[i]; x <= b.rows {
			part := elementary.Log(x/a.rows) / elementary.Log(b.rows/a.rows)
			return int(math.Round(a.count * elementary.Pow(b.count/a.count, part)))
		}
	}
	return int(bounds[len(bounds)-1].count)
}

// PerAlgorithm is how many candidates of one algorithm n rows admit, its best ones; 0 = any number, and Candidates bounds them all. The
// best of many tuned configurations of one algorithm owe their place to chance where rows are few, and crowd out algorithms that
// err elsewhere. On sets of 150 to 700 rows ensembles chosen so are better on rows that none has seen, from 3,000 rows on worse
// (bench/RESULTS.md).
func PerAlgorithm(n int) int {
	if n < 1500 {
		return 2
	}
	return 0
}

// manyRows is the number of rows from which the area under the ROC curve tells blends apart by itself.
const manyRows = 10_000

// Guide is the scorer that the steps of a selection on so many rows should go by where the ensemble is judged by s. The area
// under the ROC curve sees no more than the order of the rows: of few rows it is told by chance which of two blends has the
// higher one, while the log loss weighs every row. On sets of 450 to 900 rows a selection by log loss has the larger area on
// rows that neither has seen, on 7,000 rows the same (bench/RESULTS.md).
func Guide(s metric.Scorer, p sadi.Problem, rows int) metric.Scorer {
	if s.Name != "roc_auc" || p != sadi.Binary || rows >= manyRows {
		return s
	}
	guide, err := metric.Lookup("neg_log_loss", p)
	if err != nil {
		panic("ensemble: " + err.Error()) // a name of ours
	}
	return guide
}

// Select finds weights for the candidates. d is the truth, its Pred unset. A candidate that can not be scored gets no
// weight; if none can, the error is the first one's. ctx is checked for each evaluation.
func Select(ctx context.Context, c []Candidate, d metric.Data, opt Options) (*Selection, error) {
	if len(c) == 0 {
		return nil, sadi.Errorf(sadi.Internal, "there is nothing to combine")
	}
	for i := range c {
		if len(c[i].Pred) != len(d.Y)*d.Outputs() {
			return nil, sadi.Errorf(sadi.Internal, "%d predictions where %d rows need %d", len(c[i].Pred), len(d.Y), len(d.Y)*d.Outputs()).
				At("candidate %d", i)
		}
	}
	setDefaults(&opt)
	g := greedy{opt: opt, all: c}
	rows := sample(d, g.maxRows(d))
	g.take(d, rows)
	if err := g.single(ctx); err != nil {
		return nil, err
	}
	path, err := g.run(ctx)
	if err != nil {
		return nil, err
	}
	s := &Selection{Path: path, Best: path[0].Candidate, Rows: len(g.d.Y), Weights: weigh(path, len(c))}
	return s, s.settle(c, d, opt.Scorer)
}

func setDefaults(o *Options) {
	if o.Guide.Name == "" {
		o.Guide = o.Scorer
	}
	if o.Steps <= 0 {
		o.Steps = defaultSteps
	}
	if o.MaxRows <= 0 {
		o.MaxRows = defaultMaxRows
	}
	if o.Tolerance <= 0 {
		o.Tolerance = defaultTolerance
	}
}

// weigh turns a path into weights.
func weigh(path []Step, candidates int) []float64 {
	count := make([]int, candidates)
	for _, s := range path {
		count[s.Candidate]++
	}
	w := make([]float64, candidates)
	for i, n := range count {
		w[i] = float64(n) / float64(len(path))
	}
	return w
}

// settle scores the blend on all rows, and falls back to the best single candidate where that is better there: the
// rows selected on may have been a sample.
func (s *Selection) settle(c []Candidate, d metric.Data, scorer metric.Scorer) error {
	d.Pred = c[s.Best].Pred
	single, err := scorer.Score(d)
	if err != nil {
		return err
	}
	s.Score = single
	if len(s.Path) == 1 {
		return nil
	}
	preds := make([][]float64, len(c))
	for i := range c {
		preds[i] = c[i].Pred
	}
	d.Pred = make([]float64, len(c[0].Pred))
	Blend(d.Pred, preds, s.Weights)
	blend, err := scorer.Score(d)
	if err == nil && blend >= single {
		s.Score = blend
		return nil
	}
	s.Path = s.Path[:1]
	s.Weights = weigh(s.Path, len(c))
	return nil
}

// Blend writes the weighted sum of predictions to dst, adding in index order. Members of weight 0 may be nil.
func Blend(dst []float64, preds [][]float64, weights []float64) {
	clear(dst)
	for m, w := range weights {
		if w == 0 {
			continue
		}
		p := preds[m][:len(dst)]
		for i := range dst {
			dst[i] += float64(w * p[i]) // the conversion keeps the product from being fused with the sum
		}
	}
}

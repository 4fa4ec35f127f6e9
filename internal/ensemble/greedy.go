package ensemble

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"sadi/internal/metric"
)

// greedy is a selection under way.
type greedy struct {
	opt  Options
	all  []Candidate
	d    metric.Data // of the rows selected on
	kept []int       // candidates that take part, by index
	pred [][]float64 // their predictions for the rows selected on
	one  []float64   // their scores alone
	tie  float64     // scores no farther apart count as equal
}

// rowWork bounds the predictions that a selection reads with a scorer that has no fast path.
const rowWork = 50_000_000

// maxRows is the number of rows to select on.
func (g *greedy) maxRows(d metric.Data) int {
	if hasFastPath(g.opt.Guide) {
		return g.opt.MaxRows
	}
	evaluations := g.opt.Steps * min(len(g.all), g.maxCandidates(min(len(d.Y), g.opt.MaxRows))) * d.Outputs()
	return min(g.opt.MaxRows, max(rowWork/evaluations, 2000))
}

func (g *greedy) maxCandidates(rows int) int {
	if g.opt.MaxCandidates > 0 {
		return g.opt.MaxCandidates
	}
	if PerAlgorithm(rows) > 0 {
		return len(g.all)
	}
	if g.opt.Guide.Name != g.opt.Scorer.Name {
		return 2 * Candidates(rows)
	}
	return Candidates(rows)
}

// take restricts the data and the predictions to the given rows.
func (g *greedy) take(d metric.Data, rows []int) {
	k := d.Outputs()
	g.d = d
	g.d.Y, g.d.Weights = pick(d.Y, rows, 1), pick(d.Weights, rows, 1)
	for i := range g.all {
		g.kept = append(g.kept, i)
		g.pred = append(g.pred, pick(g.all[i].Pred, rows, k))
	}
}

// single scores the candidates alone, keeps the best of those that can be scored, and begins with their scores by the guide.
func (g *greedy) single(ctx context.Context) error {
	scores, errs, err := g.alone(ctx, g.opt.Scorer)
	if err != nil {
		return err
	}
	var able []int
	for i := range g.all {
		if errs[i] == nil {
			able = append(able, i)
		}
	}
	if len(able) == 0 {
		return errs[0]
	}
	slices.SortStableFunc(able, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	able = g.admit(able)
	all := g.pred
	g.kept, g.pred, g.one = able, nil, nil
	for _, i := range able {
		g.pred, g.one = append(g.pred, all[i]), append(g.one, scores[i])
	}
	if g.opt.Guide.Name != g.opt.Scorer.Name {
		guided, errs, err := g.alone(ctx, g.opt.Guide)
		if err != nil {
			return err
		}
		if errors.Join(errs...) == nil {
			g.one = guided
		} else { // what is no probability has an order all the same
			g.opt.Guide = g.opt.Scorer
		}
	}
	g.tie = float64(g.opt.Tolerance*distance(slices.Max(g.one), g.opt.Guide.Optimum)) + float64(1e-12*math.Abs(slices.Max(g.one)))
	return nil
}

// alone scores each of the candidates that take part.
func (g *greedy) alone(ctx context.Context, by metric.Scorer) (scores []float64, errs []error, err error) {
	scores, errs = make([]float64, len(g.pred)), make([]error, len(g.pred))
	err = g.opt.Pool.For(ctx, len(g.pred), func(i int) {
		d := g.d
		d.Pred = g.pred[i]
		scores[i], errs[i] = by.Score(d)
	})
	return scores, errs, err
}

// restrict takes limit of the candidates, which are ranked by score, and returns them in ascending order: half are the
// best, and the others those that came first. The best are often much alike; the first trials of a plan are chosen to
// be wrong in different places, and a poor member that is wrong elsewhere can be worth more than another good one.
func restrict(ranked []int, limit int) []int {
	if len(ranked) <= limit {
		return slices.Sorted(slices.Values(ranked))
	}
	best := (limit + 1) / 2
	first := slices.Sorted(slices.Values(ranked[best:]))[:limit-best]
	return slices.Sorted(slices.Values(append(first, ranked[:best]...)))
}

// admit takes those of the candidates, which are ranked by score, that the number of rows allows, and returns them in ascending order.
func (g *greedy) admit(ranked []int) []int {
	most := PerAlgorithm(len(g.d.Y))
	if g.opt.MaxCandidates > 0 || most == 0 {
		return restrict(ranked, g.maxCandidates(len(g.d.Y)))
	}
	count := map[string]int{}
	admitted := slices.DeleteFunc(slices.Clone(ranked), func(i int) bool {
		count[g.all[i].Algorithm]++
		return count[g.all[i].Algorithm] > most
	})
	slices.Sort(admitted)
	return admitted
}

// distance is how far a score is from the optimum; where the scorer has no bound, the size of the score stands for it.
func distance(score, optimum float64) float64 {
	if optimum == math.MaxFloat64 {
		return math.Abs(score)
	}
	return math.Abs(optimum - score)
}

// run takes the steps and returns the best prefix of the path, the shortest one among equals.
func (g *greedy) run(ctx context.Context) ([]Step, error) {
	o := g.objective()
	used := make([]bool, len(g.kept))
	scores, steps := g.one, []Step{}
	for {
		j := g.choose(scores, used)
		if j < 0 {
			break
		}
		used[j] = true
		steps = append(steps, Step{g.kept[j], scores[j]})
		if len(steps) == g.opt.Steps || len(g.kept) == 1 {
			break
		}
		if err := o.add(ctx, j); err != nil {
			return nil, err
		}
		scores = make([]float64, len(g.kept))
		err := g.opt.Pool.For(ctx, len(g.kept), func(j int) { scores[j] = o.try(j) })
		if err != nil {
			return nil, err
		}
	}
	top := steps[0].Score
	for _, s := range steps {
		top = max(top, s.Score)
	}
	for t, s := range steps {
		if s.Score >= top-g.tie {
			return steps[:t+1], nil
		}
	}
	return steps, nil
}

// choose is the candidate with the best score, -1 if none has a score. Of equal ones it takes one that is a member
// already, which keeps ensembles small, then the cheapest, then the first.
func (g *greedy) choose(scores []float64, used []bool) int {
	top := math.Inf(-1)
	for _, s := range scores {
		if s > top { // false for NaN
			top = s
		}
	}
	best := -1
	for j, s := range scores {
		if !(s >= top-g.tie) || math.IsInf(s, -1) {
			continue
		}
		if best < 0 || used[j] && !used[best] ||
			used[j] == used[best] && !used[j] && g.all[g.kept[j]].Cost < g.all[g.kept[best]].Cost {
			best = j
		}
	}
	return best
}

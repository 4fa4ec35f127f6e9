package tree

import (
	"context"
	"math"
	"slices"
	"sync"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
)

// BoostOptions say how a booster learns.
type BoostOptions struct {
	GrowOptions
	Loss           loss.Loss // nil = the problem's default
	Rounds         int
	LearningRate   float64
	Subsample      float64 // share of the rows for each tree
	ColumnsByTree  float64 // share of the columns for each tree
	MaxBin         int     // value bins of a number, 2..255
	ScalePosWeight float64 // factor on the weights of class 1 of a binary problem; 0 counts as 1

	// ClassFactor is put on the hessians of a multiclass problem, where each class steps as if the others stood still;
	// 0 = 2, which is XGBoost's remedy.
	ClassFactor float64
	// SubsampleRounds is the number of rounds for which a sample of the rows serves, for all classes; 0 = each tree has
	// its own.
	SubsampleRounds int
	// Goss samples rows by their gradients; nil = not.
	Goss *Goss
	// Dart drops trees while others are learned; nil = not.
	Dart *Dart
	// WideThresholds puts the threshold of a split between a bin and the next one of the column, as LightGBM and
	// scikit-learn do, and a value equal to it on the left; otherwise it is between the closest values of the node.
	WideThresholds bool

	// From is a booster to continue: Rounds, Train.Rounds and Train.Proceed count the rounds beyond its own. With the
	// same data, stream and options the result is the same as that of learning all rounds at once, except with Dart.
	From *Booster

	// Patience is the number of rounds without a better validation loss after which learning stops: AdaptivePatience,
	// 0 = never, or a count. The rounds after the best are dropped, unless it is 0.
	Patience int
}

// AdaptivePatience waits longer on few rows, where the validation loss is noisy, and the longer the later the best
// round was (the rule of AutoGluon).
const AdaptivePatience = -1

func (o *BoostOptions) patience(rows, best int) int {
	if o.Patience != AdaptivePatience {
		return o.Patience
	}
	least := 300
	if rows > 10_000 {
		least = max(20, int(math.Round(300*10_000/float64(rows))))
	}
	return max(least, int(math.Round(float64(0.3*float64(best))+20)))
}

// booster learns trees on the gradients of a loss (Friedman 2001, with second-order steps as in Chen & Guestrin 2016).
type booster struct {
	BoostOptions
	model.Train
	loss     loss.Loss
	bins     *Bins
	columns  []int32 // not constant
	weights  []float64
	y        []float64
	ensemble Ensemble
	scores   []float64 // n × Outputs
	valid    []float64 // scores of the validation rows
	g, h     []float32 // n × Outputs
	first    int       // rounds that were learned before
	kept     []bool    // rows that Goss keeps in this round; nil = all
	dart     *dropout  // nil = no Dart
	mu       sync.Mutex
	growers  []*grower // that are not in use
}

// FitBooster is Boost for a Model's Fit: what it returns with an error is nil, not an interface that holds a nil *Booster.
func FitBooster(ctx context.Context, train model.Train, o BoostOptions) (model.Fitted, error) {
	b, err := Boost(ctx, train, o)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Boost fits a booster.
func Boost(ctx context.Context, train model.Train, o BoostOptions) (*Booster, error) {
	if err := model.CheckTrain(train, dataset.Trees); err != nil {
		return nil, err
	}
	b := &booster{BoostOptions: o, Train: train}
	if err := b.start(ctx); err != nil {
		return nil, err
	}
	rounds, stopping := o.Rounds, train.Valid != nil && o.Patience != 0
	if train.Rounds > 0 {
		rounds, stopping = train.Rounds, false
	}
	best, bestLoss := 0, math.Inf(1)
	if stopping && b.first > 0 {
		bestLoss = b.validLoss()
		b.dart.remember()
	}
	var trace model.Trace
	for round := 0; round < rounds; round++ {
		if err := b.round(ctx, b.first+round); err != nil {
			return nil, err
		}
		if stopping {
			l := b.validLoss()
			if l < bestLoss {
				best, bestLoss = round+1, l
				b.dart.remember()
			}
			trace.Add(round+1, l/totalWeight(b.Valid))
			if round+1-best >= o.patience(train.X.Rows, best) {
				break
			}
		}
		if train.Proceed != nil && !train.Proceed(round+1) {
			break
		}
	}
	if stopping {
		keep := b.first + best
		if keep > 0 {
			b.dart.restore(&b.ensemble)
		}
		b.ensemble.Trees = b.ensemble.Trees[:max(keep, 1)*b.ensemble.Outputs]
	}
	return &Booster{Ensemble: b.ensemble, loss: b.loss, trace: trace}, nil
}

func (b *booster) start(ctx context.Context) error {
	b.y, b.weights = b.Y.Y, b.Weights
	if f := b.ScalePosWeight; f > 0 && f != 1 && b.Y.Problem == sadi.Binary {
		b.weights = make([]float64, len(b.y))
		for i, y := range b.y {
			b.weights[i] = 1
			if b.Weights != nil {
				b.weights[i] = b.Weights[i]
			}
			if y == 1 {
				b.weights[i] *= f
			}
		}
	}
	n, d := b.X.Rows, len(b.X.Cols)
	if b.loss = b.Loss; b.loss == nil {
		b.loss = loss.Default(b.Y.Problem, b.Y.Classes)
	}
	if err := b.loss.Check(b.y); err != nil {
		return err
	}
	if err := b.checkOptions(); err != nil {
		return err
	}
	k := b.loss.Outputs()
	b.ensemble = Ensemble{Features: d, Outputs: k, Width: 1}
	b.bins = BinsOf(b.X, b.MaxBin, b.Pool)
	for j := range b.bins.Columns {
		if !b.bins.Columns[j].Constant() {
			b.columns = append(b.columns, int32(j))
		}
	}
	b.scores, b.g, b.h = make([]float64, n*k), make([]float32, n*k), make([]float32, n*k)
	if b.Valid != nil {
		b.valid = make([]float64, b.Valid.X.Rows*k)
	}
	if b.Dart != nil {
		b.dart = &dropout{Dart: *b.Dart, rate: b.LearningRate, outputs: k}
	}
	if b.From != nil {
		b.resume()
		return context.Cause(ctx)
	}
	b.ensemble.Base = b.loss.Init(b.y, b.weights)
	fill(b.scores, b.ensemble.Base)
	fill(b.valid, b.ensemble.Base)
	return context.Cause(ctx)
}

// checkOptions is the error of options that do not go together.
func (b *booster) checkOptions() error {
	if _, ok := b.loss.(loss.Leafwise); ok && b.monotone() {
		return sadi.Errorf(sadi.BadUsage, "the loss %s sets its leaves by quantiles and so can not keep them in order", b.loss.Name()).
			Advise("leave out the monotone constraints, or take the loss huber")
	}
	if f := b.From; f != nil {
		if f.Features() != len(b.X.Cols) || f.Outputs() != b.loss.Outputs() || f.loss != b.loss {
			return sadi.Errorf(sadi.BadUsage, "a model of %d features and %d outputs on the loss %s can not be continued with %d, %d and %s",
				f.Features(), f.Outputs(), f.loss.Name(), len(b.X.Cols), b.loss.Outputs(), b.loss.Name())
		}
	}
	return nil
}

// resume takes up where From ended.
func (b *booster) resume() {
	b.ensemble.Base, b.ensemble.Trees = slices.Clone(b.From.Base), slices.Clone(b.From.Trees)
	b.first = b.From.Rounds()
	b.ensemble.Sum(b.scores, b.X)
	if b.Valid != nil {
		b.ensemble.Sum(b.valid, b.Valid.X)
	}
	b.dart.adopt(b.ensemble.Trees)
}

func fill(dst, row []float64) {
	for i := range dst {
		dst[i] = row[i%len(row)]
	}
}

// round learns one tree for each output.
func (b *booster) round(ctx context.Context, round int) error {
	n, k := b.X.Rows, b.ensemble.Outputs
	seed := b.Stream.Child("dart").At(round).Uint64()
	if err := b.dart.drop(ctx, b, seed); err != nil {
		return err
	}
	err := b.Pool.For(ctx, (n+rowBlock-1)/rowBlock, func(i int) {
		lo, hi := i*rowBlock, min((i+1)*rowBlock, n)
		w := b.weights
		if w != nil {
			w = w[lo:hi]
		}
		b.loss.GradHess(b.g[lo*k:hi*k], b.h[lo*k:hi*k], b.y[lo:hi], b.scores[lo*k:hi*k], w)
	})
	if err != nil {
		return err
	}
	b.keepRows(round)
	trees, errs := make([]Tree, k), make([]error, k)
	err = b.Pool.For(ctx, k, func(o int) {
		seed := b.Stream.Child("tree").At(round*k + o).Uint64()
		trees[o], errs[o] = b.tree(ctx, round, o, seed)
	})
	for _, e := range errs {
		if err == nil {
			err = e
		}
	}
	if err != nil {
		return err
	}
	first := len(b.ensemble.Trees)
	b.ensemble.Trees = append(b.ensemble.Trees, trees...)
	if b.valid != nil {
		if err := b.addParallel(ctx, b.valid, b.Valid.X, nil, b.Valid.X.Rows, first, trees); err != nil {
			return err
		}
	}
	return b.dart.restoreDropped(ctx, b)
}

// addParallel is Ensemble.add for the first n of rows (nil = of all rows).
func (b *booster) addParallel(ctx context.Context, dst []float64, x *dataset.Matrix, rows []uint32, n, first int, trees []Tree) error {
	const block = 4096
	return b.Pool.For(ctx, (n+block-1)/block, func(i int) {
		b.ensemble.add(dst, x, rows, i*block, min((i+1)*block, n), first, trees)
	})
}

// fewColumns is the share of the columns below which a tree has tiles of its own. Making them costs about as much as
// counting a third of all columns in vain.
const fewColumns = 0.65

// tree learns the tree of output o and adds it to the scores.
func (b *booster) tree(ctx context.Context, round, o int, seed uint64) (Tree, error) {
	n, k := b.X.Rows, b.ensemble.Outputs
	g := b.takeGrower()
	defer b.giveGrower(g)
	p := pairs{g: b.g, h: b.h, at: o, stride: k, factor: 1}
	if k > 1 {
		p.factor = b.classFactor()
	}
	fix, err := newFixed(ctx, b.Pool, p)
	if err != nil {
		return Tree{}, err
	}
	if err := fix.pack(ctx, b.Pool, g.packed, p); err != nil {
		return Tree{}, err
	}
	sample := b.rows(g.idx, round, hash(seed, 0, 0))
	g.countBy(p)
	columns, tiles := b.columns, []tile(nil)
	share := b.ColumnsByTree
	if share > 0 && share < 1 {
		columns = drawColumns(columns, share, hash(seed, 1, 0))
	}
	if share > 0 && share < fewColumns {
		g.own = b.bins.makeTiles(g.own, b.bins.together(columns), b.Pool)
		tiles = g.own
	} else {
		tiles = b.bins.JointTiles(b.Pool)
	}
	if err := g.grow(ctx, sample, tiles, columns, fix, hash(seed, 2, 0)); err != nil {
		return Tree{}, err
	}
	t := g.tree(b.LearningRate, b.threshold())
	if l, ok := b.loss.(loss.Leafwise); ok {
		if err := b.renewLeaves(ctx, g, &t, l.Quantile()); err != nil {
			return Tree{}, err
		}
	}
	b.limitSteps(&t)
	b.dart.scale(o, &t)
	if err := b.addLeaves(ctx, g, &t, o); err != nil {
		return Tree{}, err
	}
	if sample < n {
		err = b.addParallel(ctx, b.scores, b.X, g.idx[sample:], n-sample, len(b.ensemble.Trees)/k*k+o, []Tree{t})
	}
	return t, err
}

// addLeaves adds the leaves' values to the scores of the rows that they were learned from.
func (b *booster) addLeaves(ctx context.Context, g *grower, t *Tree, o int) error {
	pool := b.Pool
	if len(g.idx) < smallWork/4 {
		pool = nil
	}
	k := b.ensemble.Outputs
	return pool.For(ctx, len(g.leaves), func(i int) {
		leaf := &g.nodes[g.leaves[i]]
		v := float64(t.Values[i])
		for _, r := range g.idx[leaf.lo:leaf.hi] {
			b.scores[int(r)*k+o] += v
		}
	})
}

// classFactor is ClassFactor or its default.
func (b *booster) classFactor() float64 {
	if b.ClassFactor > 0 {
		return b.ClassFactor
	}
	return 2
}

// threshold is where a split of a number cuts.
func (b *booster) threshold() func(c *Column, left, right int) float32 {
	if b.WideThresholds {
		return func(c *Column, left, _ int) float32 { return c.ThresholdAbove(left, left+1) }
	}
	return (*Column).Threshold
}

func (b *booster) takeGrower() *grower {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.growers); n > 0 {
		g := b.growers[n-1]
		b.growers = b.growers[:n-1]
		return g
	}
	return newGrower(b.bins, b.GrowOptions, b.Pool)
}

func (b *booster) giveGrower(g *grower) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.growers = append(b.growers, g)
}

// validLoss is the total loss on the validation rows.
func (b *booster) validLoss() float64 {
	k, sum := b.ensemble.Outputs, 0.0
	for i, y := range b.Valid.Y.Y {
		l := b.loss.Value(y, b.valid[i*k:(i+1)*k])
		if b.Valid.Weights != nil {
			l *= b.Valid.Weights[i]
		}
		sum += l
	}
	return sum
}

// totalWeight is that of the rows of a set.
func totalWeight(s *dataset.Set) float64 {
	if s.Weights == nil {
		return float64(len(s.Y.Y))
	}
	sum := 0.0
	for _, w := range s.Weights {
		sum += w
	}
	return sum
}

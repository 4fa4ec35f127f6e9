package tree

import (
	"context"
	"math"
	"sync"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
)

// BoostOptions say how a booster learns.
type BoostOptions struct {
	GrowOptions
	Rounds         int
	LearningRate   float64
	Subsample      float64 // share of the rows for each tree
	ColumnsByTree  float64 // share of the columns for each tree
	MaxBin         int     // value bins of a number, 2..255
	ScalePosWeight float64 // factor on the weights of class 1 of a binary problem; 0 counts as 1

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
	mu       sync.Mutex
	growers  []*grower // that are not in use
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
	var trace model.Trace
	for round := 0; round < rounds; round++ {
		if err := b.round(ctx, round); err != nil {
			return nil, err
		}
		if stopping {
			l := b.validLoss()
			if l < bestLoss {
				best, bestLoss = round+1, l
			}
			trace.Add(round+1, l/b.validWeight())
			if round+1-best >= o.patience(train.X.Rows, best) {
				break
			}
		}
		if train.Proceed != nil && !train.Proceed(round+1) {
			break
		}
	}
	if stopping {
		b.ensemble.Trees = b.ensemble.Trees[:max(best, 1)*b.ensemble.Outputs]
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
	b.loss = loss.Default(b.Y.Problem, b.Y.Classes)
	if err := b.loss.Check(b.y); err != nil {
		return err
	}
	k := b.loss.Outputs()
	b.ensemble = Ensemble{Features: d, Outputs: k, Width: 1, Base: b.loss.Init(b.y, b.weights)}
	b.bins = BinsOf(b.X, b.MaxBin, b.Pool)
	for j := range b.bins.Columns {
		if !b.bins.Columns[j].Constant() {
			b.columns = append(b.columns, int32(j))
		}
	}
	b.scores, b.g, b.h = make([]float64, n*k), make([]float32, n*k), make([]float32, n*k)
	fill(b.scores, b.ensemble.Base)
	if b.Valid != nil {
		b.valid = make([]float64, b.Valid.X.Rows*k)
		fill(b.valid, b.ensemble.Base)
	}
	return context.Cause(ctx)
}

func fill(dst, row []float64) {
	for i := range dst {
		dst[i] = row[i%len(row)]
	}
}

// round learns one tree for each output.
func (b *booster) round(ctx context.Context, round int) error {
	n, k := b.X.Rows, b.ensemble.Outputs
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
	trees, errs := make([]Tree, k), make([]error, k)
	err = b.Pool.For(ctx, k, func(o int) {
		seed := b.Stream.Child("tree").At(round*k + o).Uint64()
		trees[o], errs[o] = b.tree(ctx, o, seed)
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
	if b.valid == nil {
		return nil
	}
	return b.addParallel(ctx, b.valid, b.Valid.X, nil, b.Valid.X.Rows, first, trees)
}

// addParallel is Ensemble.add for the first n of rows (nil = of all rows).
func (b *booster) addParallel(ctx context.Context, dst []float64, x *dataset.Matrix, rows []uint32, n, first int, trees []Tree) error {
	const block = 4096
	return b.Pool.For(ctx, (n+block-1)/block, func(i int) {
		b.ensemble.add(dst, x, rows, i*block, min((i+1)*block, n), first, trees)
	})
}

// tree learns the tree of output o and adds it to the scores.
func (b *booster) tree(ctx context.Context, o int, seed uint64) (Tree, error) {
	n, k := b.X.Rows, b.ensemble.Outputs
	g := b.takeGrower()
	defer b.giveGrower(g)
	p := pairs{g: b.g, h: b.h, at: o, stride: k, factor: 1}
	if k > 1 {
		p.factor = 2 // each class steps as if the others stood still: XGBoost's remedy
	}
	fix, err := newFixed(ctx, b.Pool, p)
	if err != nil {
		return Tree{}, err
	}
	if err := fix.pack(ctx, b.Pool, g.packed, p); err != nil {
		return Tree{}, err
	}
	sample := drawRows(g.idx, b.Subsample, hash(seed, 0, 0))
	columns, tiles := b.columns, []tile(nil)
	if share := b.ColumnsByTree; share > 0 && share < 1 {
		columns = drawColumns(columns, share, hash(seed, 1, 0))
		g.own = b.bins.makeTiles(g.own, columns, b.Pool)
		tiles = g.own
	} else {
		tiles = b.bins.Tiles(b.Pool)
	}
	if err := g.grow(ctx, sample, tiles, columns, fix, hash(seed, 2, 0)); err != nil {
		return Tree{}, err
	}
	t := g.tree(b.LearningRate)
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

// validWeight is the total weight of the validation rows.
func (b *booster) validWeight() float64 {
	if b.Valid.Weights == nil {
		return float64(len(b.Valid.Y.Y))
	}
	sum := 0.0
	for _, w := range b.Valid.Weights {
		sum += w
	}
	return sum
}

package tree

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
)

// ObliviousOptions say how a sum of oblivious trees learns.
type ObliviousOptions struct {
	Rounds         int
	LearningRate   float64 // 0 = from the counts of rows and rounds
	Depth          int     // levels of a tree
	L2             float64 // on leaf values
	Cosine         bool    // score splits by the cosine between gradients and leaf values rather than by the L2 gain
	RandomStrength float64 // of the noise on scores, in standard deviations of the gradients; it fades with the rounds
	Bootstrap      Bootstrap
	Temperature    float64 // of the Bayesian bootstrap
	Subsample      float64 // of the Bernoulli and the MVS bootstrap
	ColumnShare    float64 // of the columns, for each level
	MaxBin         int     // value bins of a number, 2..255
	LeastWeight    float64 // rows of mean weight in a leaf below which it counts as not split
	LeafSteps      int     // Newton steps for the leaf values
	Ordered        bool    // ordered boosting

	MaxOneHot      int // categories with at most so many values are asked value by value, the others by statistics
	MaxCombination int // most categories in a combination, tests on other features counting as one
	Permutations   int // random orders of the rows for the structure of trees; one more is for the leaf values

	Balance  float64 // power of model.Balance; 0 = the classes weigh what their rows do
	Patience int     // as in BoostOptions

	// From is a model to continue: Rounds, Train.Rounds and Train.Proceed count the rounds beyond its own. With the same
	// data, stream and options the result is the same as that of learning all rounds at once.
	From *Oblivious
}

// symmetricBooster learns oblivious trees on the gradients of a loss.
type symmetricBooster struct {
	ObliviousOptions
	model.Train
	out    *Oblivious
	cats   *catalogue
	folds  []*fold // the last is that of the leaf values
	leaves *symmetric
	valid  []float64   // scores of the validation rows
	codes  [][]float32 // of the validation rows, for each statistic

	meanWeight   float64
	g, h, sg, sh []float32 // n × Outputs, for each part
	packed       []int64
	drawn        bootstrap
	first        int // rounds that were learned before
	iteration    int // from first on
}

// BoostOblivious fits a sum of oblivious trees.
func BoostOblivious(ctx context.Context, train model.Train, o ObliviousOptions) (*Oblivious, error) {
	if err := model.CheckTrain(train, dataset.Trees); err != nil {
		return nil, err
	}
	b := &symmetricBooster{ObliviousOptions: o, Train: train}
	if err := b.start(ctx); err != nil {
		return nil, err
	}
	rounds, stopping := o.Rounds, train.Valid != nil && o.Patience != 0
	if train.Rounds > 0 {
		rounds, stopping = train.Rounds, false
	}
	waits := BoostOptions{Patience: o.Patience}
	best, bestLoss := 0, math.Inf(1)
	if stopping && b.first > 0 {
		bestLoss = b.validLoss()
	}
	for done := 1; done <= rounds; done++ {
		b.iteration = b.first + done - 1
		if err := b.round(ctx); err != nil {
			return nil, err
		}
		if stopping {
			l := b.validLoss()
			if l < bestLoss {
				best, bestLoss = done, l
			}
			b.out.trace.Add(done, l/totalWeight(train.Valid))
			if done-best >= waits.patience(train.X.Rows, best) {
				break
			}
		}
		if train.Proceed != nil && !train.Proceed(done) {
			break
		}
	}
	if stopping {
		b.out.Trees = b.out.Trees[:max(b.first+best, 1)]
	}
	b.out.compact()
	return b.out, nil
}

func (b *symmetricBooster) start(ctx context.Context) error {
	n := b.X.Rows
	l := loss.Default(b.Y.Problem, b.Y.Classes)
	if err := l.Check(b.Y.Y); err != nil {
		return err
	}
	if b.Balance != 0 {
		b.Weights = model.Balance(b.Y, b.Weights, b.Balance)
	}
	b.meanWeight = 1
	if b.Weights != nil {
		sum := 0.0
		for _, w := range b.Weights {
			sum += w
		}
		b.meanWeight = sum / float64(n)
	}
	if b.From != nil {
		b.first = b.From.Rounds()
	}
	if b.LearningRate == 0 {
		b.LearningRate = b.rate()
	}
	b.out = &Oblivious{outputs: l.Outputs(), base: l.Init(b.Y.Y, b.Weights), loss: l}
	for _, f := range b.X.Features {
		b.out.levels = append(b.out.levels, int32(f.Levels))
	}
	if err := b.adopt(); err != nil {
		return err
	}
	bins := BinsOf(b.X, b.MaxBin, b.Pool)
	b.cats = newCatalogue(b.Set, bins, b.out, b.MaxOneHot)
	b.drawn = bootstrap{kind: b.Bootstrap, share: b.Subsample, temperature: b.Temperature}
	b.makeFolds(bins)
	k := b.out.outputs
	rows := 0
	for _, f := range b.folds {
		rows = max(rows, f.rows())
	}
	b.g, b.h = make([]float32, rows*k), make([]float32, rows*k)
	b.sg, b.sh = make([]float32, rows*k), make([]float32, rows*k)
	b.packed = make([]int64, rows*k)
	b.leaves = &symmetric{ordered: b.folds[0].byPlace, cosine: b.Cosine}
	b.leaves.partition = partition{idx: make([]uint32, n), tmp: make([]uint32, n), pool: b.Pool}
	if b.Valid != nil {
		b.valid = make([]float64, b.Valid.X.Rows*k)
		fill(b.valid, b.out.base)
	}
	if b.first > 0 {
		if err := b.resume(ctx); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// rate is CatBoost's automatic learning rate for the loss. Rows to stop by do not enter, so that a fit with the rounds that
// they found takes the same steps.
func (b *symmetricBooster) rate() float64 {
	rounds := b.first + b.ObliviousOptions.Rounds
	switch b.Y.Problem {
	case sadi.Binary:
		return automaticRate(b.X.Rows, rounds, 0.246, -5.127, -0.451)
	case sadi.Multiclass:
		return automaticRate(b.X.Rows, rounds, 0.02, -2.364, -0.382)
	default:
		return automaticRate(b.X.Rows, rounds, 0.157, -4.062, -0.61)
	}
}

// makeFolds orders the rows. Without statistics and ordered boosting there is nothing to order, and one fold does it all.
func (b *symmetricBooster) makeFolds(bins *Bins) {
	set := b.Set
	stream := b.Stream.Child("permutation")
	if !b.Ordered && b.cats.encoder == nil {
		b.folds = []*fold{newFold(set, bins, nil, false, b.out.base, b.Pool)}
	} else {
		for k := range max(b.Permutations, 1) {
			s := stream.At(k)
			b.folds = append(b.folds, newFold(set, bins, &s, b.Ordered, b.out.base, b.Pool))
		}
		s := stream.Child("leaves")
		b.folds = append(b.folds, newFold(set, bins, &s, false, b.out.base, b.Pool))
	}
}

// round learns one tree: its structure on one fold, and leaf values on all of them.
func (b *symmetricBooster) round(ctx context.Context) error {
	seed := b.Stream.Child("tree").At(b.iteration).Uint64()
	at := 0
	if n := len(b.folds); n > 1 {
		at = int(hash(seed, 0, 0) % uint64(n-1))
	}
	f := b.folds[at]
	if err := b.gradients(ctx, f, nil); err != nil {
		return err
	}
	asked, gains, err := b.structure(ctx, f, seed)
	if err != nil {
		return err
	}
	t := ObliviousTree{Gains: gains}
	for i := range asked {
		t.Splits = append(t.Splits, b.cats.split(&asked[i]))
	}
	last := len(b.folds) - 1
	for i := range b.folds {
		k := (at + i) % len(b.folds) // first the one whose gradients are there
		f := b.folds[k]
		if i > 0 {
			if err := b.gradients(ctx, f, nil); err != nil {
				return err
			}
		}
		if err := b.findLeaves(ctx, f, asked); err != nil {
			return err
		}
		values, err := b.estimate(ctx, f, 1<<len(asked))
		if err != nil {
			return err
		}
		if k == last {
			t.Values, t.Covers = values, f.covers(1<<len(asked))
		}
	}
	b.out.Trees = append(b.out.Trees, t)
	return b.addValid(ctx, &t)
}

// gradients computes them for all parts of a fold, at its scores plus, for the first part, the given steps by leaf.
func (b *symmetricBooster) gradients(ctx context.Context, f *fold, steps [][]float64) error {
	k := b.out.outputs
	for p, part := range f.parts {
		err := b.Pool.For(ctx, (part.end+rowBlock-1)/rowBlock, func(i int) {
			lo, hi := i*rowBlock, min((i+1)*rowBlock, part.end)
			w := f.weights
			if w != nil {
				w = w[lo:hi]
			}
			from, to := (part.at+lo)*k, (part.at+hi)*k
			scores := f.scores[from:to]
			if steps != nil {
				moved := make([]float64, len(scores))
				for r, leaf := range f.leaf[lo:hi] {
					for c := range k {
						moved[r*k+c] = scores[r*k+c] + steps[p][int(leaf)*k+c]
					}
				}
				scores = moved
			}
			b.out.loss.GradHess(b.g[from:to], b.h[from:to], f.y[lo:hi], scores, w)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// addValid adds a tree to the scores of the validation rows.
func (b *symmetricBooster) addValid(ctx context.Context, t *ObliviousTree) error {
	if b.valid == nil {
		return nil
	}
	x, d := b.Valid.X, len(b.out.levels)
	for k := len(b.codes); k < len(b.out.Statistics); k++ {
		b.codes = append(b.codes, b.out.codesOf(x, k))
	}
	return b.Pool.For(ctx, (x.Rows+rowBlock-1)/rowBlock, func(i int) {
		lo, hi := i*rowBlock, min((i+1)*rowBlock, x.Rows)
		leaf := make([]uint32, hi-lo)
		b.out.leaves(leaf, t.Splits, func(c int32) []float32 {
			if int(c) >= d {
				return b.codes[int(c)-d][lo:hi]
			}
			return x.Cols[c][lo:hi]
		})
		t.addLeaves(b.valid[lo*b.out.outputs:], leaf, b.out.outputs)
	})
}

// validLoss is the total loss on the validation rows.
func (b *symmetricBooster) validLoss() float64 {
	k, sum := b.out.outputs, 0.0
	for i, y := range b.Valid.Y.Y {
		l := b.out.loss.Value(y, b.valid[i*k:(i+1)*k])
		if b.Valid.Weights != nil {
			l *= b.Valid.Weights[i]
		}
		sum += l
	}
	return sum
}

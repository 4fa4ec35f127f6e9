package tree

import (
	"context"
	"math"
	"sync"

	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
)

// ForestOptions say how a forest learns.
type ForestOptions struct {
	CartOptions
	Trees      int
	Bootstrap  bool    // each tree learns from rows drawn with replacement (Breiman 2001)
	MaxSamples float64 // size of the draw as a share of the rows; 0 counts as 1
	OutOfBag   bool    // predict each row from the trees that did not draw it
	// FeatureShare says how many columns a node looks at where MaxFeatures is 0: this share of them; 0 means the square
	// root of their count, and a negative number all.
	FeatureShare float64
}

// GrowForest fits a forest. Tree t depends on train.Stream and t alone.
func GrowForest(ctx context.Context, train model.Train, o ForestOptions) (*Forest, error) {
	f, err := newForester(train, o)
	if err != nil {
		return nil, err
	}
	trees := o.Trees
	if train.Rounds > 0 {
		trees = train.Rounds
	}
	batch := 2 * train.Pool.Width() // whatever it is, exactly the trees that Proceed lets pass are kept
	for len(f.trees) < trees {
		first := len(f.trees)
		done := make([]Tree, min(batch, trees-first))
		gains := make([][]float64, len(done))
		drawn := make([][]uint8, len(done))
		errs := make([]error, len(done))
		if err := train.Pool.For(ctx, len(done), func(k int) {
			done[k], gains[k], drawn[k], errs[k] = f.tree(ctx, first+k)
		}); err != nil {
			return nil, err
		}
		for k := range done {
			if errs[k] != nil {
				return nil, errs[k]
			}
			f.keep(done[k], gains[k])
			if err := f.outOfBag.add(ctx, f, &done[k], drawn[k]); err != nil {
				return nil, err
			}
			if train.Proceed != nil && !train.Proceed(len(f.trees)) {
				return f.forest(), nil
			}
		}
	}
	return f.forest(), nil
}

// GrowSingle fits one tree on all rows.
func GrowSingle(ctx context.Context, train model.Train, o CartOptions) (*Single, error) {
	f, err := newForester(train, ForestOptions{CartOptions: o, Trees: 1, FeatureShare: -1})
	if err != nil {
		return nil, err
	}
	t, gains, _, err := f.tree(ctx, 0)
	if err != nil {
		return nil, err
	}
	f.keep(t, gains)
	return &Single{f.average()}, nil
}

// forester grows the trees of one forest.
type forester struct {
	ForestOptions
	model.Train
	*response
	bins  *Bins
	trees []Tree
	gains []float64

	bag      bag
	outOfBag *outOfBag // nil = not asked for

	mu    sync.Mutex
	carts []*cart // that are not in use
}

func newForester(train model.Train, o ForestOptions) (*forester, error) {
	if err := model.CheckTrain(train, dataset.Trees); err != nil {
		return nil, err
	}
	if o.Criterion == Poisson {
		if err := (loss.Poisson{}).Check(train.Y.Y); err != nil {
			return nil, err
		}
	}
	if o.Balanced && train.Y.Problem.IsClassification() {
		train.Weights = model.Balance(train.Y, train.Weights, 1)
	}
	f := &forester{ForestOptions: o, Train: train}
	taught := train.Set
	if o.Bootstrap {
		f.bag = newBag(train.Set, o.MaxSamples)
		if f.bag.byWeight() {
			taught.Weights = nil // the draw has seen to them
		}
	}
	f.response = newResponse(taught, o.Criterion)
	if o.OutOfBag && o.Bootstrap {
		f.outOfBag = newOutOfBag(train.X.Rows, max(f.classes, 1))
	}
	f.bins = BinsOf(train.X, MaxBins, train.Pool)
	d := len(train.X.Cols)
	if f.MaxFeatures == 0 {
		f.MaxFeatures = featureCount(o.FeatureShare, d)
	}
	f.gains = make([]float64, d)
	return f, nil
}

// featureCount is the count of columns that ForestOptions.FeatureShare means.
func featureCount(share float64, columns int) int {
	switch {
	case share > 0:
		return max(1, int(share*float64(columns)))
	case share == 0:
		return max(1, int(math.Sqrt(float64(columns))))
	}
	return columns
}

// tree grows tree t and says how often it drew each row; nil = every row once.
func (f *forester) tree(ctx context.Context, t int) (Tree, []float64, []uint8, error) {
	c := f.take()
	defer f.give(c)
	random := f.Stream.Child("tree").At(t).Rand()
	var drawn []uint8
	if f.Bootstrap {
		drawn = f.bag.draw(random)
	}
	if err := c.grow(ctx, drawn, random); err != nil {
		return Tree{}, nil, nil, err
	}
	return c.tree(), c.importance(len(f.X.Cols)), drawn, nil
}

func (f *forester) keep(t Tree, gains []float64) {
	f.trees = append(f.trees, t)
	for j, g := range gains {
		f.gains[j] += g
	}
}

// average is the fitted forest of the trees so far.
func (f *forester) average() average {
	k := max(f.classes, 1)
	return average{Ensemble: Ensemble{Features: len(f.X.Cols), Outputs: k, Width: k, Base: make([]float64, k), Trees: f.trees},
		offset: f.base, probability: !f.regress, importance: normalised(f.gains)}
}

func (f *forester) take() *cart {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.carts); n > 0 {
		c := f.carts[n-1]
		f.carts = f.carts[:n-1]
		return c
	}
	return newCart(f.bins, f.response, f.CartOptions, f.Pool)
}

func (f *forester) give(c *cart) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.carts = append(f.carts, c)
}

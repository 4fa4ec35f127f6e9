package tree

import (
	"context"
	"math"
	"sync"

	"sadi/internal/dataset"
	"sadi/internal/model"
)

// ForestOptions say how a forest learns.
type ForestOptions struct {
	CartOptions
	Trees      int
	Bootstrap  bool    // each tree learns from rows drawn with replacement (Breiman 2001)
	MaxSamples float64 // size of the draw as a share of the rows; 0 counts as 1
	// FeatureShare, when positive, replaces MaxFeatures by this share of the columns; 0 means the square root of their
	// count, and a negative number all.
	FeatureShare float64
}

// maxCount is the most often that a tree's bootstrap sample may hold a row. For the usual sample a 65th time has a
// chance below 1e-89.
const maxCount = 64

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
		errs := make([]error, len(done))
		if err := train.Pool.For(ctx, len(done), func(k int) {
			done[k], gains[k], errs[k] = f.tree(ctx, first+k)
		}); err != nil {
			return nil, err
		}
		for k := range done {
			if errs[k] != nil {
				return nil, errs[k]
			}
			f.keep(done[k], gains[k])
			if train.Proceed != nil && !train.Proceed(len(f.trees)) {
				return &Forest{f.average()}, nil
			}
		}
	}
	return &Forest{f.average()}, nil
}

// GrowSingle fits one tree on all rows.
func GrowSingle(ctx context.Context, train model.Train, o CartOptions) (*Single, error) {
	f, err := newForester(train, ForestOptions{CartOptions: o, Trees: 1, FeatureShare: -1})
	if err != nil {
		return nil, err
	}
	t, gains, err := f.tree(ctx, 0)
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

	mu    sync.Mutex
	carts []*cart // that are not in use
}

func newForester(train model.Train, o ForestOptions) (*forester, error) {
	if err := model.CheckTrain(train, dataset.Trees); err != nil {
		return nil, err
	}
	f := &forester{ForestOptions: o, Train: train, response: newResponse(train.Set)}
	f.bins = BinsOf(train.X, MaxBins, train.Pool)
	d := len(train.X.Cols)
	switch share := o.FeatureShare; {
	case share > 0:
		f.MaxFeatures = int(share * float64(d))
	case share == 0:
		f.MaxFeatures = int(math.Sqrt(float64(d)))
	default:
		f.MaxFeatures = d
	}
	f.MaxFeatures = max(f.MaxFeatures, 1)
	f.gains = make([]float64, d)
	return f, nil
}

func (f *forester) tree(ctx context.Context, t int) (Tree, []float64, error) {
	c := f.take()
	defer f.give(c)
	random := f.Stream.Child("tree").At(t).Rand()
	var counts []uint8
	if f.Bootstrap {
		counts = make([]uint8, f.X.Rows)
		draws := f.X.Rows
		if f.MaxSamples > 0 {
			draws = max(1, int(math.Round(f.MaxSamples*float64(draws))))
		}
		for range draws {
			if i := random.IntN(len(counts)); counts[i] < maxCount {
				counts[i]++
			}
		}
	}
	if err := c.grow(ctx, counts, random); err != nil {
		return Tree{}, nil, err
	}
	return c.tree(), c.importance(len(f.X.Cols)), nil
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

package tree

import "context"

// largestStep bounds a Newton step on log-odds: beyond it the parabola says nothing about the loss.
const largestStep = 10

// findLeaves finds the leaf of every row of a fold.
func (b *symmetricBooster) findLeaves(ctx context.Context, f *fold, asked []answer) error {
	clear(f.leaf)
	rights := make([][256]uint8, len(asked))
	bins := make([][]uint8, len(asked))
	for l := range asked {
		bins[l] = asked[l].bins(b.cats, f, &rights[l])
	}
	return b.Pool.For(ctx, (len(f.leaf)+rowBlock-1)/rowBlock, func(i int) {
		lo, hi := i*rowBlock, min((i+1)*rowBlock, len(f.leaf))
		for l := range asked {
			answerBins(f.leaf[lo:hi], bins[l][lo:hi], &rights[l], l)
		}
	})
}

// estimate finds the leaf values of each part of a fold from its gradients and adds them to its scores. It returns those
// of the first part, which is all there is in the fold of the leaf values.
func (b *symmetricBooster) estimate(ctx context.Context, f *fold, leaves int) ([]float32, error) {
	k := b.out.outputs
	steps := make([][]float64, len(f.parts))
	for p := range steps {
		steps[p] = make([]float64, leaves*k)
	}
	for step := range max(b.LeafSteps, 1) {
		if step > 0 {
			if err := b.gradients(ctx, f, steps); err != nil {
				return nil, err
			}
		}
		for p := range f.parts {
			if err := b.newton(ctx, f, &f.parts[p], steps[p], leaves); err != nil {
				return nil, err
			}
		}
	}
	for p, part := range f.parts {
		for i, v := range steps[p] {
			steps[p][i] = float64(float32(float64(b.LearningRate * v)))
		}
		err := b.Pool.For(ctx, (part.end+rowBlock-1)/rowBlock, func(i int) {
			lo, hi := i*rowBlock, min((i+1)*rowBlock, part.end)
			for r := lo; r < hi; r++ {
				scores := f.scores[(part.at+r)*k:][:k]
				for c, v := range steps[p][int(f.leaf[r])*k:][:k] {
					scores[c] += v
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	values := make([]float32, leaves*k)
	for i, v := range steps[0] {
		values[i] = float32(v)
	}
	return values, nil
}

// covers are the weights of the rows in each leaf.
func (f *fold) covers(leaves int) []float32 {
	covers := make([]float32, leaves)
	sums := make([]float64, leaves)
	for r, leaf := range f.leaf {
		if f.weights == nil {
			sums[leaf]++
		} else {
			sums[leaf] += f.weights[r]
		}
	}
	for i, s := range sums {
		covers[i] = float32(s)
	}
	return covers
}

// newton adds a step −G / (H + λ) to each leaf, the sums being over the rows that a part learns from, block by block.
func (b *symmetricBooster) newton(ctx context.Context, f *fold, part *prefix, step []float64, leaves int) error {
	k := b.out.outputs
	width := 2 * k
	block := max(rowBlock, 2*leaves) // so that the sums take no more room than the gradients
	blocks := make([][]float64, (part.body+block-1)/block)
	err := b.Pool.For(ctx, len(blocks), func(i int) {
		sums := make([]float64, leaves*width)
		for r := i * block; r < min((i+1)*block, part.body); r++ {
			own := sums[int(f.leaf[r])*width:][:width]
			for c := range k {
				own[2*c] += float64(b.g[(part.at+r)*k+c])
				own[2*c+1] += float64(b.h[(part.at+r)*k+c])
			}
		}
		blocks[i] = sums
	})
	if err != nil {
		return err
	}
	for _, s := range blocks[1:] {
		for i, v := range s {
			blocks[0][i] += v
		}
	}
	factor := 1.0
	if k > 1 {
		factor = float64(k) / float64(k-1) // the classes step together: exact where all are equally likely
	}
	lambda := float64(b.L2 * b.meanWeight)
	for i := range step {
		g, h := blocks[0][2*i], float64(blocks[0][2*i+1]*factor)
		if !(h+lambda > 0) {
			continue
		}
		v := -g / (h + lambda)
		if b.Y.Problem.IsClassification() {
			v = min(max(v, -largestStep), largestStep)
		}
		step[i] += v
	}
	return nil
}

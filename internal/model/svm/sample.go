package svm

import (
	"context"
	"math"
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
)

// sample is the rows that a fit learns from: those with a weight, and of too many a share.
type sample struct {
	cols   [][]float32
	target dataset.Target // as weight
	weight []float64
}

// newSample takes at most that many rows, 0 = all.
func newSample(train model.Train, most int) *sample {
	set := model.Sample(train.Set, most)
	s := &sample{cols: set.X.Cols, target: set.Y, weight: set.Weights}
	if s.weight == nil {
		s.weight = make([]float64, s.rows())
		for i := range s.weight {
			s.weight[i] = 1
		}
	}
	return s
}

// begin is the common beginning of both fits: their rows, and the kernel in the unit of these.
func (o *options) begin(ctx context.Context, train model.Train) (*sample, kernel, error) {
	if err := model.CheckTrain(train, dataset.Distances); err != nil {
		return nil, kernel{}, err
	}
	if ctx.Err() != nil {
		return nil, kernel{}, context.Cause(ctx)
	}
	s := newSample(train, o.maxRows)
	k, err := o.kernel.scaled(o.unit, s)
	return s, k, err
}

func (s *sample) rows() int { return len(s.target.Y) }

// variance is that of all values of all features together, rows counting by weight.
func (s *sample) variance() float64 {
	total := 0.0
	for _, w := range s.weight {
		total += w
	}
	total *= float64(len(s.cols))
	sum, squares := 0.0, 0.0
	for _, col := range s.cols {
		for i, v := range col {
			sum += float64(s.weight[i] * float64(v))
		}
	}
	mean := sum / total
	for _, col := range s.cols {
		for i, v := range col {
			e := float64(v) - mean
			squares += float64(s.weight[i] * float64(e*e))
		}
	}
	return squares / total
}

// origin is the mean of each column, rounded as the features are: that of a constant column is its value. Only distances do
// not depend on it, so that it is nil for all kernels but rbf.
func (s *sample) origin(k kernelKind) []float32 {
	if k != rbf {
		return nil
	}
	means := make([]float32, len(s.cols))
	for j, col := range s.cols {
		sum := 0.0
		for _, v := range col {
			sum += float64(v)
		}
		means[j] = float32(sum / float64(len(col)))
	}
	return means
}

// vectors are the features of some rows of the sample, row by row.
func (s *sample) vectors(chosen []int) []float32 {
	v := make([]float32, 0, len(chosen)*len(s.cols))
	for _, i := range chosen {
		for _, col := range s.cols {
			v = append(v, col[i])
		}
	}
	return v
}

// folds are the parts of the rows that are left out by turns, to calibrate probabilities.
const folds = 5

// never is the part of a row that is never left out, since its class has no other.
const never = -1

// deal gives every row of the sample one of the folds, each class spread evenly. Chance orders rows by what is in them, so that
// equal rows are left out together and a row of weight 2 is as good as two rows.
func (s *sample) deal(stream rng.Stream) []int {
	keys := make([]uint64, s.rows())
	seed := stream.Uint64()
	for i := range keys {
		keys[i] = seed
	}
	for _, col := range s.cols {
		for i, v := range col {
			keys[i] = mix(keys[i] ^ uint64(math.Float32bits(v+0))) // −0 + 0 = 0
		}
	}
	part := make([]int, s.rows())
	for c := range s.target.Classes {
		var distinct []uint64
		for i, y := range s.target.Y {
			if int(y) == c {
				distinct = append(distinct, keys[i])
			}
		}
		slices.Sort(distinct)
		distinct = slices.Compact(distinct)
		for i, y := range s.target.Y {
			if int(y) != c {
				continue
			}
			place, _ := slices.BinarySearch(distinct, keys[i])
			part[i] = place % folds
			if len(distinct) == 1 {
				part[i] = never
			}
		}
	}
	return part
}

// mix is a permutation of the numbers of 64 bits in which every bit depends on every one (Steele, Lea and Flood, 2014,
// SplitMix).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

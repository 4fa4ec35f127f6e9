package svm

import (
	"math"
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/rng"
	"sadi/internal/split"
)

// sample is the rows that a fit learns from: those with a weight, and of too many a share.
type sample struct {
	cols   [][]float32    // of the whole matrix
	rows   []int          // of the matrix, ascending
	target dataset.Target // of these rows, as weight
	weight []float64
}

// newSample takes at most that many rows, 0 = all.
func newSample(train model.Train, most int) (*sample, error) {
	s := &sample{cols: train.X.Cols}
	for i := range train.X.Rows {
		if train.Weights == nil || train.Weights[i] > 0 {
			s.rows = append(s.rows, i)
		}
	}
	if n := len(s.rows); most > 0 && n > most {
		fold, err := split.Holdout(s.rows, 1-float64(most)/float64(n), split.By{Y: train.Y.Y, Classes: train.Y.Classes}, train.Stream.Child("sample"))
		if err != nil {
			return nil, err
		}
		s.rows = fold.Fit
	}
	s.target = train.Y.Take(s.rows)
	s.weight = make([]float64, len(s.rows))
	for i, r := range s.rows {
		s.weight[i] = 1
		if train.Weights != nil {
			s.weight[i] = train.Weights[r]
		}
	}
	return s, nil
}

// variance is that of all values of all features together, rows counting by weight.
func (s *sample) variance() float64 {
	total := 0.0
	for _, w := range s.weight {
		total += w
	}
	total *= float64(len(s.cols))
	sum, squares := 0.0, 0.0
	for _, col := range s.cols {
		for i, r := range s.rows {
			sum += float64(s.weight[i] * float64(col[r]))
		}
	}
	mean := sum / total
	for _, col := range s.cols {
		for i, r := range s.rows {
			e := float64(col[r]) - mean
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
		for _, r := range s.rows {
			sum += float64(col[r])
		}
		means[j] = float32(sum / float64(len(s.rows)))
	}
	return means
}

// vectors are the features of some rows of the sample, row by row.
func (s *sample) vectors(chosen []int) []float32 {
	v := make([]float32, 0, len(chosen)*len(s.cols))
	for _, i := range chosen {
		for _, col := range s.cols {
			v = append(v, col[s.rows[i]])
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
	keys := make([]uint64, len(s.rows))
	seed := stream.Uint64()
	for i := range keys {
		keys[i] = seed
	}
	for _, col := range s.cols {
		for i, r := range s.rows {
			keys[i] = mix(keys[i] ^ uint64(math.Float32bits(col[r]+0))) // −0 + 0 = 0
		}
	}
	part := make([]int, len(s.rows))
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

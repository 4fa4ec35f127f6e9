// Package split divides rows into sets for fitting, validating and judging.
//
// Notation: rows are numbers of table rows; By holds facts of every row of the table, so By.Y[rows[i]] belongs to
// rows[i]. Every set that leaves the package is ascending, and the sets of one Fold are disjoint.
package split

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"sadi"
	"sadi/internal/rng"
)

// Fold is one division of rows: a model is fitted on Fit and scored on Valid. Row numbers are ascending and disjoint.
type Fold struct {
	Fit   []int
	Valid []int
}

// By is how rows are divided. The zero value divides by chance alone; Group and Time exclude each other.
type By struct {
	// Y is the target of every table row. With Classes > 0 it holds class indices 0..Classes-1 and every set gets its
	// share of each class; with Classes = 0 it holds numbers and every set gets its share of each quantile.
	Y       []float64
	Classes int
	// Group is the group code of every table row: the rows of one group never stand on both sides.
	Group []int32
	// Time orders the table rows: Valid is always later than Fit, and rows of equal time never stand on both sides. A
	// NaN is earlier than every time.
	Time []float64
}

// check refuses what no division can be made of.
func (by By) check(rows []int) error {
	switch {
	case len(rows) < 2:
		return sadi.Errorf(sadi.BadData, "%d rows can not be divided", len(rows)).Advise("give at least 2 rows with a target")
	case by.Group != nil && by.Time != nil:
		return sadi.Errorf(sadi.BadUsage, "rows can not be divided by group and by time at once").Advise("choose one of the two")
	}
	if by.Classes > 0 {
		for _, r := range rows {
			if y := by.Y[r]; math.IsNaN(y) || y < 0 || y >= float64(by.Classes) {
				return sadi.Errorf(sadi.BadData, "a row without a class can not be divided").At("row %d", r+1)
			}
		}
	}
	return nil
}

// Holdout sets the fraction size of the rows, in (0, 1), aside as Valid: the latest rows by time; whole groups, drawn by
// chance until their rows are nearest to the fraction; else a stratified draw. Of every class with at least two rows at
// least one stays in Fit (by group: where the groups allow it), and a class with a single row stays there wholly.
func Holdout(rows []int, size float64, by By, s rng.Stream) (Fold, error) {
	if err := by.check(rows); err != nil {
		return Fold{}, err
	}
	if !(size > 0 && size < 1) {
		return Fold{}, sadi.Errorf(sadi.BadUsage, "the fraction of rows to set aside is %g", size).Advise("it lies between 0 and 1, both excluded")
	}
	n := len(rows)
	m := min(max(int(math.Round(float64(n)*size)), 1), n-1)
	switch {
	case by.Time != nil:
		return holdoutTime(rows, m, by.Time)
	case by.Group != nil:
		return holdoutGroup(rows, m, by, s)
	case by.Classes > 0:
		return holdoutClass(rows, m, by, s)
	}
	return holdoutQuantile(rows, m, by.Y, s), nil
}

// KFold divides the rows into k folds. By time, fold i is fitted on all rows before its own (an expanding window, as in
// scikit-learn's TimeSeriesSplit, so the first of the k+1 periods is never in Valid); otherwise every row is in Valid of
// exactly one fold and in Fit of the others. The one exception: the row of a class that has no other row is in Fit of
// every fold, for there is nothing to learn about it without it.
func KFold(rows []int, k int, by By, s rng.Stream) ([]Fold, error) {
	if err := by.check(rows); err != nil {
		return nil, err
	}
	if k < 2 || k > len(rows) {
		return nil, sadi.Errorf(sadi.BadUsage, "%d rows can not be divided into %d folds", len(rows), k).
			Advise("the number of folds lies between 2 and the number of rows")
	}
	var part []int // the fold in which rows[i] is in Valid, or -1
	var err error
	switch {
	case by.Time != nil:
		return kfoldTime(rows, k, by.Time)
	case by.Group != nil:
		part, err = kfoldGroup(rows, k, by, s)
	case by.Classes > 0:
		part, err = kfoldClass(rows, k, by, s)
	default:
		part = kfoldQuantile(rows, k, by.Y, s)
	}
	if err != nil {
		return nil, err
	}
	folds := make([]Fold, k)
	for f := range folds {
		folds[f] = divide(rows, func(i int) bool { return part[i] == f })
	}
	return folds, nil
}

// divide puts rows[i] into Valid where in(i) is true, else into Fit.
func divide(rows []int, in func(i int) bool) Fold {
	var f Fold
	for i, r := range rows {
		if in(i) {
			f.Valid = append(f.Valid, r)
		} else {
			f.Fit = append(f.Fit, r)
		}
	}
	slices.Sort(f.Fit)
	slices.Sort(f.Valid)
	return f
}

// Hash is the SHA-256 of a row set as hexadecimal text: of each row number as 8 bytes, little-endian, in order.
func Hash(rows []int) string {
	h := sha256.New()
	var buf []byte
	for i, r := range rows {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(r))
		if len(buf) == 1<<13 || i == len(rows)-1 {
			h.Write(buf)
			buf = buf[:0]
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Package prep is the contract of a transformer: it learns from rows of one column and turns that column, in any table,
// into the numbers that algorithms want.
//
// A transformer is a folder below this one. Transformers stand in chains: the first takes a column of the table, each
// next one the numbers of the one before, and the last one's numbers are columns of the matrix. internal/prep/pipeline
// decides which column gets which chains, fits them and applies them. A transformer sees the rows it is fitted on and
// nothing else, and what it does to a row depends on that row alone, with one exception: target statistics of the rows
// it was fitted on are out-of-fold (see Learned.Values).
package prep

import (
	"context"
	"math"

	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/rng"
)

// Block is the values of some rows on their way from the table to the matrix: words, as they stand in the table, or
// columns of numbers. It is read-only.
type Block struct {
	Rows  int
	Words *Words      // nil = numbers
	Nums  [][]float64 // each Rows long; NaN = missing; never ±Inf in what comes from a table
}

// Column says what a column of a Block is.
type Column struct {
	dataset.Feature
	// For codes of levels (Feature.Levels > 0): the name of each level, and how many levels of the table share the
	// level that stands for all rare ones (Other, an index; -1 = there is none).
	Labels []string
	Other  int
	Merged int
}

// Number is a column of numbers called name, made from the table's column source.
func Number(name, source string) Column {
	return Column{Feature: dataset.Feature{Name: name, Source: source}, Other: -1}
}

// Sample is what a transformer learns from. It is read-only and nothing in it may be kept after Fit.
type Sample struct {
	Block
	Columns []Column       // what Block.Nums are; for words one Column, which names the source
	Target  dataset.Target // Rows values
	Weights []float64      // Rows non-negative weights; nil = all 1
	Parts   []uint8        // for out-of-fold values: the part 0..Folds of each row; nil = one part
	Stream  rng.Stream     // for this transformer alone
}

// Folds is the number of parts for out-of-fold values; part number Folds holds rows that are in no fold.
const Folds = 5

// Learned is what Fit leaves.
type Learned struct {
	Fitted  Fitted
	Columns []Column // what Fitted makes; empty = nothing worth having, and the chain ends without a column
	// Values are the columns for the fitted rows where they are not what Transform makes of them, because there a row
	// must not see its own target. nil = Transform's.
	Values [][]float64
	Words  string // what was learned, for people: "median 3.5 for missing values"
}

// Transformer is a kind of preparation with its options.
type Transformer interface {
	// Fit learns. Equal samples give equal bytes from Encode. It fails only when ctx is done.
	Fit(ctx context.Context, s *Sample) (Learned, error)
}

// Fitted is a learned transformer. It is safe for concurrent use.
type Fitted interface {
	Kind() string // pinned: it stands in model files
	Takes() int   // columns of numbers that it takes; 0 = words
	Width() int   // columns that it makes
	// Transform writes Width columns of in.Rows numbers to dst. It panics when in is not what it takes; values may be
	// any.
	Transform(dst [][]float64, in Block)
	Encode(w *codec.Writer)
}

// Decoder reads what Fitted.Encode wrote. It never panics on foreign bytes; the caller checks r.Err.
type Decoder func(r *codec.Reader) Fitted

// MaxWidth bounds what a transformer may make of a column; decoders refuse more.
const MaxWidth = 1 << 12

// Finite records a fault of the reader if one of the numbers read is NaN or infinite.
func Finite(r *codec.Reader, numbers ...float64) {
	for _, v := range numbers {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			r.Fail("a prepared column has the parameter %g", v)
			return
		}
	}
}

// Columns makes n columns of rows numbers.
func Columns(n, rows int) [][]float64 {
	flat := make([]float64, n*rows)
	cols := make([][]float64, n)
	for j := range cols {
		cols[j] = flat[j*rows : (j+1)*rows : (j+1)*rows]
	}
	return cols
}

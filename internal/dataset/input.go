package dataset

// Input is the form of the features that an algorithm wants; internal/prep builds exactly that.
type Input uint8

// The forms of input.
const (
	// Dense: numbers only. Categories one-hot (rare levels grouped; high cardinality target-encoded), missing values
	// imputed with indicators, numbers standardised to mean 0 and deviation 1.
	Dense Input = iota
	// Trees: numbers as they are with NaN for missing; categories as codes (Feature.Levels > 0) with NaN for
	// missing and unseen.
	Trees
	// Encoded: as Trees, but every category as numbers (one-hot when small, else smoothed out-of-fold target
	// statistics), for tree algorithms that do not split on categories.
	Encoded
)

var inputNames = [...]string{"dense", "trees", "encoded"}

// String is the name of the form.
func (in Input) String() string { return inputNames[in] }

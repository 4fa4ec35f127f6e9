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
	// Distances: as Dense, but the two forms of a skewed number count together as much as another's one: for algorithms
	// that measure how far rows lie apart.
	Distances

	// Inputs is the number of forms.
	Inputs = iota
)

var inputNames = [...]string{"dense", "trees", "encoded", "distances"}

// Complete reports whether the form has a number for every value: neither NaN nor a code.
func (in Input) Complete() bool { return in == Dense || in == Distances }

// String is the name of the form.
func (in Input) String() string { return inputNames[in] }

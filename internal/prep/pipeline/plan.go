package pipeline

import (
	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/prep"
	"sadi/internal/prep/boolean"
	"sadi/internal/prep/dateparts"
	"sadi/internal/prep/impute"
	"sadi/internal/prep/missing"
	"sadi/internal/prep/number"
	"sadi/internal/prep/onehot"
	"sadi/internal/prep/ordinal"
	"sadi/internal/prep/power"
	"sadi/internal/prep/scale"
	"sadi/internal/prep/targetencode"
	"sadi/internal/prep/textcount"
	"sadi/internal/prep/textngram"
	"sadi/internal/table"
)

// recipe is a chain to be fitted.
type recipe []prep.Transformer

// The counts of levels at which a category is treated in another way.
const (
	maxCodes       = 254    // codes for tree algorithms: with one for missing they fit a byte
	manyLevels     = 30     // above it, target statistics stand beside the codes
	maxIndicators  = 10     // one-hot columns for tree algorithms: more make every one of them weak
	maxDenseLevels = 50     // one-hot columns for dense models
	maxStatistics  = 50_000 // levels with statistics of their own
	rareShare      = 1000   // for dense models, a level with fewer than 1/rareShare of the rows is rare
)

// facts are what the chains of a column depend on; all are counted among the rows to be fitted on.
type facts struct {
	kind    table.Kind
	rows    int
	counts  []int // of each level, for words
	target  dataset.Target
	boolean bool // two words for false and true
}

// plan chooses the chains of a column.
func plan(in dataset.Input, f facts) []recipe {
	dense := in.Complete()
	switch f.kind {
	case table.Number, table.Integer:
		if dense {
			return []recipe{{impute.Transformer{}, power.Transformer{}, scale.Transformer{Shared: in == dataset.Distances}}, {missing.Transformer{}}}
		}
		return []recipe{{number.Transformer{}}}
	case table.DateTime:
		if dense {
			return []recipe{{impute.Transformer{}, scale.Transformer{}}, {dateparts.Transformer{Cyclic: true}}, {missing.Transformer{}}}
		}
		return []recipe{{dateparts.Transformer{}}}
	case table.Boolean:
		if f.boolean {
			return []recipe{{boolean.Transformer{Signed: dense}}}
		}
	case table.Text:
		if dense {
			return []recipe{{textcount.Transformer{Log: true}, scale.Transformer{}}, {textngram.Transformer{}, scale.Transformer{}}}
		}
		return []recipe{{textcount.Transformer{}}, {textngram.Transformer{}}}
	}
	return planCategory(in, f)
}

func planCategory(in dataset.Input, f facts) []recipe {
	codes := ordinal.Transformer{MinCount: 2, MaxLevels: maxCodes}
	statistics := recipe{
		ordinal.Transformer{MinCount: 2, MaxLevels: maxStatistics, Missing: true, UnseenIsRare: true}, targetencode.Transformer{}}
	indicators := func(minCount, levels int) recipe {
		return recipe{ordinal.Transformer{MinCount: minCount, MaxLevels: levels, Missing: true, UnseenIsRare: true}, onehot.Transformer{}}
	}
	encodable := f.target.Problem != sadi.Multiclass || f.target.Classes <= targetencode.MaxClasses
	switch in {
	case dataset.Trees:
		if f.levels(1) > manyLevels {
			return []recipe{{codes}, statistics}
		}
		return []recipe{{codes}}
	case dataset.Encoded:
		switch {
		case f.levels(1) <= maxIndicators:
			return []recipe{indicators(1, 0)}
		case encodable:
			return []recipe{statistics}
		}
		return []recipe{indicators(2, maxDenseLevels), statistics} // of the statistics only the frequency is left
	}
	minCount := max(2, f.rows/rareShare)
	statistics = append(statistics, scale.Transformer{})
	switch {
	case f.levels(minCount) <= maxDenseLevels:
		return []recipe{indicators(minCount, 0)}
	case encodable:
		return []recipe{statistics}
	}
	return []recipe{indicators(minCount, maxDenseLevels), statistics}
}

// levels counts the levels that occur in at least n rows.
func (f facts) levels(n int) int {
	k := 0
	for _, c := range f.counts {
		if c >= n {
			k++
		}
	}
	return k
}

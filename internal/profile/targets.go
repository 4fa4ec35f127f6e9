package profile

import (
	"context"

	"sadi"
	"sadi/internal/table"
)

// ConfidenceBar is the confidence from which the best candidate is taken without asking.
const ConfidenceBar = 0.6

// clearMargin is how far the second candidate must stay behind.
const clearMargin = 0.2

// Candidate is a column that may be the target.
type Candidate struct {
	Column     string       `json:"column"`
	Confidence float64      `json:"confidence"` // 0..1; those of all candidates add up to less than 1
	Problem    sadi.Problem `json:"problem"`
	Why        string       `json:"why"` // one sentence
}

// Skill says how well a column can be predicted from the others, 0 (not at all) to 1, by a quick model.
type Skill func(ctx context.Context, target string, p sadi.Problem) (float64, error)

// TargetOptions say how to look for the target.
type TargetOptions struct {
	Ignore []string // columns that can not be the target
	Skill  Skill    // nil = not used; called in turn for the few best candidates, and only while none is clear
}

// Clear reports whether the best candidate can be taken without asking.
func Clear(c []Candidate) bool {
	if len(c) == 0 || c[0].Confidence < ConfidenceBar {
		return false
	}
	return len(c) == 1 || c[0].Confidence-c[1].Confidence >= clearMargin
}

// Targets ranks the columns that may be the target, best first; cols is what Describe said of t.
func Targets(ctx context.Context, t *table.Table, cols []Column, opt TargetOptions) ([]Candidate, error) {
	return nil, context.Cause(ctx)
}

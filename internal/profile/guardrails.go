package profile

import (
	"context"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/table"
)

// Guardrail is something in the data that could spoil a model.
type Guardrail struct {
	Code     string `json:"code"`             // one of the Code… constants
	Severity string `json:"severity"`         // info, warning, critical
	Column   string `json:"column,omitempty"` // "" = the whole table
	Text     string `json:"text"`             // one sentence: what
	Advice   string `json:"advice,omitempty"` // what to do
	Drop     bool   `json:"drop,omitempty"`   // the column is left out of the features
}

// The severities.
const (
	Info     = "info"
	Warning  = "warning"
	Critical = "critical"
)

// GuardOptions say which columns have another part to play. The zero value: none.
type GuardOptions struct {
	Ignore []string
	Group  string
	Time   string
	Weight string
	Pool   *par.Pool
}

// Guardrails lists what could spoil a model, the most severe first; cols is what Describe said of t. target "" leaves
// out what concerns the target.
func Guardrails(ctx context.Context, t *table.Table, cols []Column, target string, p sadi.Problem, opt GuardOptions) ([]Guardrail, error) {
	return nil, context.Cause(ctx)
}

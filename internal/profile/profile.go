// Package profile looks at a table before anything is learned: what each column is, what could spoil a model, which
// column is to be predicted and what kind of problem that makes.
//
// Nothing here is sampled: counts, quantiles and distinct values are those of all rows. Nothing depends on chance or
// on the number of threads.
package profile

import (
	"context"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/table"
)

// Profile is what is known of a table before training.
type Profile struct {
	Rows       int         `json:"rows"`
	Columns    []Column    `json:"columns"`
	Guardrails []Guardrail `json:"guardrails"`
	Targets    []Candidate `json:"targets"`          // ranked, best first
	Target     *Choice     `json:"target,omitempty"` // nil when none was given and none is clear
}

// Choice is the column to predict and the problem it makes.
type Choice struct {
	Column  string       `json:"column"`
	Problem sadi.Problem `json:"problem"`
	Why     string       `json:"why"`   // why the problem is this one
	Given   bool         `json:"given"` // named by the user, not found by us
}

// Column is the profile of one column. Counts are rows.
type Column struct {
	Name         string       `json:"name"`
	Kind         table.Kind   `json:"kind"`
	Why          string       `json:"why,omitempty"` // the reason for the kind
	Rows         int          `json:"rows"`
	Missing      int          `json:"missing"`
	MissingShare float64      `json:"missing_share"` // 0..1
	Distinct     int          `json:"distinct"`      // values, missing not counted; exact
	Order        Order        `json:"order,omitempty"`
	Quantiles    *Quantiles   `json:"quantiles,omitempty"` // number, integer, datetime
	Top          []LevelCount `json:"top,omitempty"`       // most frequent values, at most 10; absent when none repeats
	Histogram    []Bin        `json:"histogram,omitempty"` // at most 20 bins: number, integer, datetime
	Text         *TextStats   `json:"text,omitempty"`      // category, text
}

// Order says how the values of a column run down the rows, missing ones left aside.
type Order string

// The orders. Sequence is every value one more than the one before.
const (
	Unordered  Order = ""
	Ascending  Order = "ascending"  // never falls, and not constant
	Descending Order = "descending" // never rises, and not constant
	Sequence   Order = "sequence"
)

// Quantiles summarise a numeric column; dates in seconds since 1970-01-01 UTC. Quantiles are linearly interpolated
// between order statistics (Hyndman and Fan's type 7, numpy's default); SD divides by n-1 and is 0 for one value.
type Quantiles struct {
	Min  float64 `json:"min"`
	P01  float64 `json:"p01"`
	P05  float64 `json:"p05"`
	P25  float64 `json:"p25"`
	P50  float64 `json:"p50"`
	P75  float64 `json:"p75"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
}

// LevelCount is a value as text (cut after 80 characters) and the rows that have it.
type LevelCount struct {
	Level string `json:"level"`
	Count int    `json:"count"`
}

// Bin is a bar of a histogram: Lo <= value < Hi, the last one with Hi.
type Bin struct {
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Count int     `json:"count"`
}

// TextStats summarise the values of a column of words over its rows.
type TextStats struct {
	MeanLength float64 `json:"mean_length"` // characters
	MaxLength  int     `json:"max_length"`
	MeanWords  float64 `json:"mean_words"`
}

// Options say how to look. The zero value looks at everything and finds the target itself.
type Options struct {
	Target string        // "" = find it
	Task   sadi.TaskType // "" = auto
	Ignore []string      // columns that the user leaves out
	Group  string        // the column that groups rows; never a target or a feature
	Time   string        // the column that orders rows; never a target
	Weight string        // the column of sample weights; never a target or a feature
	Skill  Skill         // nil = candidates are ranked without a quick model
	Pool   *par.Pool     // nil = one goroutine
}

// Inspect makes the whole profile. A target that was named and can not be used is an error; that none is clear is not
// (Profile.Target is nil then).
func Inspect(ctx context.Context, t *table.Table, opt Options) (*Profile, error) {
	cols, err := Describe(ctx, t, opt.Pool)
	if err != nil {
		return nil, err
	}
	p := &Profile{Rows: t.Rows, Columns: cols}
	p.Targets, err = Targets(ctx, t, cols, TargetOptions{Ignore: opt.aside(), Skill: opt.Skill})
	if err != nil {
		return nil, err
	}
	if p.Target, err = choose(t, p.Targets, opt); err != nil {
		return nil, err
	}
	var target string
	var problem sadi.Problem
	if p.Target != nil {
		target, problem = p.Target.Column, p.Target.Problem
	}
	p.Guardrails, err = Guardrails(ctx, t, cols, target, problem, GuardOptions{
		Ignore: opt.Ignore, Group: opt.Group, Time: opt.Time, Weight: opt.Weight, Pool: opt.Pool})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// aside is the columns that can not be the target.
func (o Options) aside() []string {
	out := append([]string(nil), o.Ignore...)
	for _, name := range []string{o.Group, o.Time, o.Weight} {
		if name != "" {
			out = append(out, name)
		}
	}
	return out
}

func choose(t *table.Table, found []Candidate, opt Options) (*Choice, error) {
	name := opt.Target
	if name == "" {
		if !Clear(found) {
			return nil, nil
		}
		name = found[0].Column
	}
	c := t.Column(name)
	if c == nil {
		return nil, t.NoColumn(name)
	}
	p, why, err := InferProblem(c, opt.Task)
	if err != nil {
		return nil, err
	}
	return &Choice{Column: name, Problem: p, Why: why, Given: opt.Target != ""}, nil
}

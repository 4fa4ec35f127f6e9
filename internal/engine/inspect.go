package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/metric"
	"sadi/internal/par"
	"sadi/internal/profile"
	"sadi/internal/rng"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
)

// inspect reads the file, finds the target and the problem, and decides which columns are features.
func (r *run) inspect(ctx context.Context) (err error) {
	p := &r.job.Spec.Params
	wall := p.Budget.Wall
	if p.Budget == (sadi.Budget{}) {
		p.Budget, _ = sadi.ParseBudget("small")
		wall = p.Budget.Wall
	}
	if err := r.checkNames(); err != nil { // before a large file is read
		return err
	}
	r.clock = newClock(r.started.Add(-r.job.Spent), wall, r.job.Replay)
	r.pool = par.New(p.Jobs)
	r.stream = rng.New(p.Seed)
	if r.table, r.reading, err = csvio.Read(ctx, r.job.Path, csvio.Options{Pool: r.pool, MaxBytes: r.job.Limits.Bytes, MaxCols: r.job.Limits.Columns}); err != nil {
		return err
	}
	r.tellOfLosses()
	if most := r.job.Limits.Rows; most > 0 && r.table.Rows > most {
		return sadi.Errorf(sadi.LimitExceeded, "the file has %d rows, and %d are allowed here", r.table.Rows, most).
			Advise("send fewer rows, or ask whoever runs the server to raise its bound")
	}
	if want := r.job.Expect; want != "" && want != r.reading.SHA256 {
		return sadi.Errorf(sadi.BadData, "the file is not the one of the record: its SHA-256 is %s, where %s is expected", r.reading.SHA256, want).
			At("%s", r.job.Path).Advise("name the file as it was then")
	}
	for _, name := range named(p) {
		if r.table.Column(name) == nil {
			return r.table.NoColumn(name)
		}
	}
	r.profile, err = profile.Inspect(ctx, r.table, profile.Options{Target: r.job.Spec.Target, Task: r.job.Spec.TaskType,
		Ignore: p.Ignore, Group: p.Group, Time: p.Time, Weight: p.Weight, Pool: r.pool, Skill: r.skill()})
	if err != nil {
		return err
	}
	if r.profile.Target == nil {
		return unclear(r.profile.Targets)
	}
	if err := r.setTarget(); err != nil {
		return err
	}
	if err := r.checkParts(); err != nil {
		return err
	}
	if r.scorer, err = scorerFor(p.Metric, r.target.Problem); err != nil {
		return err
	}
	if err := r.setWeights(p.Weight); err != nil {
		return err
	}
	return r.setFeatures()
}

// tellOfLosses notes what the table lacks of the file.
func (r *run) tellOfLosses() {
	for _, m := range r.reading.Repairs {
		switch m.Code {
		case csvio.CodeTitle, csvio.CodeRepeated, csvio.CodeTotals, csvio.CodeStrays:
			if m.Where != "" {
				r.note("%s: %s", m.Where, m.Text)
			} else {
				r.note("%s", m.Text)
			}
		}
	}
}

// checkNames refuses algorithms that there are for no problem at all, and mistyped scores.
func (r *run) checkNames() error {
	p := &r.job.Spec.Params
	for i, name := range p.Models {
		if len(Find(r.job.Catalog.Models, name)) == 0 {
			return NoModel(r.job.Catalog.Models, name).At("params.models[%d]", i)
		}
	}
	if p.Metric == "" {
		return nil
	}
	var mistyped error
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		var e *sadi.Error
		if _, err := metric.Lookup(p.Metric, problem); err == nil {
			return nil
		} else if errors.As(err, &e) && mistyped == nil && strings.HasPrefix(e.Hint, "did you mean") {
			mistyped = err
		}
	}
	return mistyped // of a name that is near to none, the list for the problem says more
}

// named are the columns that the request names beside the target.
func named(p *sadi.Params) []string {
	names := slices.Clone(p.Ignore)
	for _, n := range []string{p.Group, p.Time, p.Weight} {
		if n != "" {
			names = append(names, n)
		}
	}
	return names
}

// UnclearTarget is the cause of an error with the code sadi.TargetUnclear: the columns that may be the target, the
// likeliest first.
type UnclearTarget struct{ Candidates []sadi.TargetCandidate }

func (UnclearTarget) Error() string { return "no column is clearly the target" }

// unclear is the error of a job whose target nobody named and nothing gives away.
func unclear(found []profile.Candidate) error {
	var u UnclearTarget
	for _, c := range found {
		u.Candidates = append(u.Candidates, sadi.TargetCandidate{Column: c.Column, Confidence: c.Confidence, Problem: c.Problem, Why: c.Why})
	}
	e := sadi.Errorf(sadi.TargetUnclear, "it is not clear which column is to be predicted")
	e.Err = u
	if len(found) == 0 {
		return e.Advise("name it with --target")
	}
	var list []string
	for _, c := range found[:min(len(found), 5)] {
		list = append(list, fmt.Sprintf("%s (%.0f %%: %s)", c.Column, 100*c.Confidence, c.Why))
	}
	return e.Advise("name it with --target; the likeliest are %s", strings.Join(list, "; "))
}

func (r *run) setTarget() error {
	choice := r.profile.Target
	r.column = r.table.Column(choice.Column)
	kept, labels, usable, err := profile.TargetOf(r.column, nil, choice.Problem)
	if err != nil {
		return err
	}
	r.labels, r.usable = labels, usable
	r.target = kept
	r.target.Y = make([]float64, r.table.Rows) // by table row; rows without a target stand in no split
	for i := range r.target.Y {
		r.target.Y[i] = math.NaN()
	}
	for i, row := range usable {
		r.target.Y[row] = kept.Y[i]
	}
	r.targetInfo = manifest.Target{Column: choice.Column, Problem: choice.Problem, Labels: r.labels, Why: choice.Why,
		Confidence: 1, Found: !choice.Given, RowsDropped: r.table.Rows - len(r.usable)}
	if !choice.Given {
		for _, c := range r.profile.Targets {
			if c.Column == choice.Column {
				r.targetInfo.Confidence = c.Confidence
				r.targetInfo.Why = c.Why + "; " + choice.Why
			}
		}
	}
	if r.targetInfo.RowsDropped > 0 {
		r.note("%d rows have no %s and teach nothing", r.targetInfo.RowsDropped, choice.Column)
	}
	return nil
}

// checkParts refuses a target that is asked to play another part as well.
func (r *run) checkParts() error {
	p := r.job.Spec.Params
	parts := []struct{ option, column, play string }{
		{"--group", p.Group, "hold the groups of the split"},
		{"--time", p.Time, "order the rows"},
		{"--weight", p.Weight, "hold the sample weights"},
	}
	for _, name := range p.Ignore {
		parts = append(parts, struct{ option, column, play string }{"--ignore", name, "be ignored"})
	}
	for _, part := range parts {
		if part.column == r.column.Name {
			return sadi.Errorf(sadi.BadUsage, "the target can not %s", part.play).At("%s %s", part.option, part.column).
				Advise("name another column")
		}
	}
	return nil
}

func scorerFor(name string, p sadi.Problem) (metric.Scorer, error) {
	if name == "" {
		return metric.Default(p), nil
	}
	return metric.Lookup(name, p)
}

func (r *run) setWeights(name string) error {
	if name == "" {
		return nil
	}
	c := r.table.Column(name)
	if !c.Kind.Numeric() || c.Kind == table.DateTime {
		return sadi.Errorf(sadi.BadData, "weights must be numbers").At("column %q", name)
	}
	for _, row := range r.usable {
		if w := c.Nums[row]; math.IsNaN(w) || w < 0 {
			return sadi.Errorf(sadi.BadData, "weights must not be missing or negative").At("row %d, column %q", row+1, name)
		}
	}
	r.weights = c.Nums
	return nil
}

// setFeatures leaves out what the request and the guardrails leave out.
func (r *run) setFeatures() error {
	p := r.job.Spec.Params
	reason := map[string]string{r.column.Name: "it is the target"}
	for _, g := range r.profile.Guardrails {
		if g.Drop && g.Column != "" && reason[g.Column] == "" {
			reason[g.Column] = g.Text
		}
	}
	if p.Weight != "" {
		reason[p.Weight] = "it holds the sample weights"
	}
	if p.Group != "" {
		reason[p.Group] = "it holds the groups of the split"
	}
	for _, name := range p.Ignore {
		reason[name] = "the request leaves it out"
	}
	for _, c := range r.table.Cols {
		if why := reason[c.Name]; why == "" {
			r.features = append(r.features, c.Name)
		} else if c != r.column {
			r.dropped = append(r.dropped, manifest.Dropped{Column: c.Name, Reason: why})
		}
	}
	r.guardrails = r.profile.Guardrails
	if len(r.features) == 0 {
		return sadi.Errorf(sadi.BadData, "no column is left to learn from").Advise("every column but the target is ignored, constant or an identifier")
	}
	return nil
}

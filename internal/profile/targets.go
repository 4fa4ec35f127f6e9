package profile

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"sadi"
	"sadi/internal/elementary"
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
	Skill  Skill    // nil = not used; called in turn for the few best candidates, and only while none is sure
}

// Clear reports whether the best candidate can be taken without asking.
func Clear(c []Candidate) bool {
	if len(c) == 0 || c[0].Confidence < ConfidenceBar {
		return false
	}
	return len(c) == 1 || c[0].Confidence-c[1].Confidence >= clearMargin
}

// The evidence is combined as Bayes would: each column starts with the share of tables whose target stands at its
// place, "none of them" starts with noTarget, and what is seen multiplies the odds. Confidence is a column's share of
// the whole.
const (
	priorLast  = 0.55
	priorFirst = 0.20
	priorOther = 0.25 // for all others together
	noTarget   = 0.5
	doubt      = 0.01 // of the whole: names can mislead

	maxCandidates = 10
	minConfidence = 0.01 // less is not worth a line
	defining      = 8.5  // weight of a name that means a target wherever the column stands
	contradicted  = 0.3  // of a weight stays where the name means classes and the values are many numbers
	idWeight      = -4.0 // of an identifier's name, where values repeat
	skillTries    = 3
	sure          = 0.9 // a candidate beyond this needs no quick model
)

// suspect is a column under consideration.
type suspect struct {
	Candidate
	place   int // in the table
	weight  float64
	reasons []string
}

// Targets ranks the columns that may be the target, best first; cols is what Describe said of t. Dates, free text,
// identifiers and columns without two values are no candidates. Errors: the cause of ctx; an error of Skill only
// means that the quick model has nothing to say.
func Targets(ctx context.Context, t *table.Table, cols []Column, opt TargetOptions) ([]Candidate, error) {
	found, err := suspects(ctx, t, cols, opt.Ignore)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return []Candidate{}, nil
	}
	weighPlaces(found, cols)
	for i := range found {
		s := &found[i]
		weighName(s, t)
		weighType(s, &cols[s.place])
	}
	weighContrast(found)
	rank(found)
	if opt.Skill != nil && found[0].Confidence < sure {
		if err := weighSkill(ctx, found[:min(skillTries, len(found))], opt.Skill); err != nil {
			return nil, err
		}
		rank(found)
	}
	var out []Candidate
	for _, s := range found[:min(maxCandidates, len(found))] {
		if s.Confidence < minConfidence && len(out) > 0 {
			break
		}
		s.Confidence = math.Round(1e4*s.Confidence) / 1e4
		s.Why = sentence(s.reasons)
		out = append(out, s.Candidate)
	}
	return out, nil
}

func suspects(ctx context.Context, t *table.Table, cols []Column, ignore []string) ([]suspect, error) {
	var found []suspect
	for j, c := range t.Cols {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		d := &cols[j]
		if slices.Contains(ignore, c.Name) || c.Kind == table.DateTime || c.Kind == table.Text || d.Distinct < 2 ||
			identifier(c, d, len(cols)) != "" {
			continue
		}
		p, _, err := InferProblem(c, sadi.Auto)
		if err != nil { // it can not be a target
			continue
		}
		found = append(found, suspect{Candidate: Candidate{Column: c.Name, Problem: p}, place: j})
	}
	return found, nil
}

// weighPlaces gives each column the prior of its place among the columns that may be the target.
func weighPlaces(found []suspect, cols []Column) {
	last := len(found) - 1
	for i := range found {
		s := &found[i]
		switch i {
		case last:
			s.weight = priorLast
			s.reasons = append(s.reasons, placeReason(s.place == len(cols)-1, "last"))
		case 0:
			s.weight = priorFirst
			s.reasons = append(s.reasons, placeReason(s.place == 0, "first"))
		default:
			s.weight = priorOther / float64(last-1)
		}
	}
	switch dated := slices.ContainsFunc(cols, func(d Column) bool { return d.Kind == table.DateTime }); {
	case last > 0:
	case dated && len(cols) == 2:
		found[0].weight *= 4
		found[0].reasons = append(found[0].reasons, "it is the only column beside the date")
	default: // being the only one left says less than being the last of many
		found[0].weight *= 0.5
	}
}

func placeReason(really bool, place string) string {
	if really {
		return "it is the " + place + " column"
	}
	return "it is the " + place + " column that can be one"
}

func weighName(s *suspect, t *table.Table) {
	weight, phrase := names.sense(s.Column)
	if strings.EqualFold(s.Column, "y") {
		weight, phrase = weightOfY(t), "y"
	}
	if s.Problem == sadi.RegressionValue && names.classes[strings.ReplaceAll(phrase, " ", "")] {
		weight *= contradicted
	}
	if phrase == "" && names.identifier(s.Column) {
		weight = idWeight
	}
	if weight >= defining {
		s.weight = max(s.weight, priorLast)
	}
	s.weight *= elementary.Exp(weight)
	switch {
	case phrase != "" && weight > 3:
		s.reasons = append([]string{fmt.Sprintf("the name is usual for a target (%q)", phrase)}, s.reasons...)
	case phrase != "" && weight > 0:
		s.reasons = append([]string{fmt.Sprintf("the name may be a target's (%q)", phrase)}, s.reasons...)
	case weight < 0:
		s.reasons = append([]string{"the name is not usual for a target"}, s.reasons...)
	}
}

// weightOfY tells the y of "X, y" from the y of "x, y, z".
func weightOfY(t *table.Table) float64 {
	has := func(name string) bool {
		return slices.ContainsFunc(t.Cols, func(c *table.Column) bool { return strings.EqualFold(c.Name, name) })
	}
	switch {
	case has("z"), has("x") && len(t.Cols) > 3:
		return 0
	default:
		return 6
	}
}

func weighType(s *suspect, d *Column) {
	switch {
	case s.Problem == sadi.Binary:
		s.weight *= 1.5
		s.reasons = append(s.reasons, "it has 2 classes")
	case s.Problem == sadi.Multiclass && d.Distinct <= 20:
		s.weight *= 1.3
		s.reasons = append(s.reasons, fmt.Sprintf("it has %d classes", d.Distinct))
	case s.Problem == sadi.Multiclass:
		s.weight *= 0.5
		s.reasons = append(s.reasons, fmt.Sprintf("it has as many as %d classes", d.Distinct))
	default:
		s.reasons = append(s.reasons, "it is a number")
	}
	switch share := d.MissingShare; {
	case share == 0:
	case share <= 0.05:
		s.weight *= 0.6
	case share <= 0.2:
		s.weight *= 0.3
		s.reasons = append(s.reasons, "but "+percent(share)+" of it is missing")
	default:
		s.weight *= 0.1
		s.reasons = append(s.reasons, "but "+percent(share)+" of it is missing")
	}
}

// weighContrast favours the only column with classes among numbers, and the only number among classes.
func weighContrast(found []suspect) {
	if len(found) < 4 {
		return
	}
	withClasses := 0
	for _, s := range found {
		if s.Problem.IsClassification() {
			withClasses++
		}
	}
	for i := range found {
		s := &found[i]
		switch {
		case withClasses == 1 && s.Problem.IsClassification():
			s.weight *= 1.4
			s.reasons = append(s.reasons, "all others are numbers")
		case withClasses == len(found)-1 && !s.Problem.IsClassification():
			s.weight *= 1.4
			s.reasons = append(s.reasons, "all others have classes")
		}
	}
}

// weighSkill asks the quick model. What nothing predicts is a poor target; what the others predict well may still be
// a feature that goes with them, so the odds rise less than they fall.
func weighSkill(ctx context.Context, best []suspect, skill Skill) error {
	for i := range best {
		s := &best[i]
		v, err := skill(ctx, s.Column, s.Problem)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil || math.IsNaN(v) {
			continue
		}
		v = min(max(v, 0), 1)
		s.weight *= 0.3 + float64(1.7*v)
		s.reasons = append(s.reasons, fmt.Sprintf("a quick model predicts it from the others with skill %.2f", v))
	}
	return nil
}

// rank turns weights to confidences and sorts, equal ones by their place.
func rank(found []suspect) {
	slices.SortFunc(found, func(a, b suspect) int { return cmp.Compare(a.place, b.place) })
	var sum float64
	for _, s := range found {
		sum += s.weight
	}
	whole := sum + noTarget + float64(doubt*sum)
	for i := range found {
		found[i].Confidence = found[i].weight / whole
	}
	slices.SortStableFunc(found, func(a, b suspect) int { return cmp.Compare(b.Confidence, a.Confidence) })
}

func sentence(reasons []string) string {
	if len(reasons) < 2 {
		return strings.Join(reasons, "")
	}
	last := len(reasons) - 1
	glue := " and "
	if strings.HasPrefix(reasons[last], "but ") {
		glue = ", "
	}
	return strings.Join(reasons[:last], ", ") + glue + reasons[last]
}

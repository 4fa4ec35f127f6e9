package pipeline

import (
	"sadi/internal/dataset"
	"sadi/internal/prep"
	"sadi/internal/prep/number"
	"sadi/internal/prep/ordinal"
	"sadi/internal/table"
)

// Passed is a column that a model from elsewhere takes as it is.
type Passed struct {
	Name string
	// Levels is 0 for a number, and for a category the count of its codes. Words are the words of the codes 0, 1, …; nil =
	// the column of the table holds codes.
	Levels int
	Words  []string
}

// Passing is a pipeline that was not fitted: numbers stay as they are, words become their codes.
func Passing(columns []Passed) *Pipeline {
	p := &Pipeline{input: dataset.Trees}
	for j, c := range columns {
		s := source{c.Name, table.Number}
		var step prep.Fitted = number.Plain()
		if c.Words != nil {
			s.kind, step = table.Category, ordinal.Of(c.Words)
		}
		p.sources = append(p.sources, s)
		p.chains = append(p.chains, chain{j, []prep.Fitted{step}, []int{j}})
		p.features = append(p.features, dataset.Feature{Name: c.Name, Source: c.Name, Levels: c.Levels})
		p.steps = append(p.steps, Step{Column: c.Name, Kind: s.kind, Done: []string{"as it is"}, Features: []string{c.Name}})
	}
	return p
}

// Labels are, for each feature that holds codes of words, the words; nil for another.
func (p *Pipeline) Labels() [][]string {
	labels := make([][]string, len(p.features))
	for _, c := range p.chains {
		if f, ok := c.steps[len(c.steps)-1].(*ordinal.Fitted); ok && c.places[0] >= 0 {
			labels[c.places[0]] = f.Labels()
		}
	}
	return labels
}

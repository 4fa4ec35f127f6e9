package model

import (
	"sadi"
	"sadi/internal/param"
)

// Description is what an algorithm declares, as JSON has it.
type Description struct {
	Name       string         `json:"name"`
	Title      string         `json:"title"`
	Summary    string         `json:"summary"`
	Paper      string         `json:"paper"`
	Aliases    []string       `json:"aliases"`
	Problems   []sadi.Problem `json:"problems"`
	Stochastic bool           `json:"stochastic"` // the seed changes the model
	Iterative  bool           `json:"iterative"`  // learns in rounds and can stop early
	Params     []Parameter    `json:"params"`
}

// Parameter is a declared hyper-parameter, as JSON has it.
type Parameter struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Type    string   `json:"type"`
	Minimum *float64 `json:"minimum,omitempty"` // of a number, both ends included
	Maximum *float64 `json:"maximum,omitempty"`
	Choices []string `json:"choices,omitempty"`
	Default any      `json:"default"`
	Meaning string   `json:"description"`
	Search  *Search  `json:"search,omitempty"` // absent = not searched
}

// Search is where a search looks for the value of a parameter; both ends absent = all values.
type Search struct {
	From        *float64 `json:"from,omitempty"`
	To          *float64 `json:"to,omitempty"`
	Logarithmic bool     `json:"logarithmic,omitempty"`
}

// Describe tells what an algorithm declares.
func Describe(m Model) Description {
	card, caps := m.Card(), m.Caps()
	d := Description{Name: m.Name(), Title: card.Title, Summary: card.Summary, Paper: card.Paper, Aliases: card.Aliases,
		Problems: caps.Problems, Stochastic: caps.Stochastic, Iterative: caps.Iterative, Params: []Parameter{}}
	if d.Aliases == nil {
		d.Aliases = []string{}
	}
	for _, p := range m.Params() {
		q := Parameter{Name: p.Name, Aliases: p.Aliases, Type: p.Kind.String(), Choices: p.Choices, Default: p.Default, Meaning: p.Desc}
		number := p.Kind == param.Float || p.Kind == param.Int
		if number {
			q.Minimum, q.Maximum = &p.Lo, &p.Hi
		}
		if t := p.Tune; t != nil {
			q.Search = &Search{Logarithmic: t.Log}
			if number {
				q.Search.From, q.Search.To = &t.Lo, &t.Hi
			}
		}
		d.Params = append(d.Params, q)
	}
	return d
}

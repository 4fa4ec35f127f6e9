// Package portfolio holds the configurations to start from, as data, and puts them in order for given data.
//
// Most of what is in portfolio.json was learned by others on hundreds of data sets (each entry names its source); the
// order, the rules by rows and the translation to our algorithms are ours. docs/FORMATS/portfolio.md describes the file.
package portfolio

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"sadi"
)

//go:embed portfolio.json
var file []byte

// Version is the version of the form of portfolio.json that this package reads.
const Version = 1

// entry is a configuration as it stands in the file.
type entry struct {
	Name   string  `json:"name"`  // unique; it stands in leaderboards
	Model  string  `json:"model"` // an algorithm; "_*" at the end means _classifier or _regressor
	Tier   int     `json:"tier"`  // priority: every entry of a tier goes before those of the next
	Cost   float64 `json:"cost"`  // training time relative to the entry xgb
	Source string  `json:"source"`
	Note   string  `json:"note"`

	// Which data the entry is for; zero values do not restrict. Ends are included.
	Problems       []sadi.Problem `json:"problems"`
	MinRows        int            `json:"min_rows"`
	MaxRows        int            `json:"max_rows"`
	MinCategorical int            `json:"min_categorical"`

	Params         map[string]any `json:"params"`
	Classification map[string]any `json:"classification"` // over Params
	Regression     map[string]any `json:"regression"`     // over Params
	Rows           []override     `json:"rows"`           // over all of these and Tier, the last that applies wins
}

// override is what changes for data with more rows than Above.
type override struct {
	Above    int            `json:"above"`
	Problems []sadi.Problem `json:"problems"` // of which it changes; none = all
	Tier     int            `json:"tier"`     // 0 = as it was
	Params   map[string]any `json:"params"`
}

// pace makes the learning rate of boosters Factor times as large when the load is above Load, see Facts.load.
type pace struct {
	Load   float64 `json:"load"`
	Factor float64 `json:"factor"`
}

type contents struct {
	Version int               `json:"version"`
	Sources map[string]string `json:"sources"` // what the entries' source stands for, with its licence
	Pace    []pace            `json:"pace"`    // ascending
	Entries []entry           `json:"entries"`
}

// load reads the embedded file, once. The file is part of the program, so a fault in it is a defect that a test finds.
var load = sync.OnceValue(func() contents {
	c, err := parse(file)
	if err != nil {
		panic("portfolio: " + err.Error())
	}
	return c
})

func parse(b []byte) (contents, error) {
	var c contents
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, err
	}
	if c.Version != Version {
		return c, fmt.Errorf("version %d, want %d", c.Version, Version)
	}
	if !slices.IsSortedFunc(c.Pace, func(a, b pace) int { return cmp.Compare(a.Load, b.Load) }) {
		return c, fmt.Errorf("pace is not in ascending order")
	}
	names := map[string]bool{}
	for _, e := range c.Entries {
		if e.Name == "" || names[e.Name] {
			return c, fmt.Errorf("the name %q is empty or taken", e.Name)
		}
		names[e.Name] = true
		if c.Sources[e.Source] == "" {
			return c, fmt.Errorf("%s: the source %q is not listed", e.Name, e.Source)
		}
		if !slices.IsSortedFunc(e.Rows, func(a, b override) int { return a.Above - b.Above }) {
			return c, fmt.Errorf("%s: rows is not in ascending order", e.Name)
		}
		problems := slices.Clone(e.Problems)
		for _, r := range e.Rows {
			problems = append(problems, r.Problems...)
		}
		for _, p := range problems {
			if p != sadi.Binary && p != sadi.Multiclass && p != sadi.RegressionValue {
				return c, fmt.Errorf("%s: there is no problem %q", e.Name, p)
			}
		}
	}
	return c, nil
}

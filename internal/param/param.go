// Package param declares hyper-parameters once: validation, search space, JSON and documentation come from it.
package param

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"sadi"
)

// Kind is the type of a parameter.
type Kind uint8

// The kinds of parameter.
const (
	Float Kind = iota
	Int
	Bool
	Choice
	Text // free words, which the algorithm reads itself; never searched
)

var kindNames = [...]string{"float", "int", "bool", "choice", "text"}

// maxText is the length in bytes of the longest Text.
const maxText = 1 << 16

// String is the kind's name.
func (k Kind) String() string { return kindNames[k] }

// Param is the declaration of one hyper-parameter.
type Param struct {
	Name    string
	Aliases []string // other libraries' names for it
	Kind    Kind
	Lo, Hi  float64  // legal range of a Float or Int, both ends included
	Choices []string // legal words of a Choice
	Default any      // int, float64, bool or string, by Kind
	Desc    string   // one sentence: what it does, its unit, what special values mean

	// Tune says where a search looks; nil = the parameter is not searched.
	Tune *Tune
}

// Tune is the part of a parameter's range in which a search looks.
type Tune struct {
	Lo, Hi float64 // both ends reachable; within the legal range; ignored for Bool and Choice
	Log    bool    // search the logarithm; needs Lo > 0
	Cheap  any     // a value that makes training cheap; nil = the default
}

// Set is the parameters of an algorithm, in the order in which they are shown.
type Set []Param

// Values are checked values, one for each parameter of a Set. Dynamic types are int, float64, bool and string.
// encoding/json writes them with sorted keys.
type Values map[string]any

// Int returns an Int parameter; it panics on a name or kind that the set does not have.
func (v Values) Int(name string) int { return v[name].(int) }

// Float returns a Float parameter.
func (v Values) Float(name string) float64 { return v[name].(float64) }

// Bool returns a Bool parameter.
func (v Values) Bool(name string) bool { return v[name].(bool) }

// Choice returns a Choice parameter.
func (v Values) Choice(name string) string { return v[name].(string) }

// Text returns a Text parameter.
func (v Values) Text(name string) string { return v[name].(string) }

// With is a copy of v with one value changed.
func (v Values) With(name string, value any) Values {
	c := make(Values, len(v))
	for k, x := range v {
		c[k] = x
	}
	c[name] = value
	return c
}

// Key is a text that is equal for equal values: the canonical JSON.
func (v Values) Key() string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("param: values hold something other than int, float64, bool and string")
	}
	return string(b)
}

// Defaults are the default values of the set.
func (s Set) Defaults() Values {
	v := make(Values, len(s))
	for _, p := range s {
		v[p.Name] = p.Default
	}
	return v
}

// Lookup finds a parameter by its name or an alias.
func (s Set) Lookup(name string) (Param, bool) {
	for _, p := range s {
		if p.Name == name || slices.Contains(p.Aliases, name) {
			return p, true
		}
	}
	return Param{}, false
}

// Complete checks given values (as from JSON or a portfolio), turns aliases into names, and fills in the defaults.
// The error names the parameter, its legal range and the value.
func (s Set) Complete(given map[string]any) (Values, error) {
	v := s.Defaults()
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	slices.Sort(names) // the first fault reported is always the same one
	as := make(map[string]string, len(given))
	for _, name := range names {
		p, ok := s.Lookup(name)
		if !ok {
			return nil, sadi.Errorf(sadi.BadUsage, "there is no parameter %q", name).
				Advise("the parameters are %s", strings.Join(s.names(), ", "))
		}
		if other, twice := as[p.Name]; twice {
			return nil, sadi.Errorf(sadi.BadUsage, "%s and %s are the same parameter", other, name).At("%s", p.Name)
		}
		as[p.Name] = name
		x, err := p.Check(given[name])
		if err != nil {
			return nil, err
		}
		v[p.Name] = x
	}
	return v, nil
}

func (s Set) names() []string {
	names := make([]string, len(s))
	for i, p := range s {
		names[i] = p.Name
	}
	return names
}

// Check returns the value in the parameter's own type, or an error that tells what is legal. Numbers may come as int
// or float64 (as from JSON).
func (p Param) Check(x any) (any, error) {
	bad := func() error {
		return sadi.Errorf(sadi.BadUsage, "parameter %s must be %s, got %v", p.Name, p.Range(), x).At("%s", p.Name)
	}
	switch p.Kind {
	case Bool:
		if b, ok := x.(bool); ok {
			return b, nil
		}
		return nil, bad()
	case Choice:
		if s, ok := x.(string); ok && slices.Contains(p.Choices, s) {
			return s, nil
		}
		return nil, bad()
	case Text:
		if s, ok := x.(string); ok && len(s) <= maxText && utf8.ValidString(s) {
			return s, nil
		}
		return nil, bad()
	}
	var f float64
	switch n := x.(type) {
	case int:
		f = float64(n)
	case float64:
		f = n
	default:
		return nil, bad()
	}
	if math.IsNaN(f) || f < p.Lo || f > p.Hi {
		return nil, bad()
	}
	if p.Kind == Int {
		if f != math.Trunc(f) {
			return nil, bad()
		}
		return int(f), nil
	}
	return f, nil
}

// Range says in words what is legal.
func (p Param) Range() string {
	switch p.Kind {
	case Bool:
		return "true or false"
	case Choice:
		return "one of " + strings.Join(p.Choices, ", ")
	case Text:
		return fmt.Sprintf("a text of at most %d bytes", maxText)
	case Int:
		return fmt.Sprintf("a whole number from %.0f to %.0f", p.Lo, p.Hi)
	}
	return fmt.Sprintf("a number from %g to %g", p.Lo, p.Hi)
}

// Validate reports a declaration that contradicts itself; a test calls it for every set.
func (s Set) Validate() error {
	seen := map[string]bool{}
	for _, p := range s {
		for _, name := range append([]string{p.Name}, p.Aliases...) {
			if name == "" || seen[name] {
				return fmt.Errorf("parameter name %q is empty or taken", name)
			}
			seen[name] = true
		}
		if p.Desc == "" {
			return fmt.Errorf("parameter %s has no description", p.Name)
		}
		if err := p.own(p.Default); err != nil {
			return fmt.Errorf("default of %s: %w", p.Name, err)
		}
		if t := p.Tune; t != nil {
			if t.Cheap != nil {
				if err := p.own(t.Cheap); err != nil {
					return fmt.Errorf("cheap start of %s: %w", p.Name, err)
				}
			}
			if p.Kind == Text {
				return fmt.Errorf("%s is a text, which no search can move", p.Name)
			}
			if (p.Kind == Float || p.Kind == Int) && !(t.Lo < t.Hi && t.Lo >= p.Lo && t.Hi <= p.Hi && (!t.Log || t.Lo > 0)) {
				return fmt.Errorf("search range of %s is not inside its legal range", p.Name)
			}
		}
	}
	return nil
}

// own is the error of a value that is not legal, or not in the parameter's own type (1 for a Float), as declarations
// are taken over without a conversion.
func (p Param) own(x any) error {
	checked, err := p.Check(x)
	if err == nil && checked != x {
		return fmt.Errorf("%v is a %T, want a %T", x, x, checked)
	}
	return err
}

// Tuned are the parameters that a search moves.
func (s Set) Tuned() Set {
	var t Set
	for _, p := range s {
		if p.Tune != nil {
			t = append(t, p)
		}
	}
	return t
}

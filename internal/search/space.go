package search

import (
	"math"
	"strconv"

	"sadi/internal/elementary"
	"sadi/internal/param"
)

// Space is the tuned part of a parameter set as a unit box: one coordinate in [0, 1] for each tuned parameter. Ints,
// logarithms and words are handled here and nowhere else, so that a searcher sees numbers only.
//
//	d     axes, in the order of the set
//	u     a point of the box, d coordinates
//	cell  the interval of coordinates that mean the same value (an int or a word)
type Space struct {
	Axes []Axis
	set  param.Set
}

// Axis is one tuned parameter.
type Axis struct {
	// Levels is the number of words of a choice, 2 for a bool, and 0 for a number.
	Levels int

	p      param.Param
	lo, hi float64 // of the coordinate's scale: half a step beyond the ends of an int, logarithms where p asks for them
}

// NewSpace is the space of the tuned parameters of a set.
func NewSpace(set param.Set) Space {
	s := Space{set: set}
	for _, p := range set.Tuned() {
		a := Axis{p: p}
		switch p.Kind {
		case param.Bool:
			a.Levels = 2
		case param.Choice:
			a.Levels = len(p.Choices)
		case param.Int:
			a.lo, a.hi = a.scale(math.Ceil(p.Tune.Lo)-0.5), a.scale(math.Floor(p.Tune.Hi)+0.5)
		default:
			a.lo, a.hi = a.scale(p.Tune.Lo), a.scale(p.Tune.Hi)
		}
		s.Axes = append(s.Axes, a)
	}
	return s
}

func (a Axis) scale(x float64) float64 {
	if a.p.Tune.Log {
		return elementary.Log(x)
	}
	return x
}

func (a Axis) unscale(x float64) float64 {
	if a.p.Tune.Log {
		return elementary.Exp(x)
	}
	return x
}

// Values are the values at a point of the box, the parameters that are not tuned at their default. 0 and 1 are the
// ends of the search range. Floats have four significant digits: no search needs more, people read them, and the last
// bit of a logarithm, which differs between processors, is gone.
func (s Space) Values(u []float64) param.Values {
	v := s.set.Defaults()
	for j, a := range s.Axes {
		v[a.p.Name] = a.value(u[j])
	}
	return v
}

func (a Axis) value(u float64) any {
	t := a.p.Tune
	switch a.p.Kind {
	case param.Bool:
		return a.Level(u) == 1
	case param.Choice:
		return a.p.Choices[a.Level(u)]
	case param.Int:
		x := math.Round(a.unscale(a.lo + float64(u*(a.hi-a.lo))))
		return int(min(max(x, math.Ceil(t.Lo)), math.Floor(t.Hi)))
	}
	switch u {
	case 0:
		return t.Lo
	case 1:
		return t.Hi
	}
	return min(max(fourDigits(a.unscale(a.lo+float64(u*(a.hi-a.lo)))), t.Lo), t.Hi)
}

func fourDigits(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	if err != nil {
		return x // infinite
	}
	return y
}

// Level is the word that a coordinate means, 0..Levels-1.
func (a Axis) Level(u float64) int { return min(int(u*float64(a.Levels)), a.Levels-1) }

// Point is the point of given values. A coordinate is NaN where the value lies outside of the search range (as a
// starting configuration may): such a value says nothing about the range.
func (s Space) Point(v param.Values) []float64 {
	u := make([]float64, len(s.Axes))
	for j, a := range s.Axes {
		u[j] = a.coordinate(v[a.p.Name])
	}
	return u
}

func (a Axis) coordinate(value any) float64 {
	level, t := -1, a.p.Tune
	var x float64
	switch y := value.(type) {
	case bool:
		level = 0
		if y {
			level = 1
		}
	case string:
		for i, c := range a.p.Choices {
			if c == y {
				level = i
			}
		}
	case int:
		x = float64(y)
	case float64:
		x = y
	}
	switch {
	case a.Levels > 0 && level >= 0:
		return (float64(level) + 0.5) / float64(a.Levels)
	case a.Levels > 0 || !(x >= t.Lo && x <= t.Hi):
		return math.NaN()
	}
	return min(max((a.scale(x)-a.lo)/(a.hi-a.lo), 0), 1)
}

// Cell is the interval of coordinates that mean the same value as u. It is the point u itself for a float.
func (a Axis) Cell(u float64) (lo, hi float64) {
	if a.Levels > 0 {
		l := float64(a.Level(u))
		return l / float64(a.Levels), (l + 1) / float64(a.Levels)
	}
	if a.p.Kind != param.Int {
		return u, u
	}
	x := float64(a.value(u).(int))
	return (a.scale(x-0.5) - a.lo) / (a.hi - a.lo), (a.scale(x+0.5) - a.lo) / (a.hi - a.lo)
}

package model

import (
	"context"
	"slices"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/param"
)

// Family is what the classifier and the regressor of one kind have in common.
type Family struct {
	Title          string // "XGBoost": they are the XGBoost classifier and the XGBoost regressor
	Summary, Paper string // see Card
	Aliases        []string
	Caps           Caps // but for the problems
	// Need is that of Needy; nil = nobody can say.
	Need   func(shape Shape, values param.Values) Need
	Decode func(r *codec.Reader) (Fitted, error)
}

// FitFunc is the Fit of a Model.
type FitFunc func(ctx context.Context, train Train, values param.Values) (Fitted, error)

// Classifier defines the family's classifier. class is the name of its class in the library that users may know it from.
func (f *Family) Classifier(name, class string, params param.Set, fit FitFunc) *Definition {
	return f.define(name, " classifier", class, params, fit, sadi.Binary, sadi.Multiclass)
}

// Regressor defines the family's regressor.
func (f *Family) Regressor(name, class string, params param.Set, fit FitFunc) *Definition {
	return f.define(name, " regressor", class, params, fit, sadi.RegressionValue)
}

func (f *Family) define(name, kind, class string, params param.Set, fit FitFunc, problems ...sadi.Problem) *Definition {
	d := &Definition{name: name, caps: f.Caps, params: params, fit: fit, family: f,
		card: Card{Title: f.Title + kind, Summary: f.Summary, Paper: f.Paper, Aliases: append(slices.Clone(f.Aliases), class)}}
	d.caps.Problems = problems
	return d
}

// Definition is a member of a family.
type Definition struct {
	family *Family
	name   string
	card   Card
	caps   Caps
	params param.Set
	fit    FitFunc
}

// Defined is the Model of a definition. Each algorithm has a type of its own, D, that names its definition, so that its
// value stays empty: type Classifier = model.Defined[classifier].
type Defined[D interface{ Definition() *Definition }] struct{}

func definitionOf[D interface{ Definition() *Definition }]() *Definition {
	var d D
	return d.Definition()
}

// Name is the algorithm's name.
func (Defined[D]) Name() string { return definitionOf[D]().name }

// Card describes the algorithm.
func (Defined[D]) Card() Card { return definitionOf[D]().card }

// Caps declares what the algorithm can do.
func (Defined[D]) Caps() Caps { return definitionOf[D]().caps }

// Params declares the hyper-parameters.
func (Defined[D]) Params() param.Set { return definitionOf[D]().params }

// Fit learns; see Model.
func (Defined[D]) Fit(ctx context.Context, train Train, values param.Values) (Fitted, error) {
	return definitionOf[D]().fit(ctx, train, values)
}

// Need says what Fit will take; the zero Need where that is not known.
func (Defined[D]) Need(shape Shape, values param.Values) Need {
	if need := definitionOf[D]().family.Need; need != nil {
		return need(shape, values)
	}
	return Need{}
}

// Decode reads a fitted model; see Model.
func (Defined[D]) Decode(r *codec.Reader) (Fitted, error) { return definitionOf[D]().family.Decode(r) }

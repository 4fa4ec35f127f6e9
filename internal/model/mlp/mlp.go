// Package mlp is a neural network for tables: mlp_classifier and mlp_regressor.
//
// Reference: Holzmüller, Grinsztajn & Steinwart, "Better by Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular
// Data", NeurIPS 2024 (RealMLP). The numbers are scaled robustly and bounded smoothly, embedded by learned waves, scaled
// once more by a learned factor each, and pass through layers z ↦ f(z·W/√width + b), with dropout:
//
//	x → scale → embed → ⊙ s → [W, b, f, dropout] × layers → W, b
//
// Adam with decoupled weight decay minimises log loss or squared error on random batches, at a learning rate that rises and
// falls in a few waves; the epoch that was best on the validation rows is kept. Networks of several seeds may be averaged.
//
// Notation, beside that of package dataset: w the parameters of a network in one list, g the gradient of the loss by them.
// Networks compute in float32, in sums of a fixed order (package gemm), losses are float64.
package mlp

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/param"
)

// Classifier is mlp_classifier: logistic or multinomial log loss.
type Classifier = model.Defined[classifier]

// Regressor is mlp_regressor: squared error.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

var (
	family = &model.Family{
		Title: "Neural network",
		Summary: "Layers of learned sums with embedded inputs, in the manner of RealMLP. Smooth where trees have steps, so that it errs elsewhere " +
			"and makes ensembles better; strong on few rows and on numbers.",
		Paper:   "Holzmüller, Grinsztajn & Steinwart, Better by Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data, NeurIPS 2024",
		Aliases: []string{"mlp", "neural_network", "realmlp", "nn"},
		Caps:    model.Caps{Input: dataset.Dense, Stochastic: true, Iterative: true, Cost: 6},
		Need:    need,
		Decode:  decode,
	}
	classifierDefinition = family.Classifier("mlp_classifier", "MLPClassifier", classifierParams, fitValues)
	regressorDefinition  = family.Regressor("mlp_regressor", "MLPRegressor", regressorParams, fitValues)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }

func fitValues(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	return fit(ctx, train, newOptions(values, train.X.Rows, train.Y.Problem.IsClassification()))
}

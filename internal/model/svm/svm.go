// Package svm is support vector machines: svc for classes and svr for numbers.
//
// References: C. Cortes and V. Vapnik, "Support-vector networks", Machine Learning 20, 1995; R.-E. Fan, P.-H. Chen and
// C.-J. Lin, "Working set selection using second order information for training SVM", JMLR 6, 2005, for the solver; C.-C.
// Chang and C.-J. Lin, "LIBSVM", ACM TIST 2(3), 2011, for the whole. Parameters have the names, meanings and defaults of
// scikit-learn's SVC and SVR.
//
// A machine is a function of a row x, made of the training rows z with a coefficient β other than 0, its support vectors:
//
//	f(x) = Σ β·K(z, x) + b
//
// Notation, beside that of package dataset:
//
//	K       the kernel, a similarity of two rows     lo, hi  bounds of β: how much a row may count
//	β, b    coefficients and intercept               q       the linear part of what is minimised
//
// One machine divides two classes (one machine for each two of them), or tells a number.
package svm

import (
	"context"

	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/param"
)

// Classifier is svc: a machine for each two classes, with probabilities.
type Classifier = model.Defined[classifier]

// Regressor is svr: one machine with a margin within which errors do not count.
type Regressor = model.Defined[regressor]

type (
	classifier struct{}
	regressor  struct{}
)

const summary = "A weighted sum of similarities to the rows at the border, smooth where trees have steps. Strong on few " +
	"rows and in ensembles with trees; its time grows with the square of the rows, so that of many it takes a sample."

var (
	classifiers = &model.Family{
		Title:   "Support vector",
		Summary: summary,
		Paper: "C. Cortes and V. Vapnik (1995). Support-vector networks. Machine Learning 20. Probabilities: H.-T. Lin, C.-J. Lin and " +
			"R. C. Weng (2007), Machine Learning 68; of several classes: T.-F. Wu, C.-J. Lin and R. C. Weng (2004), JMLR 5.",
		Aliases: []string{"svm", "support_vector_machine"},
		Caps:    model.Caps{Input: dataset.Distances, Stochastic: true, Cost: 1},
		Need:    need,
		Decode:  decodeClassifier,
	}
	regressors = &model.Family{
		Title:   "Support vector",
		Summary: summary,
		Paper:   "H. Drucker, C. J. C. Burges, L. Kaufman, A. Smola and V. Vapnik (1996). Support vector regression machines. NIPS 9.",
		Aliases: []string{"svm", "support_vector_machine"},
		Caps:    model.Caps{Input: dataset.Distances, Cost: 0.5},
		Need:    need,
		Decode:  decodeRegressor,
	}
	classifierDefinition = classifiers.Classifier("svc", "SVC", classifierParams, fitClassifier)
	regressorDefinition  = regressors.Regressor("svr", "SVR", regressorParams, fitRegressor)
)

// Definition is that of the classifier.
func (classifier) Definition() *model.Definition { return classifierDefinition }

// Definition is that of the regressor.
func (regressor) Definition() *model.Definition { return regressorDefinition }

func fitClassifier(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	f, err := classify(ctx, train, optionsOf(values))
	if err != nil {
		return nil, err // not f: a nil *Fitted is no nil model.Fitted
	}
	return f, nil
}

func fitRegressor(ctx context.Context, train model.Train, values param.Values) (model.Fitted, error) {
	o := optionsOf(values)
	o.epsilon = values.Float("epsilon")
	f, err := regress(ctx, train, o)
	if err != nil {
		return nil, err
	}
	return f, nil
}

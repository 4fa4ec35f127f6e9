package interchange

import (
	"sadi"
	"sadi/internal/loss"
)

// An objective of another library becomes a loss here for its link, which is all that predictions need of it: what turns a
// margin into a prediction must be the same. Further learning with it would be another matter, and is not done.

// lossOf is the loss with the link of a foreign objective.
func lossOf(table map[string]string, program, objective string, classes int) (loss.Loss, error) {
	name, ok := table[objective]
	if !ok {
		return nil, sadi.Errorf(sadi.BadData, "the model has the objective %q of %s, which has no counterpart here", objective, program).
			Advise("models for classification and regression can be read, those for ranking and survival can not")
	}
	l, err := loss.Named(name, classes, 0)
	if err != nil {
		return nil, sadi.Errorf(sadi.BadData, "the model has the objective %q for %d classes", objective, classes)
	}
	return l, nil
}

// xgboostLosses are the losses by XGBoost's objectives.
var xgboostLosses = map[string]string{
	"binary:logistic":      "logistic",
	"reg:logistic":         "logistic",
	"multi:softprob":       "softmax",
	"multi:softmax":        "softmax", // XGBoost writes the class, we the probabilities
	"reg:squarederror":     "squared",
	"reg:linear":           "squared", // the name before 1.0
	"reg:squaredlogerror":  "squared",
	"reg:absoluteerror":    "absolute",
	"reg:pseudohubererror": "huber",
	"reg:quantileerror":    "quantile",
	"count:poisson":        "poisson",
	"reg:gamma":            "gamma",
	"reg:tweedie":          "tweedie",
}

// lightgbmLosses are the losses by LightGBM's objectives.
var lightgbmLosses = map[string]string{
	"binary":        "logistic",
	"cross_entropy": "logistic",
	"xentropy":      "logistic",
	"multiclass":    "softmax",
	"regression":    "squared",
	"regression_l2": "squared",
	"regression_l1": "absolute",
	"mape":          "absolute",
	"huber":         "huber",
	"fair":          "huber",
	"quantile":      "quantile",
	"poisson":       "poisson",
	"gamma":         "gamma",
	"tweedie":       "tweedie",
}

package metric

import (
	"math"

	"sadi"
)

var (
	twoClasses  = []sadi.Problem{sadi.Binary}
	manyClasses = []sadi.Problem{sadi.Multiclass}
	classes     = []sadi.Problem{sadi.Binary, sadi.Multiclass}
	numbers     = []sadi.Problem{sadi.RegressionValue}
)

// scorers holds every scorer, in the order of reports. A metric is added by a line here.
var scorers = []Scorer{
	// Of the probabilities.
	{Name: "roc_auc", Aliases: []string{"auc", "auroc", "rocauc"}, Problems: twoClasses, Needs: Probabilities, Optimum: 1,
		Display: "ROC AUC", Summary: "the probability that a positive row scores above a negative one", fn: rocAUC},
	{Name: "neg_log_loss", Aliases: []string{"log_loss", "logloss", "cross_entropy"}, Problems: classes, Needs: Probabilities, Less: true,
		Display: "Log loss", Summary: "minus the mean logarithm of the probability given to the true class", fn: negative(logLoss)},
	{Name: "roc_auc_ovr", Aliases: []string{"auc_ovr", "roc_auc_ovr_macro"}, Problems: classes, Redundant: twoClasses, Needs: Probabilities, Optimum: 1,
		Display: "ROC AUC (each class against the rest)", Summary: "the mean over the classes of the ROC AUC of the class against the others", fn: rocAUCOvR(false)},
	{Name: "roc_auc_ovr_weighted", Aliases: []string{"auc_ovr_weighted"}, Problems: classes, Redundant: twoClasses, Needs: Probabilities, Optimum: 1,
		Display: "ROC AUC (each class against the rest, weighted)", Summary: "the mean ROC AUC of a class against the others, classes weighing as many rows as they have", fn: rocAUCOvR(true)},
	{Name: "roc_auc_ovo", Aliases: []string{"auc_ovo", "roc_auc_ovo_macro"}, Problems: classes, Redundant: twoClasses, Needs: Probabilities, Optimum: 1,
		Display: "ROC AUC (pairs of classes)", Summary: "the mean over all pairs of classes of their ROC AUC", fn: rocAUCOvO(false)},
	{Name: "roc_auc_ovo_weighted", Aliases: []string{"auc_ovo_weighted"}, Problems: classes, Redundant: twoClasses, Needs: Probabilities, Optimum: 1,
		Display: "ROC AUC (pairs of classes, weighted)", Summary: "the mean ROC AUC of all pairs of classes, pairs weighing as many rows as they have", fn: rocAUCOvO(true)},
	{Name: "average_precision", Aliases: []string{"ap", "pr_auc", "auprc", "prauc"}, Problems: classes, Needs: Probabilities, Optimum: 1,
		Display: "Average precision", Summary: "the mean precision over the recalls; the mean over the classes where there are many", fn: averagePrecision},
	{Name: "neg_brier_score", Aliases: []string{"brier", "brier_score", "brier_score_loss", "neg_brier_score_loss"}, Problems: classes, Needs: Probabilities, Less: true,
		Display: "Brier score", Summary: "the mean squared distance of the probabilities from the truth", fn: negative(brier)},
	{Name: "d2_log_loss_score", Aliases: []string{"d2_log_loss"}, Problems: classes, Needs: Probabilities, Optimum: 1,
		Display: "D² (log loss)", Summary: "the share of the log loss of the class frequencies that the model does away with", fn: d2LogLoss},
	{Name: "d2_brier_score", Aliases: []string{"d2_brier", "brier_skill_score"}, Problems: classes, Needs: Probabilities, Optimum: 1,
		Display: "D² (Brier score)", Summary: "the share of the Brier score of the class frequencies that the model does away with", fn: d2Brier},
	{Name: "top_k_accuracy", Aliases: []string{"top_2_accuracy", "top2_accuracy"}, Problems: manyClasses, Needs: Probabilities, Optimum: 1,
		Display: "Top-2 accuracy", Summary: "the share of rows whose class is among the two most probable", fn: topTwo},

	// Of the decided class.
	{Name: "accuracy", Aliases: []string{"acc"}, Problems: classes, Needs: Labels, Optimum: 1,
		Display: "Accuracy", Summary: "the share of rows that are decided rightly", fn: accuracy},
	{Name: "balanced_accuracy", Aliases: []string{"bal_acc", "balanced_acc"}, Problems: classes, Needs: Labels, Optimum: 1,
		Display: "Balanced accuracy", Summary: "the mean recall of the classes", fn: balancedAccuracy},
	{Name: "f1", Problems: twoClasses, Needs: Labels, Optimum: 1, Display: "F1", Summary: "the harmonic mean of precision and recall of the positive class", fn: positive(f1)},
	{Name: "f1_macro", Problems: classes, Needs: Labels, Optimum: 1, Display: "F1 (macro)", Summary: "the mean F1 of the classes", fn: macro(f1)},
	{Name: "f1_micro", Problems: classes, Redundant: classes, Needs: Labels, Optimum: 1, Display: "F1 (micro)", Summary: "F1 of all classes counted together, which is the accuracy", fn: micro(f1)},
	{Name: "f1_weighted", Problems: classes, Needs: Labels, Optimum: 1, Display: "F1 (weighted)", Summary: "the mean F1 of the classes, weighing as many rows as they have", fn: weighted(f1)},
	{Name: "precision", Problems: twoClasses, Needs: Labels, Optimum: 1, Display: "Precision", Summary: "the share of the rows decided positive that are", fn: positive(precision)},
	{Name: "precision_macro", Problems: classes, Needs: Labels, Optimum: 1, Display: "Precision (macro)", Summary: "the mean precision of the classes", fn: macro(precision)},
	{Name: "precision_micro", Problems: classes, Redundant: classes, Needs: Labels, Optimum: 1, Display: "Precision (micro)", Summary: "precision of all classes counted together, which is the accuracy", fn: micro(precision)},
	{Name: "precision_weighted", Problems: classes, Needs: Labels, Optimum: 1, Display: "Precision (weighted)", Summary: "the mean precision of the classes, weighing as many rows as they have", fn: weighted(precision)},
	{Name: "recall", Aliases: []string{"sensitivity"}, Problems: twoClasses, Needs: Labels, Optimum: 1, Display: "Recall", Summary: "the share of the positive rows that are decided so", fn: positive(recall)},
	{Name: "recall_macro", Problems: classes, Redundant: classes, Needs: Labels, Optimum: 1, Display: "Recall (macro)", Summary: "the mean recall of the classes that are true or decided for some row", fn: macro(recall)},
	{Name: "recall_micro", Problems: classes, Redundant: classes, Needs: Labels, Optimum: 1, Display: "Recall (micro)", Summary: "recall of all classes counted together, which is the accuracy", fn: micro(recall)},
	{Name: "recall_weighted", Problems: classes, Redundant: classes, Needs: Labels, Optimum: 1, Display: "Recall (weighted)", Summary: "the mean recall of the classes, weighing as many rows as they have, which is the accuracy", fn: weighted(recall)},
	{Name: "jaccard", Problems: twoClasses, Needs: Labels, Optimum: 1, Display: "Jaccard", Summary: "the share of the rows that are or are decided positive that are both", fn: positive(jaccard)},
	{Name: "jaccard_macro", Problems: classes, Needs: Labels, Optimum: 1, Display: "Jaccard (macro)", Summary: "the mean Jaccard index of the classes", fn: macro(jaccard)},
	{Name: "jaccard_micro", Problems: classes, Needs: Labels, Optimum: 1, Display: "Jaccard (micro)", Summary: "the Jaccard index of all classes counted together", fn: micro(jaccard)},
	{Name: "jaccard_weighted", Problems: classes, Needs: Labels, Optimum: 1, Display: "Jaccard (weighted)", Summary: "the mean Jaccard index of the classes, weighing as many rows as they have", fn: weighted(jaccard)},
	{Name: "matthews_corrcoef", Aliases: []string{"mcc", "matthews"}, Problems: classes, Needs: Labels, Optimum: 1,
		Display: "Matthews correlation", Summary: "the correlation of the true and the decided class, 0 for any constant answer", fn: matthews},
	{Name: "positive_likelihood_ratio", Aliases: []string{"lr_plus"}, Problems: twoClasses, Needs: Labels, Optimum: math.MaxFloat64,
		Display: "Positive likelihood ratio", Summary: "how many times likelier a positive row is to be decided positive than a negative one", fn: likelihoodPositive},
	{Name: "neg_negative_likelihood_ratio", Aliases: []string{"negative_likelihood_ratio", "lr_minus"}, Problems: twoClasses, Needs: Labels, Less: true,
		Display: "Negative likelihood ratio", Summary: "how many times likelier a positive row is to be decided negative than a negative one", fn: negative(likelihoodNegative)},

	// Of a number.
	{Name: "neg_root_mean_squared_error", Aliases: []string{"rmse", "root_mean_squared_error", "neg_rmse"}, Problems: numbers, Needs: Values, Less: true,
		Display: "RMSE", Summary: "the root of the mean squared error, in the units of the target", fn: negRoot("the squared error", squaredError, anywhere)},
	{Name: "neg_mean_absolute_error", Aliases: []string{"mae", "mean_absolute_error", "neg_mae"}, Problems: numbers, Needs: Values, Less: true,
		Display: "MAE", Summary: "the mean absolute error, in the units of the target", fn: negMean("the absolute error", absoluteError, anywhere)},
	{Name: "r2", Aliases: []string{"r_squared", "r2_score", "rsquared"}, Problems: numbers, Needs: Values, Optimum: 1,
		Display: "R²", Summary: "the share of the variance of the target that the model explains", fn: r2},
	{Name: "neg_mean_squared_error", Aliases: []string{"mse", "mean_squared_error", "neg_mse"}, Problems: numbers, Needs: Values, Less: true,
		Display: "MSE", Summary: "the mean squared error", fn: negMean("the squared error", squaredError, anywhere)},
	{Name: "neg_median_absolute_error", Aliases: []string{"medae", "median_absolute_error"}, Problems: numbers, Needs: Values, Less: true,
		Display: "Median absolute error", Summary: "the absolute error that half of the rows stay below", fn: medianAbsoluteError},
	{Name: "max_error", Aliases: []string{"neg_max_error", "max_absolute_error"}, Problems: numbers, Needs: Values, Less: true,
		Display: "Greatest error", Summary: "the greatest absolute error of any row", fn: maxError},
	{Name: "explained_variance", Aliases: []string{"explained_variance_score"}, Problems: numbers, Needs: Values, Optimum: 1,
		Display: "Explained variance", Summary: "the share of the variance of the target that the model explains, its bias left aside", fn: explainedVariance},
	{Name: "d2_absolute_error_score", Aliases: []string{"d2_absolute_error"}, Problems: numbers, Needs: Values, Optimum: 1,
		Display: "D² (absolute error)", Summary: "the share of the absolute deviation from the median that the model does away with", fn: d2AbsoluteError},
	{Name: "neg_mean_absolute_percentage_error", Aliases: []string{"mape", "mean_absolute_percentage_error"}, Problems: numbers, Needs: Values, Less: true,
		Display: "MAPE", Summary: "the mean of the absolute error over the absolute target, as a fraction", fn: negMean("the percentage error", percentage, anywhere)},
	{Name: "neg_root_mean_squared_log_error", Aliases: []string{"rmsle", "root_mean_squared_log_error"}, Problems: numbers, Needs: Values, Less: true,
		Display: "RMSLE", Summary: "the root of the mean squared difference of ln(1 + value)", fn: negRoot("the logarithmic error", squaredLogError, nonNegative)},
	{Name: "neg_mean_squared_log_error", Aliases: []string{"msle", "mean_squared_log_error"}, Problems: numbers, Needs: Values, Less: true,
		Display: "MSLE", Summary: "the mean squared difference of ln(1 + value)", fn: negMean("the logarithmic error", squaredLogError, nonNegative)},
	{Name: "neg_mean_poisson_deviance", Aliases: []string{"poisson_deviance", "mean_poisson_deviance"}, Problems: numbers, Needs: Values, Less: true,
		Display: "Poisson deviance", Summary: "the mean deviance of counts", fn: negMean("the Poisson deviance", poissonDeviance, counting)},
	{Name: "neg_mean_gamma_deviance", Aliases: []string{"gamma_deviance", "mean_gamma_deviance"}, Problems: numbers, Needs: Values, Less: true,
		Display: "Gamma deviance", Summary: "the mean deviance of positive amounts, blind to their scale", fn: negMean("the gamma deviance", gammaDeviance, strictly)},
}

// negative is the score of an error.
func negative(of func(*View) (float64, error)) func(*View) (float64, error) {
	return func(v *View) (float64, error) {
		e, err := of(v)
		return -e, err
	}
}

// All returns every scorer, in the order of reports.
func All() []Scorer { return append([]Scorer(nil), scorers...) }

// For returns the scorers of a problem, in the order of reports.
func For(p sadi.Problem) []Scorer {
	var out []Scorer
	for _, s := range scorers {
		if s.Fits(p) {
			out = append(out, s)
		}
	}
	return out
}

// Default is the scorer of a problem for which none was asked: roc_auc, neg_log_loss or neg_root_mean_squared_error.
func Default(p sadi.Problem) Scorer {
	name := "neg_root_mean_squared_error"
	switch p {
	case sadi.Binary:
		name = "roc_auc"
	case sadi.Multiclass:
		name = "neg_log_loss"
	}
	for _, s := range scorers {
		if s.Name == name {
			return s
		}
	}
	return Scorer{}
}

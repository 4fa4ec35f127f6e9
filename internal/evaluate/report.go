package evaluate

import "sadi"

// Report is the verdict on a model. Values are in the form that people read (metric.Scorer.Shown: an error is positive);
// null stands for what is undefined.
type Report struct {
	Problem   sadi.Problem `json:"problem"`
	Rows      int          `json:"rows"`     // judged
	Weighted  bool         `json:"weighted"` // rows weigh differently
	Metric    string       `json:"metric"`   // the scorer that decided: the first of Metrics
	Verdict   string       `json:"verdict"`  // one or two sentences for people
	Baseline  *Comparison  `json:"baseline"` // with a constant answer; null when none was given
	Bootstrap Bootstrap    `json:"bootstrap"`
	Metrics   []Metric     `json:"metrics"`

	Classification *Classification `json:"classification,omitempty"`
	Regression     *Regression     `json:"regression,omitempty"`
}

// Metric is one metric of the model with its interval.
type Metric struct {
	Name            string `json:"name"`    // scikit-learn's scorer name
	Display         string `json:"display"` // "RMSE"
	Summary         string `json:"summary"` // what it measures
	GreaterIsBetter bool   `json:"greater_is_better"`
	Optimum         Number `json:"optimum"` // of a perfect model; null = no bound
	Value           Number `json:"value"`
	Low             Number `json:"low"` // of the interval
	High            Number `json:"high"`
	Reason          string `json:"reason,omitempty"` // why something is null
}

// Bootstrap says how the intervals were made.
type Bootstrap struct {
	Confidence Number `json:"confidence"` // 0.95
	Resamples  int    `json:"resamples"`
	Rows       int    `json:"rows"` // in each; fewer than judged only for very many rows
	Method     string `json:"method"`
}

// Outcome is the verdict for machines.
type Outcome string

// The outcomes.
const (
	Better    Outcome = "better"     // the whole interval of the gain lies above 0
	NotBetter Outcome = "not_better" // the interval holds 0
	Worse     Outcome = "worse"      // the whole interval lies below 0
	Unknown   Outcome = "unknown"    // the metric has no value on these rows
)

// Comparison is the model against the constant answer of the baseline.
type Comparison struct {
	Outcome  Outcome `json:"outcome"`
	Answer   string  `json:"answer"`   // what the baseline does: always answering "no"
	Model    Number  `json:"model"`    // the metric of the model
	Baseline Number  `json:"baseline"` // the metric of the baseline
	Gain     Number  `json:"gain"`     // positive = the model is better, in units of the metric
	Low      Number  `json:"low"`      // of the interval of the gain, both scored on the same resamples
	High     Number  `json:"high"`
	Reason   string  `json:"reason,omitempty"` // why something is null
}

// Classification is what only classes have.
type Classification struct {
	Labels    []string `json:"labels"`              // by class index
	Positive  string   `json:"positive,omitempty"`  // of a binary problem: the label of class 1
	Threshold Number   `json:"threshold,omitempty"` // of a binary problem: P(positive) from which the class is decided
	Classes   []Class  `json:"classes"`
	// Confusion[i][j] is the weight of the rows of class i that were decided to be class j; null beyond 100 classes.
	Confusion [][]Number `json:"confusion"`
	// Curves are of the positive class, or of each class against the rest; of the 20 classes with most rows at most.
	Curves []Curves `json:"curves"`
}

// Class is the report of one class.
type Class struct {
	Label     string `json:"label"`
	Support   Number `json:"support"`   // weight of its rows
	Decided   Number `json:"decided"`   // weight of the rows decided to be of it
	Precision Number `json:"precision"` // null: never decided
	Recall    Number `json:"recall"`    // null: it has no rows
	F1        Number `json:"f1"`        // null: neither
}

// Curves are the curves of one class against the rest, of at most 200 points each.
type Curves struct {
	Label            string      `json:"label"`
	ROCAUC           Number      `json:"roc_auc"`
	AveragePrecision Number      `json:"average_precision"`
	ROC              ROC         `json:"roc"`
	PR               PR          `json:"pr"`
	Calibration      Calibration `json:"calibration"`
	Reason           string      `json:"reason,omitempty"` // why something is null or empty
}

// ROC has a point for each threshold: deciding for the class from that score on gives these rates. It begins at (0, 0),
// with a threshold above every score, and ends at (1, 1).
type ROC struct {
	FalsePositive []Number `json:"fpr"`
	TruePositive  []Number `json:"tpr"`
	Threshold     []Number `json:"threshold"`
}

// PR has a point for each threshold, by rising recall.
type PR struct {
	Recall    []Number `json:"recall"`
	Precision []Number `json:"precision"`
	Threshold []Number `json:"threshold"`
}

// Calibration compares predicted with observed frequencies, over groups of rows of rising probability.
type Calibration struct {
	Predicted []Number `json:"predicted"` // mean probability of the group
	Observed  []Number `json:"observed"`  // share of the class in the group
	Weight    []Number `json:"weight"`    // of the group
	Error     Number   `json:"error"`     // mean |predicted - observed|, groups by weight
}

// Regression is what only numbers have. A residual is truth - prediction.
type Regression struct {
	Mean        Number     `json:"mean"` // of the residuals
	Std         Number     `json:"std"`
	TargetMean  Number     `json:"target_mean"`
	TargetStd   Number     `json:"target_std"`
	Quantiles   []Quantile `json:"quantiles"`   // of the residuals
	Histogram   Histogram  `json:"histogram"`   // of the residuals
	Worst       []Residual `json:"worst"`       // greatest |residual| first, at most 10
	Predictions []Band     `json:"predictions"` // groups of rows of rising prediction, at most 50
}

// Quantile is a quantile of the residuals.
type Quantile struct {
	Share Number `json:"share"` // 0.05
	Value Number `json:"value"`
}

// Histogram counts weight between edges: one edge more than counts; the last cell holds its upper edge.
type Histogram struct {
	Edges  []Number `json:"edges"`
	Counts []Number `json:"counts"`
}

// Residual is one row.
type Residual struct {
	Row        int    `json:"row"` // index into the judged rows
	Truth      Number `json:"truth"`
	Prediction Number `json:"prediction"`
	Residual   Number `json:"residual"`
}

// Band is a group of rows with like predictions.
type Band struct {
	Predicted Number `json:"predicted"` // mean
	Actual    Number `json:"actual"`    // mean
	Low       Number `json:"low"`       // the 0.1 and 0.9 quantiles of the truth
	High      Number `json:"high"`
	Weight    Number `json:"weight"`
}

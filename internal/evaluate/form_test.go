package evaluate

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sadi"
)

// paths are the paths of all fields in the order of the text, those of array elements once.
func paths(t *testing.T, text []byte) []string {
	t.Helper()
	var out []string
	dec := json.NewDecoder(bytes.NewReader(text))
	var walk func(at string)
	walk = func(at string) {
		token, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'):
			for dec.More() {
				key, err := dec.Token()
				if err != nil {
					t.Fatal(err)
				}
				path := strings.TrimPrefix(at+"."+key.(string), ".")
				if !slices.Contains(out, path) {
					out = append(out, path)
				}
				walk(path)
			}
		case json.Delim('['):
			for dec.More() {
				walk(at)
			}
		default:
			return
		}
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
	}
	walk("")
	return out
}

// The form of a report is part of the manifest's: fields may be added, none may change or go.
func TestFormIsPinned(t *testing.T) {
	head := `problem rows weighted metric verdict baseline baseline.outcome baseline.answer baseline.model baseline.baseline
baseline.gain baseline.low baseline.high bootstrap bootstrap.confidence bootstrap.resamples bootstrap.rows bootstrap.method
metrics metrics.name metrics.display metrics.summary metrics.greater_is_better metrics.optimum metrics.value metrics.low
metrics.high `
	curves := `classification.classes classification.classes.label classification.classes.support
classification.classes.decided classification.classes.precision classification.classes.recall classification.classes.f1
classification.confusion classification.curves classification.curves.label classification.curves.roc_auc
classification.curves.average_precision classification.curves.roc classification.curves.roc.fpr
classification.curves.roc.tpr classification.curves.roc.threshold classification.curves.pr
classification.curves.pr.recall classification.curves.pr.precision classification.curves.pr.threshold
classification.curves.calibration classification.curves.calibration.predicted
classification.curves.calibration.observed classification.curves.calibration.weight classification.curves.calibration.error`
	for p, want := range map[sadi.Problem]string{
		sadi.Binary:     head + "classification classification.labels classification.positive classification.threshold " + curves,
		sadi.Multiclass: head + "classification classification.labels " + curves,
		sadi.RegressionValue: head + `regression regression.mean regression.std regression.target_mean regression.target_std
regression.quantiles regression.quantiles.share regression.quantiles.value regression.histogram regression.histogram.edges
regression.histogram.counts regression.worst regression.worst.row regression.worst.truth regression.worst.prediction
regression.worst.residual regression.predictions regression.predictions.predicted regression.predictions.actual
regression.predictions.low regression.predictions.high regression.predictions.weight`,
	} {
		if got := paths(t, encode(t, judge(t, input(p, 80)))); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: got the fields\n%s", p, strings.Join(got, " "))
		}
	}
}

// Package manifesttest has records of imagined jobs for tests: every field is filled, and the record agrees with itself.
package manifesttest

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/manifest"
	"sadi/internal/table"
)

// Hash is a well-formed hash that is different for each n.
func Hash(n int) string { return fmt.Sprintf("%064x", n+0xabcdef) }

// Sample is the record of an imagined job for a problem, before it was finished.
func Sample(problem sadi.Problem) *manifest.Manifest {
	m := &manifest.Manifest{
		JobID: "20260102-030405-churn", Status: sadi.Succeeded,
		Created: at(71), MLflowRunID: new("3f2a9c"),
		Observed: manifest.Observed{
			Started: at(0), Finished: at(58), Seconds: 58.25, Revision: "1f2e3d", Host: "lab-3", OS: "linux/amd64", CPUs: 8, Jobs: 4,
			MemoryLimit: 8 << 30, PeakMemory: 421 << 20, Input: "/data/incoming/churn.csv", TrialSeconds: []float64{0.01, 0.3, 4.25, 9.5, 0, 0.2},
			Stages:   []manifest.Stage{{Name: "inspect", Seconds: 0.4}, {Name: "search", Seconds: 49}, {Name: "publish", Seconds: 0.3}},
			Warnings: []string{"the tracking server answered late"},
			MLflow: &manifest.MLflow{TrackingURI: "http://mlflow:5000", Experiment: "SADI/auto_ml", ExperimentID: "1", RunID: "3f2a9c",
				Link: "http://mlflow:5000/#/experiments/1/runs/3f2a9c", Pending: 2, Error: "the server answered late"},
		},
	}
	d := &m.Determined
	d.Spec = manifest.Spec{
		Input: "churn.csv", Target: "churn", TaskType: sadi.Auto, Models: []string{"xgb_classifier", "logistic_regression"}, HPO: true,
		Budget: sadi.Budget{Name: "small", Wall: time.Minute}, Metric: "roc_auc", Folds: 5, TestSize: new(0.2), Seed: 1<<64 - 1,
		Ignore: []string{"note"}, Group: "customer", Time: "since", Weight: "w", Refit: true,
	}
	d.Dataset = manifest.Dataset{
		Name: "churn.csv", Bytes: 970457, SHA256: Hash(1), Rows: 7043, Columns: 4,
		Dialect: []manifest.Finding{{What: "delimiter", Value: ",", Why: "every one of the first 1000 rows has 20 of them"}, {What: "encoding", Value: "UTF-8"}},
		Repairs: []manifest.Repair{{Code: "missing_token", Text: `" " was read as missing in a column of numbers`, Count: 11, Where: `row 489, column "total_charges"`}},
		Schema: table.Schema{{Name: "tenure", Kind: table.Integer, Why: "all 7043 values are whole numbers"},
			{Name: "contract", Kind: table.Category, Why: "3 different words"}, {Name: "customer_id", Kind: table.Text}, {Name: "churn", Kind: table.Boolean}},
	}
	d.Guardrails = []manifest.Guardrail{
		{Code: "target_leak", Severity: manifest.Critical, Column: "end_date", Text: "this column alone predicts the target almost perfectly", Advice: "leave it out with --ignore when it is not known at the time of prediction"},
		{Code: "class_imbalance", Severity: manifest.Warning, Text: "the rarer class has 26.5 % of the rows", Advice: "look at the average precision too"},
		{Code: "duplicate_rows", Severity: manifest.Info, Text: "22 rows stand more than once"},
	}
	d.Features = []string{"tenure", "contract"}
	d.Dropped = []manifest.Dropped{{Column: "customer_id", Reason: "every row has another value, as an identifier has"}}
	d.Split = manifest.Split{Kind: "stratified", Why: "the classes keep their shares", TestSize: 0.2, TestRows: 1409, TestHash: Hash(2),
		TrainRows: 5634, TrainHash: Hash(3), Folds: 3, FoldHashes: []string{Hash(4), Hash(5), Hash(6)}}
	d.Clock = []manifest.Decision{
		{Kind: manifest.RoundsStopped, Trial: new(3), Fold: new(1), Value: 212, Why: "the fit used its share of the time that was left"},
		{Kind: manifest.QueueCut, Value: 6, Why: "the time for the search was used up"},
	}
	d.Delivered = manifest.Delivered{Model: "weighted mean of 2 configurations", Judged: "the ensemble as the search left it, fitted on 5634 rows and judged on 1409 others",
		Rows: "all 7043 rows with a target", Refit: true, Why: "the configurations of the judged ensemble were fitted again with the rows that had judged it"}
	d.Importances = []manifest.Importance{{Feature: "tenure", Mean: 0.081, Std: 0.004}, {Feature: "contract", Mean: 0.052, Std: 0.006}}
	d.Contributions = &manifest.Contributions{Trial: 3, Scale: manifest.OnMargin, Rows: 1000,
		Features: []manifest.Contribution{{Feature: "contract", Mean: 0.91}, {Feature: "tenure", Mean: 0.64}}}
	d.Test = json.RawMessage(`{"metrics":[{"name":"roc_auc","value":0.84}]}`)
	plan(d)
	target(d, problem)
	return m
}

func at(seconds int) manifest.Time {
	return manifest.Time{Time: time.Date(2026, 1, 2, 3, 4, 5+seconds, 0, time.UTC)}
}

func plan(d *manifest.Determined) {
	xgb := map[string]any{"max_depth": 6, "learning_rate": 0.05, "booster": "gbtree", "early_stopping": true}
	d.Plan = manifest.Plan{Lookahead: 4, Searcher: "tpe", MaxTrials: 40, Degraded: []string{"two trials at a time, to stay within the memory"},
		Entries: []manifest.Entry{
			{Index: 0, Name: "dummy", Model: "dummy_classifier", Source: manifest.FromBaseline},
			{Index: 1, Name: "logistic", Model: "logistic_regression", Params: map[string]any{"c": 1.0}, Source: manifest.FromPortfolio},
			{Index: 2, Name: "forest", Model: "random_forest_classifier", Source: manifest.FromPortfolio},
			{Index: 3, Name: "xgb r1", Model: "xgb_classifier", Params: xgb, Source: manifest.FromPortfolio}}}
	trial := func(i int, s sadi.TrialState, scores ...float64) manifest.Trial {
		t := manifest.Trial{Index: i, Status: s, Name: "xgb tuned", Model: "xgb_classifier", Source: manifest.FromHPO, Params: xgb, StreamPath: fmt.Sprintf("trial/%d", i)}
		if i < len(d.Plan.Entries) {
			e := d.Plan.Entries[i]
			t.Name, t.Model, t.Source, t.Params = e.Name, e.Model, e.Source, e.Params
		}
		if s == sadi.TrialOK {
			t.FoldScores, t.Score, t.PredictionsSHA256 = scores[1:], new(scores[0]), Hash(100+i)
		}
		return t
	}
	d.Trials = []manifest.Trial{
		trial(0, sadi.TrialOK, 0.5, 0.5, 0.5, 0.5), trial(1, sadi.TrialOK, 0.8453, 0.851, 0.84, 0.846), trial(2, sadi.TrialOK, 0.8412, 0.845, 0.836, 0.843),
		trial(3, sadi.TrialOK, 0.8487, 0.852, 0.844, 0.85), trial(4, sadi.TrialFailed), trial(5, sadi.TrialCut)}
	d.Trials[3].Rounds = []int{188, 212, 240}
	d.Trials[4].Error = "the fit panicked: index out of range"
	d.Trials[5].Error = "the time for the search was used up"
	d.Ensemble = &manifest.Ensemble{Members: []manifest.Member{{Trial: 1, Weight: 0.25}, {Trial: 3, Weight: 0.75}}, Score: 0.8501, Path: []int{3, 3, 1, 3}}
}

// target turns the record into one of another problem; errors become greater than scores were.
func target(d *manifest.Determined, problem sadi.Problem) {
	d.Target = manifest.Target{Column: "churn", Problem: problem, Why: "its name says so, it comes last and has 2 values", Confidence: 0.93, Found: true, RowsDropped: 3}
	switch problem {
	case sadi.Binary:
		d.Target.Labels = []string{"No", "Yes"}
		d.Metric = manifest.Metric{Name: "roc_auc", GreaterIsBetter: true, Optimum: 1, Why: "it is the default for a binary problem"}
		return
	case sadi.Multiclass:
		d.Target.Labels = []string{"Adelie", "Chinstrap", "Gentoo"}
		d.Metric = manifest.Metric{Name: "neg_log_loss", Why: "it is the default for a multiclass problem"}
	default:
		d.Metric = manifest.Metric{Name: "neg_root_mean_squared_error", Why: "it is the default for a regression problem"}
	}
	for i := range d.Trials {
		if t := &d.Trials[i]; t.Score != nil {
			*t.Score = 1 - *t.Score
			for k := range t.FoldScores {
				t.FoldScores[k] = 1 - t.FoldScores[k]
			}
		}
	}
	d.Ensemble.Score = 1 - d.Ensemble.Score
}

// Finished is a job's folder that is complete and passes a verification.
func Finished(t *testing.T, problem sadi.Problem) (dir string, m *manifest.Manifest) {
	t.Helper()
	folder, err := artifact.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m = Sample(problem)
	d := &m.Determined
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	for name, fill := range map[string]func(io.Writer) error{
		"model/model.sadi":       text("model"),
		manifest.TrialsName:      func(w io.Writer) error { return manifest.WriteTrials(w, d.Trials) },
		manifest.LeaderboardName: func(w io.Writer) error { return manifest.WriteLeaderboard(w, d) },
	} {
		if _, err := folder.Put(name, fill); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := folder.PutObserved("report.html", text("<!doctype html>")); err != nil {
		t.Fatal(err)
	}
	if err := manifest.Finish(folder, m); err != nil {
		t.Fatal(err)
	}
	return folder.Dir(), m
}

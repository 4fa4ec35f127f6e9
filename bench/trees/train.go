package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"sadi"
	"sadi/bench/internal/cputime"
	"sadi/internal/dataset"
	"sadi/internal/host"
	"sadi/internal/metric"
	"sadi/internal/model"
	"sadi/internal/model/randomforest"
	"sadi/internal/model/tree"
	"sadi/internal/model/xgb"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// boosters are the parameters of the boosters, with the names that ours and XGBoost's have in common.
var boosters = map[string]map[string]any{
	"depth6":    {"max_depth": 6},
	"leaves63":  {"max_depth": 0, "max_leaves": 63, "grow_policy": "lossguide"},
	"leaves255": {"max_depth": 0, "max_leaves": 255, "grow_policy": "lossguide"},
}

// trainOnly trains one model on the draw in a folder and prints the outcome.
func trainOnly(folder, what string, threads int, profile string) error {
	fit, judge, err := read(folder)
	if err != nil {
		return err
	}
	m, given := choose(what, fit.Y.Problem)
	values, err := m.Params().Complete(given)
	if err != nil {
		return err
	}
	debug.FreeOSMemory()
	// Linux forgets the peak when told so; elsewhere the growth is unknown, and printed as 0.
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	before := host.PeakMemory()
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
	}
	pool := par.New(threads)
	start, cpu := time.Now(), cputime.Seconds()
	if bins := tree.BinsOf(fit.X, tree.MaxBins, pool); what == "forest" {
		bins.Tiles(pool)
	} else {
		bins.JointTiles(pool)
	}
	o := outcome{Binning: time.Since(start).Seconds()}
	fitted, err := m.Fit(context.Background(), model.Train{Set: fit, Stream: rng.New(1), Pool: pool}, values)
	if err != nil {
		return err
	}
	o.Train, o.CPU = time.Since(start).Seconds(), cputime.Seconds()-cpu
	o.Grown = float64(host.PeakMemory()-before) / (1 << 20)
	if profile != "" {
		pprof.StopCPUProfile()
	}
	runtime.GC()
	pred := make([]float64, judge.X.Rows*judge.Y.Outputs())
	start = time.Now()
	if err := fitted.Predict(pred, judge.X); err != nil {
		return err
	}
	o.Predict = time.Since(start).Seconds()
	if o.Score, o.Lower, err = score(judge.Y, pred); err != nil {
		return err
	}
	text, err := json.Marshal(o)
	fmt.Println(string(text))
	return err
}

func choose(what string, p sadi.Problem) (model.Model, map[string]any) {
	given := map[string]any{"n_estimators": 100}
	if what == "forest" {
		if p.IsClassification() {
			return randomforest.Classifier{}, given
		}
		return randomforest.Regressor{}, given
	}
	given["learning_rate"], given["early_stopping_rounds"] = 0.1, 0
	for name, v := range boosters[what] {
		given[name] = v
	}
	if p.IsClassification() {
		return xgb.Classifier{}, given
	}
	return xgb.Regressor{}, given
}

func score(y dataset.Target, pred []float64) (value float64, lower bool, err error) {
	name := map[sadi.Problem]string{sadi.Binary: "roc_auc", sadi.Multiclass: "neg_log_loss", sadi.RegressionValue: "neg_root_mean_squared_error"}[y.Problem]
	s, err := metric.Lookup(name, y.Problem)
	if err != nil {
		return 0, false, err
	}
	value, err = s.Score(metric.Data{Y: y.Y, Pred: pred, Problem: y.Problem, Classes: y.Classes})
	if y.Problem == sadi.Binary {
		return value, false, err
	}
	return max(value, -value), true, err
}

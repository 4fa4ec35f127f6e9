package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/catalog"
	"sadi/internal/config"
	"sadi/internal/engine"
	"sadi/internal/host"
	"sadi/internal/mlflow"
)

// runFlags are the options of sadi run as they are typed.
type runFlags struct {
	spec           sadi.Spec
	task           string
	budget, memory string
	testSize       float64
	refit          bool
	data           string
	mlflow         string
	json           bool
	ignore         columnList
	modelSet       []string
}

func (a *App) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run FILE",
		Short: "Make a model from a file",
		Long:  "Reads FILE (CSV, also .gz and .zst), finds the target, trains, combines, judges, and leaves a folder with the model,\nthe report and the manifest. Ctrl-C ends the search early and keeps the best so far.",
		Example: "  sadi run sales.csv\n  sadi run sales.csv --target price --budget 5m --ignore id,comment\n" +
			"  sadi run visits.csv --target outcome --group patient --metric f1",
		Args: args("FILE"),
		RunE: func(c *cobra.Command, given []string) error {
			if err := f.complete(c, given[0]); err != nil {
				return err
			}
			return a.run(c.Context(), f)
		},
	}
	f.declare(c)
	c.Flags().StringVar(&f.data, "data", "data", "the data root below which results are written")
	c.Flags().StringVar(&f.mlflow, "mlflow", "", "where the job is tracked: an MLflow server, a folder, or none (default: MLFLOW_TRACKING_URI, else mlruns below --data)")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object as the last line")
	return c
}

// declare gives a command the options of a request.
func (f *runFlags) declare(c *cobra.Command) {
	p := &f.spec.Params
	o := c.Flags()
	o.StringVar(&f.spec.Target, "target", "", "the column to predict (default: found by itself)")
	o.StringVar(&f.task, "task", "auto", "auto, classification or regression")
	o.StringSliceVar(&f.modelSet, "models", nil, "the algorithms to use, separated by commas (default: all; see sadi models)")
	o.BoolVar(&p.HPO, "hpo", true, "tune beyond the starting configurations")
	o.StringVar(&f.budget, "budget", "small", "small (60 s), medium (10 min), large (1 h), a duration such as 90s, or 20trials")
	o.StringVar(&p.Metric, "metric", "", "the score to optimise, by scikit-learn's name (default: by the problem)")
	o.IntVar(&p.Folds, "folds", 0, "folds of the cross-validation (default: by the size of the data)")
	o.Float64Var(&f.testSize, "test-size", 0, "fraction of the rows set aside to judge; 0 = judge by cross-validation (default: by the size of the data)")
	o.Uint64Var(&p.Seed, "seed", 0, "the seed of all chance")
	o.IntVar(&p.Jobs, "jobs", 0, "worker threads (default: the cores that may be used)")
	o.StringVar(&f.memory, "memory", "", "the memory that may be used, such as 4GB (default: what the machine allows)")
	o.Var(&f.ignore, "ignore", "columns to leave out, separated by commas")
	o.StringVar(&p.Group, "group", "", "column whose equal values never stand on both sides of a split")
	o.StringVar(&p.Time, "time", "", "column by which later rows judge earlier ones")
	o.StringVar(&p.Weight, "weight", "", "column of sample weights")
	o.StringVar(&p.Experiment, "mlflow-experiment", "", "the experiment in MLflow (default: MLFLOW_EXPERIMENT_NAME, else SADI/auto_ml)")
	o.StringVar(&p.RegisterAs, "register-as", "", "register the model in MLflow under this name")
	o.BoolVar(&f.refit, "refit", true, "fit again on all rows after the verdict")
}

// complete turns what was typed into a request.
func (f *runFlags) complete(c *cobra.Command, file string) (err error) {
	f.spec.Input = file
	p := &f.spec.Params
	switch f.spec.TaskType = sadi.TaskType(strings.ToLower(f.task)); f.spec.TaskType {
	case sadi.Auto, sadi.Classification, sadi.Regression:
	default:
		return sadi.Errorf(sadi.BadUsage, "%q is not a task", f.task).At("--task").Advise("use auto, classification or regression")
	}
	if p.Budget, err = sadi.ParseBudget(f.budget); err != nil {
		return err
	}
	if p.Memory, err = parseBytes(f.memory); err != nil {
		return err
	}
	if c.Flags().Changed("test-size") {
		if !(f.testSize >= 0 && f.testSize <= 0.5) {
			return sadi.Errorf(sadi.BadUsage, "%g is no fraction to set aside", f.testSize).At("--test-size").Advise("use a number from 0 to 0.5")
		}
		p.TestSize = &f.testSize
	}
	if p.Folds < 0 || p.Folds == 1 || p.Folds > 50 {
		return sadi.Errorf(sadi.BadUsage, "%d folds are not possible", p.Folds).At("--folds").Advise("use a number from 2 to 50")
	}
	if p.Jobs < 0 || p.Jobs > 4096 {
		return sadi.Errorf(sadi.BadUsage, "%d jobs are not possible", p.Jobs).At("--jobs").Advise("use a number from 1 to 4096")
	}
	if err := mlflow.CheckExperiment(p.Experiment); err != nil {
		return err.At("--mlflow-experiment")
	}
	if err := mlflow.CheckModel(p.RegisterAs); err != nil {
		return err.At("--register-as")
	}
	p.Refit = &f.refit
	p.Models, p.Ignore = f.modelSet, f.ignore.resolve(file)
	return nil
}

// parseBytes reads an amount of memory such as 512MB or 4GiB; "" is 0.
func parseBytes(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, ok := config.ParseBytes(text)
	if !ok || n < 64<<20 || n > 1<<50 {
		return 0, sadi.Errorf(sadi.BadUsage, "%q is not an amount of memory", text).At("--memory").Advise("use an amount from 64MB up, such as 4GB")
	}
	return n, nil
}

// run does the job and tells how it went.
func (a *App) run(ctx context.Context, f runFlags) error {
	began := time.Now()
	if f.spec.Params.Jobs == 0 {
		f.spec.Params.Jobs = host.Cores()
	}
	limit := f.spec.Params.Memory
	if limit == 0 {
		limit = host.Memory()
		f.spec.Params.Memory = limit
	}
	if limit > 0 {
		debug.SetMemoryLimit(limit / 10 * 9) // the collector works harder before the limit is reached
	}
	id := artifact.NewID(f.spec.Input, time.Now())
	dir := artifact.JobDir(f.data, id)
	track, err := a.track(id, f)
	if err != nil {
		return err
	}
	show := a.progress(f.spec.Params.Budget.Wall, f.json)
	res, err := engine.Run(ctx, engine.Job{ID: id, Spec: f.spec, Path: f.spec.Input, Dir: dir, Catalog: catalog.Engine(),
		Observer: sadi.ObserverFunc(func(e sadi.Event) { show.Observe(e); track.Observe(e) }), Observed: track.Observed})
	show.Close()
	track.finish(dir, err, allowed(f.spec.Params.Budget.Wall, time.Since(began)))
	if err != nil {
		return err
	}
	a.summary(res, dir)
	if f.json {
		return a.summaryJSON(res, dir)
	}
	return nil
}

// allowed is the time that a job with a budget, which has run for so long, has for what is not its result: until a second, or a
// hundredth of the budget, beyond its end. Without a budget of time nothing bounds it.
func allowed(budget, ran time.Duration) time.Duration {
	const exit = 300 * time.Millisecond // for the beginning and the end of the process
	if budget == 0 {
		return math.MaxInt64
	}
	return max(0, budget+max(time.Second, budget/100)-exit-ran)
}

func (a *App) summaryJSON(res *engine.Result, dir string) error {
	line, err := json.Marshal(res.Outcome(dir))
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "%s\n", line)
	return nil
}

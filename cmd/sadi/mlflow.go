package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/config"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/mlflow"
	"sadi/internal/mlflow/files"
	"sadi/internal/mlflow/rest"
	"sadi/internal/mlflow/tracker"
	"sadi/internal/worker"
)

// untold is the address of nowhere.
const untold = "none"

// openRuns opens the store of runs that the settings name, and gives it the name that spools know it by; nil = none.
func openRuns(m config.MLflow, data string) (store mlflow.Store, target string, err error) {
	scheme, after, isURL := strings.Cut(m.URI, ":")
	switch {
	case m.URI == untold:
		return nil, "", nil
	case m.URI == "", scheme == "file" && after == "":
		return openFolder(filepath.Join(data, runsFolder))
	case scheme == "file":
		u, err := url.Parse(m.URI)
		if err != nil {
			return nil, "", sadi.Errorf(sadi.BadUsage, "%q is no address for MLflow", m.URI)
		}
		path := u.Path
		if u.Opaque != "" {
			path = u.Opaque
		}
		if len(path) > 2 && path[0] == '/' && path[2] == ':' {
			path = path[1:] // a drive of Windows
		}
		return openFolder(filepath.FromSlash(path))
	case !isURL || len(scheme) == 1:
		return openFolder(m.URI)
	}
	s, err := rest.New(rest.Options{URL: m.URI, User: m.User, Password: m.Password.Reveal(), Token: m.Token.Reveal(), Insecure: m.Insecure, CA: m.CA, Page: m.Page})
	if err != nil {
		return nil, "", err
	}
	return s, s.URL(), nil
}

func openFolder(dir string) (mlflow.Store, string, error) {
	s, err := files.New(dir)
	if err != nil {
		return nil, "", err
	}
	return s, s.Dir(), nil
}

// opener opens the store that a spool names. Where the settings name a server, who asks is for that one, and no other gets
// to see it.
func opener(m config.MLflow, data string, store mlflow.Store, target string) func(string) (mlflow.Store, error) {
	return func(uri string) (mlflow.Store, error) {
		if store != nil && uri == target {
			return store, nil
		}
		other := m
		if other.URI = uri; strings.HasPrefix(target, "http") {
			other.User, other.Password, other.Token = "", "", ""
		}
		s, _, err := openRuns(other, data)
		return s, err
	}
}

// tracked is the tracking of a job of sadi run; nil = it is not tracked.
type tracked struct {
	*tracker.Run
	app     *App
	tracker *tracker.Tracker
	wait    time.Duration

	mu    sync.Mutex
	notes []string
}

// track begins to tell MLflow of a job. Settings that can not be used are an error; a disk that can not be is not: the
// job goes on, and a note says that it is not tracked.
func (a *App) track(id string, f runFlags) (*tracked, error) {
	t := &tracked{app: a}
	m, err := config.Tracking(os.Environ(), f.mlflow)
	if err != nil {
		return nil, err
	}
	store, target, err := openRuns(m, f.data)
	if err != nil || store == nil {
		return t, err
	}
	t.wait = m.Wait
	t.tracker = tracker.New(tracker.Options{Dir: filepath.Join(f.data, spoolFolder), Open: opener(m, f.data, store, target), Note: func(_, text string) { t.note(text) }})
	input, err := filepath.Abs(f.spec.Input)
	if err != nil {
		input = f.spec.Input
	}
	job := tracker.Job{ID: id, Name: filepath.Base(f.spec.Input), Dataset: filepath.Base(f.spec.Input), Input: input, Spec: f.spec, Target: target,
		Experiment: experimentOf(f.spec, m), User: userName(), Start: time.Now().UTC()}
	if t.Run, err = t.tracker.Begin(job); err != nil {
		t.note(err.Error())
	}
	return t, nil
}

func (t *tracked) note(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notes = append(t.notes, text)
}

// finish tells how the job ended and gives the rest of the delivery its time, at most so much.
func (t *tracked) finish(dir string, err error, most time.Duration) {
	if t.Run != nil {
		state := sadi.Succeeded
		switch {
		case sadi.CodeOf(err) == sadi.Interrupted, context.Canceled == err, engine.ErrInterrupted == err:
			state = sadi.Cancelled
		case err != nil:
			state = sadi.Failed
		}
		t.Finish(state, err, dir, false)
		waiting, fault := t.Wait(min(t.wait, most))
		if waiting > 0 {
			if fault != "" {
				t.note(fault)
			}
			t.note(fmt.Sprintf("%d events wait; sadi mlflow sync %s delivers them", waiting, dir))
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.notes {
		fmt.Fprintf(t.app.Err, "MLflow: %s\n", n)
	}
}

func experimentOf(s sadi.Spec, m config.MLflow) string {
	if s.Params.Experiment != "" {
		return s.Params.Experiment
	}
	return m.Experiment
}

// userName is who runs the program, found as MLflow finds it.
func userName() string {
	for _, name := range []string{"LOGNAME", "USER", "LNAME", "USERNAME"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return "unknown"
}

// tracking makes what a worker tells MLflow with; stop ends it.
func (b *backend) tracking(cfg *config.Config, log *slog.Logger) (track func(sadi.Job) worker.Tracking, stop func(), err error) {
	store, target, err := openRuns(cfg.MLflow, cfg.Data)
	if err != nil {
		return nil, nil, err
	}
	t := tracker.New(tracker.Options{Dir: filepath.Join(cfg.Data, spoolFolder), Open: opener(cfg.MLflow, cfg.Data, store, target),
		Note: func(job, text string) { log.Warn("MLflow", "job", job, "note", text) },
		Told: func(job string, at *manifest.MLflow) { b.toldRun(job, at, log) }})
	if err := t.Resume(); err != nil {
		log.Warn("what waits for MLflow can not be read", "error", err)
	}
	stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), cfg.MLflow.Wait)
		defer cancel()
		t.Close(ctx)
	}
	if store == nil {
		return nil, stop, nil
	}
	user := userName()
	return func(j sadi.Job) worker.Tracking {
		start := time.Now().UTC()
		if j.Started != nil {
			start = *j.Started
		}
		run, err := t.Begin(tracker.Job{ID: j.ID, Name: j.DatasetName, Dataset: j.DatasetName, Hash: j.DatasetHash, Input: j.Spec.Input, Spec: j.Spec, Target: target,
			Experiment: experimentOf(j.Spec, cfg.MLflow), User: user, Start: start, Held: true, Repeated: j.Fence > 1})
		if err != nil {
			log.Warn("the job is not tracked", "job", j.ID, "error", err)
		}
		return run // nil tells nobody
	}, stop, nil
}

// toldRun writes into the record of a job which run tells of it.
func (b *backend) toldRun(job string, at *manifest.MLflow, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := b.queue.Update(ctx, job, func(j *sadi.Job) error {
		j.MLflowRunID, j.MLflowURL = at.RunID, at.Link
		return nil
	})
	if err != nil && sadi.CodeOf(err) != sadi.NotFound {
		log.Warn("the run in MLflow could not be written into the record of its job", "job", job, "error", err)
	}
}

func (a *App) mlflowCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "mlflow",
		Short: "What MLflow has not taken yet: status, sync",
		Long: "Jobs are told to the MLflow server of MLFLOW_TRACKING_URI or --mlflow-uri, or to the folder mlruns below the data root. What a\n" +
			"server does not take waits below the data root and is delivered later.\n\n" +
			"MLflow 3.6 and later deprecate such folders, and the newest open them only with MLFLOW_ALLOW_FILE_STORE=true;\n" +
			"mlflow migrate-filestore --source data/mlruns --target sqlite:///mlflow.db takes them over.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.mlflowStatus(), a.mlflowSync())
	return c
}

// spoolOf is the folder of spools that belongs to a data root or to the folder of a job, and that job's name.
func spoolOf(dir string) (spool, data, job string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", "", "", sadi.Errorf(sadi.BadUsage, "%q is no folder", dir)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", "", "", sadi.Errorf(sadi.NotFound, "there is no folder %s", dir).Advise("name a data root, or the folder of a job")
	}
	if root, id := filepath.Dir(filepath.Dir(filepath.Dir(dir))), filepath.Base(filepath.Dir(dir)); artifact.JobDir(root, id) == dir {
		return filepath.Join(root, spoolFolder), root, id, nil
	}
	return filepath.Join(dir, spoolFolder), dir, "", nil
}

func (a *App) mlflowStatus() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status DIR",
		Short: "Tell what waits below a data root, or of one job's folder",
		Args:  args("DIR"),
		RunE: func(_ *cobra.Command, given []string) error {
			spool, _, job, err := spoolOf(given[0])
			if err != nil {
				return err
			}
			all, err := tracker.List(spool, job)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(all)
			}
			a.printWaiting(all)
			if job != "" {
				a.printPlace(given[0])
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) printWaiting(all []tracker.Waiting) {
	if len(all) == 0 {
		fmt.Fprintln(a.Out, "Nothing waits.")
		return
	}
	for _, w := range all {
		fmt.Fprintf(a.Out, "%s  %d events wait for %s\n", w.JobID, w.Events, w.Target)
		switch {
		case w.Alive:
			fmt.Fprintln(a.Out, "  a process is at work on it")
		case w.Error != "":
			fmt.Fprintf(a.Out, "  %s\n", w.Error)
		}
	}
}

// printPlace tells where a job is tracked, by its manifest.
func (a *App) printPlace(dir string) {
	m, err := manifest.Read(dir)
	if err != nil || m.Observed.MLflow == nil {
		return
	}
	at := m.Observed.MLflow
	fmt.Fprintf(a.Out, "tracked at %s, experiment %s\n", at.TrackingURI, at.Experiment)
	if at.RunID != "" {
		fmt.Fprintf(a.Out, "run %s\n", at.RunID)
	}
	if at.Link != "" {
		fmt.Fprintln(a.Out, at.Link)
	}
}

func (a *App) mlflowSync() *cobra.Command {
	var uri string
	var wait time.Duration
	c := &cobra.Command{
		Use:   "sync DIR",
		Short: "Deliver what waits below a data root, or of one job's folder",
		Long:  "Delivers what waits to the server that the jobs were meant for, or to --mlflow URI. Who asks is taken from MLFLOW_TRACKING_TOKEN,\nor MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
		Args:  args("DIR"),
		RunE: func(c *cobra.Command, given []string) error {
			spool, data, job, err := spoolOf(given[0])
			if err != nil {
				return err
			}
			return a.sync(c.Context(), spool, data, job, uri, wait)
		},
	}
	c.Flags().StringVar(&uri, "mlflow", "", "another store than that which the jobs were meant for")
	c.Flags().DurationVar(&wait, "wait", time.Minute, "how long to try")
	return c
}

func (a *App) sync(ctx context.Context, spool, data, job, uri string, wait time.Duration) error {
	m, err := config.Tracking(os.Environ(), uri)
	if err != nil {
		return err
	}
	store, target, err := openRuns(m, data)
	if err != nil {
		return err
	}
	open := opener(m, data, store, target)
	if uri != "" && store != nil {
		open = func(string) (mlflow.Store, error) { return store, nil }
	}
	before, err := tracker.List(spool, job)
	if err != nil {
		return err
	}
	t := tracker.New(tracker.Options{Dir: spool, Open: open, Note: func(job, text string) { fmt.Fprintf(a.Err, "%s: %s\n", job, text) }})
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	left, err := t.Sync(ctx, job)
	t.Close(ctx)
	if err != nil {
		return err
	}
	for _, w := range before {
		if !slices.ContainsFunc(left, func(l tracker.Waiting) bool { return l.JobID == w.JobID }) {
			fmt.Fprintf(a.Out, "%s is delivered\n", w.JobID)
		}
	}
	if len(left) == 0 {
		if len(before) == 0 {
			fmt.Fprintln(a.Out, "Nothing waits.")
		}
		return nil
	}
	a.printWaiting(left)
	if !slices.ContainsFunc(left, func(w tracker.Waiting) bool { return !w.Alive }) {
		return nil // their processes see to it
	}
	return sadi.Errorf(sadi.Unavailable, "not all could be delivered").Advise("it waits where it is; see to the server and call again")
}

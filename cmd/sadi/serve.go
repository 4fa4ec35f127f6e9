package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/blob"
	"sadi/internal/blob/cloud"
	"sadi/internal/catalog"
	"sadi/internal/config"
	"sadi/internal/engine"
	"sadi/internal/host"
	"sadi/internal/httpapi"
	"sadi/internal/jetqueue"
	"sadi/internal/service"
	"sadi/internal/worker"
)

func (a *App) serveCommand() *cobra.Command {
	return a.daemon(config.Serve, &cobra.Command{
		Use:   "serve",
		Short: "Run the API with its queue and workers",
		Long: "Answers the API on --listen. Without --nats the queue is in this process and keeps its state below the data root; with it, on\n" +
			"the NATS cluster that is named. --slots 0 makes a process that only answers and leaves the work to sadi worker.",
		Example: "  sadi serve\n  sadi serve --listen 0.0.0.0:8000 --tokens tokens.txt\n  sadi serve --nats nats://n1:4222,nats://n2:4222 --slots 0",
	}, a.serve)
}

func (a *App) workerCommand() *cobra.Command {
	return a.daemon(config.Worker, &cobra.Command{
		Use:     "worker",
		Short:   "Take jobs from the queue on a NATS server",
		Long:    "Takes jobs from the queue and computes folds for jobs that other workers hold. It needs the servers of the queue, --nats.",
		Example: "  sadi worker --nats nats://n1:4222 --queue auto_ml --slots 8",
	}, a.work)
}

// daemon makes a command that reads its settings and then runs until it is asked to stop.
func (a *App) daemon(role config.Role, c *cobra.Command, run func(context.Context, *config.Config, *slog.Logger) error) *cobra.Command {
	r := config.NewReader(role)
	r.Bind(c.Flags())
	c.Args = cobra.NoArgs
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := r.Read(os.Environ())
		if err != nil {
			return err
		}
		if r.PrintOnly {
			return r.Print(a.Out)
		}
		log := cfg.Log.New(a.Err)
		for _, note := range r.Notes() {
			log.Warn(note)
		}
		if cfg.Memory > 0 {
			debug.SetMemoryLimit(cfg.Memory / 10 * 9) // the collector works harder before the limit is reached
		}
		host.FavourAnswers()
		return withGrace(c.Context(), cfg.Grace, func(ctx context.Context) error { return run(ctx, cfg, log) })
	}
	return c
}

// withGrace runs until ctx ends and gives it so much time from then on.
func withGrace(ctx context.Context, grace time.Duration, run func(context.Context) error) error {
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(max(grace, time.Second)):
		return sadi.Errorf(sadi.Interrupted, "the program did not come to its end in time").
			Advise("what it held goes to another worker, or is taken up when it starts again; raise --shutdown-grace to wait longer")
	}
}

// The folders of a process's own state, directly below the data root.
const (
	queueFolder = "queue"
	storeFolder = "store"
	cacheFolder = "cache"
	workFolder  = "work"
	runsFolder  = "mlruns" // in the form of MLflow
	spoolFolder = "mlflow" // what MLflow has not taken yet
)

// patience is how long the worker of a server that is busy answering waits before it takes the next job.
const patience = 250 * time.Millisecond

func (a *App) serve(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	var tokens *httpapi.Tokens
	if cfg.Tokens != "" {
		var err error
		if tokens, err = httpapi.ReadTokens(cfg.Tokens); err != nil {
			return err
		}
	}
	on, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return sadi.Errorf(sadi.Unavailable, "the address %s can not be listened on: %w", cfg.Listen, err).At("listen").
			Advise("another program may have it; name another one with --listen")
	}
	defer on.Close()
	back, err := openBackend(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer back.close()
	svc, err := service.New(service.Options{Queue: back.queue, Blobs: back.blobs, DataRoot: cfg.Data, Models: catalog.Models(),
		Private: []string{queueFolder, storeFolder, cacheFolder, workFolder, runsFolder, spoolFolder},
		Limits: service.Limits{Upload: cfg.Limits.Upload, Unpacked: cfg.Limits.Unpacked, Columns: cfg.Limits.Columns,
			Predict: cfg.Limits.Predict, Bundles: cfg.Limits.Bundles}})
	if err != nil {
		return err
	}
	defer svc.Close()
	api := httpapi.New(httpapi.Options{Service: svc, Tokens: tokens, Log: log, LocalOnly: tokens == nil && !cfg.Insecure, MaxBody: cfg.Limits.Body, Uploads: cfg.Limits.Uploads,
		Timeout: cfg.Limits.Request, UploadTimeout: cfg.Limits.Transfer})
	var others sync.WaitGroup
	defer others.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	others.Go(func() {
		svc.Run(ctx, func(id string, err error) {
			log.Warn("the result of a job could not be brought here", "job", id, "error", err)
		})
	})
	failed := make(chan error, 1)
	if cfg.Slots > 0 {
		w, untrack, err := back.worker(cfg, log)
		if err != nil {
			return err
		}
		defer func() { // the last words of the worker on its jobs come before the tracking ends
			stop()
			others.Wait()
			untrack()
		}()
		w.Yield = func(ctx context.Context) { api.Quiet(ctx, patience) } // who asks goes before who can wait
		others.Go(func() {
			if err := w.Run(ctx); err != nil {
				failed <- err
				stop()
			}
		})
	}
	fmt.Fprintf(a.Out, "SADI AutoML %s on http://%s (documentation at /docs), data in %s\n", sadi.Version, on.Addr(), cfg.Data)
	err = api.Serve(ctx, on)
	stop()
	select {
	case e := <-failed:
		err = errors.Join(err, e)
	default:
	}
	return err
}

func (a *App) work(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	back, err := openBackend(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer back.close()
	w, untrack, err := back.worker(cfg, log)
	if err != nil {
		return err
	}
	defer untrack()
	fmt.Fprintf(a.Out, "SADI AutoML %s: worker %s takes jobs from the queue %s\n", sadi.Version, w.Name, cfg.Queue)
	return w.Run(ctx)
}

// backend is what the API and the workers stand on.
type backend struct {
	queue      *jetqueue.Queue
	blobs      blob.Store
	closeStore func() error // nil = there is nothing to close
}

func openBackend(ctx context.Context, cfg *config.Config, log *slog.Logger) (*backend, error) {
	if err := os.MkdirAll(cfg.Data, 0o777); err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the data root can not be made: %w", err).At("%s", cfg.Data)
	}
	n := cfg.NATS
	o := jetqueue.Options{Queue: cfg.Queue, Replicas: n.Replicas, BlobBytes: cfg.MaxStore, Log: log, Client: "sadi " + sadi.Version,
		Credentials: n.Creds, User: n.User, Password: n.Password.Reveal(), Token: n.Token.Reveal(), CA: n.CA, Cert: n.Cert, Key: n.Key, Listen: n.Listen}
	var q *jetqueue.Queue
	var err error
	if n.URL == "" {
		q, err = jetqueue.Embed(ctx, filepath.Join(cfg.Data, queueFolder), o)
	} else {
		q, err = jetqueue.Connect(ctx, n.URL, o)
	}
	if err != nil {
		return nil, err
	}
	b := &backend{queue: q}
	if err := b.openStore(ctx, cfg); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

// openStore is where data sets, folds and artifacts lie: in a folder while nobody else needs them, else in the object
// store of the queue's servers, or where --store says. In front of a far one is a cache.
func (b *backend) openStore(ctx context.Context, cfg *config.Config) (err error) {
	switch {
	case cfg.Store != "":
		if b.blobs, b.closeStore, err = cloud.Open(ctx, cfg.Store); err != nil {
			return err
		}
	case cfg.NATS.URL == "" && cfg.NATS.Listen == "":
		b.blobs, err = blob.NewDir(filepath.Join(cfg.Data, storeFolder))
		return err
	default:
		b.blobs = b.queue.Blobs()
	}
	if cfg.Cache > 0 {
		b.blobs, err = blob.NewCache(b.blobs, filepath.Join(cfg.Data, cacheFolder), cfg.Cache)
	}
	return err
}

// worker makes a worker; untrack is called when it has ended.
func (b *backend) worker(cfg *config.Config, log *slog.Logger) (w *worker.Worker, untrack func(), err error) {
	host, _ := os.Hostname() // a machine without a name has workers, too
	id := artifact.NewID(strings.ToLower(host), time.Now())
	track, untrack, err := b.tracking(cfg, log)
	if err != nil {
		return nil, nil, err
	}
	w, err = worker.New(worker.Options{Name: id, Queue: b.queue, Blobs: b.blobs, Catalog: catalog.Engine(), Track: track,
		Dir: filepath.Join(cfg.Data, workFolder, id), Slots: cfg.Slots, Memory: cfg.Memory, Log: log,
		Limits: engine.Limits{Bytes: cfg.Limits.Unpacked, Columns: cfg.Limits.Columns, Rows: cfg.Limits.Rows}})
	if err != nil {
		untrack()
	}
	return w, untrack, err
}

func (b *backend) close() error {
	err := b.queue.Close()
	if b.closeStore != nil {
		err = errors.Join(err, b.closeStore())
	}
	return err
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/client"
)

// serverFlags say where the server is and who asks.
type serverFlags struct{ server, token string }

func (f *serverFlags) declare(c *cobra.Command) {
	address := os.Getenv("SADI_SERVER")
	if address == "" {
		address = "http://127.0.0.1:8000"
	}
	c.PersistentFlags().StringVar(&f.server, "server", address, "the address of the server; also SADI_SERVER")
	c.PersistentFlags().StringVar(&f.token, "token", "", "the token to show; SADI_TOKEN keeps it out of the list of processes")
}

func (f *serverFlags) client() (*client.Client, error) {
	token := f.token
	if token == "" {
		token = os.Getenv("SADI_TOKEN")
	}
	return client.New(f.server, token)
}

func (a *App) submitCommand() *cobra.Command {
	var f runFlags
	var s serverFlags
	var remote, watch bool
	var priority int
	var key string
	c := &cobra.Command{
		Use:     "submit FILE",
		Short:   "Send a file to a server and make a model there",
		Long:    "Uploads FILE to a server, queues a job there, and prints the job's name. The options are those of sadi run; with --watch\nit follows the job to its end, with the exit codes of sadi run.",
		Example: "  sadi submit sales.csv --target price --watch",
		Args:    args("FILE"),
		RunE: func(c *cobra.Command, given []string) error {
			if err := f.complete(c, given[0]); err != nil {
				return err
			}
			server, err := s.client()
			if err != nil {
				return err
			}
			if !remote {
				if f.spec.Input, err = server.Upload(c.Context(), given[0]); err != nil {
					return err
				}
			}
			id, err := server.Submit(c.Context(), client.Request{Spec: f.spec, Priority: priority, Key: key})
			if err != nil {
				return err
			}
			fmt.Fprintln(a.Out, id)
			if !watch {
				return nil
			}
			return a.watch(c.Context(), server, id)
		},
	}
	f.declare(c)
	s.declare(c)
	c.Flags().BoolVar(&remote, "remote", false, "FILE lies below the server's data root: upload nothing")
	c.Flags().BoolVar(&watch, "watch", false, "follow the job to its end")
	c.Flags().IntVar(&priority, "priority", 0, "higher goes first")
	c.Flags().StringVar(&key, "key", "", "a name of the request: sent again within a day, it gives the same job")
	return c
}

// lookEvery is how often a watched job is looked at: that it asks for its target is no event.
const lookEvery = 2 * time.Second

var errAsks = errors.New("the job asks for its target")

// watch shows a job until its end. Its verdict is nil when the job succeeded.
func (a *App) watch(ctx context.Context, server *client.Client, id string) error {
	following, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	go func() {
		for {
			if j, _, err := server.Job(following, id); err == nil && j.State == sadi.NeedsTarget {
				leave(errAsks)
				return
			}
			select {
			case <-following.Done():
				return
			case <-time.After(lookEvery):
			}
		}
	}()
	for e, err := range server.Events(following, id, 0) {
		if err != nil {
			if errors.Is(err, errAsks) {
				break
			}
			return err
		}
		if e.Line != "" {
			fmt.Fprintf(a.Err, "%s  %s\n", e.Time.Local().Format("15:04:05"), e.Line)
		}
	}
	j, err := a.settled(ctx, server, id)
	if err != nil {
		return err
	}
	return a.verdict(j)
}

// settled waits until the record of a job whose events have ended says so too.
func (a *App) settled(ctx context.Context, server *client.Client, id string) (sadi.Job, error) {
	for {
		j, _, err := server.Job(ctx, id)
		if err != nil || j.State.Final() || j.State == sadi.NeedsTarget {
			return j, err
		}
		select {
		case <-ctx.Done():
			return j, context.Cause(ctx)
		case <-time.After(lookEvery):
		}
	}
}

// verdict tells how a job ended; the error has the exit code that sadi run would have.
func (a *App) verdict(j sadi.Job) error {
	switch j.State {
	case sadi.Succeeded:
		if j.Outcome == nil {
			return nil
		}
		line, err := json.Marshal(j.Outcome)
		if err == nil {
			fmt.Fprintf(a.Out, "%s\n", line)
		}
		return err
	case sadi.NeedsTarget:
		e := sadi.Errorf(sadi.TargetUnclear, "the job %s asks which column is the target", j.ID)
		names := ""
		for i, c := range j.Candidates {
			if i > 0 {
				names += ", "
			}
			names += fmt.Sprintf("%s (%.2f)", c.Column, c.Confidence)
		}
		if names == "" {
			return e.Advise("sadi jobs target %s COLUMN answers", j.ID)
		}
		return e.Advise("sadi jobs target %s COLUMN answers; candidates: %s", j.ID, names)
	case sadi.Failed:
		if j.Error != nil {
			return j.Error
		}
	}
	return sadi.Errorf(sadi.Interrupted, "the job %s is %s", j.ID, j.State)
}

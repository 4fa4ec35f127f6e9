package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/client"
	"sadi/internal/httpapi"
)

func (a *App) jobsCommand() *cobra.Command {
	var s serverFlags
	var asJSON bool
	list := a.jobsList(&s, &asJSON)
	c := &cobra.Command{
		Use:   "jobs",
		Short: "The jobs of a server: list, show, watch, target, cancel, logs",
		Args:  cobra.NoArgs,
		RunE:  list.RunE,
	}
	s.declare(c)
	c.PersistentFlags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().AddFlagSet(list.Flags())
	c.AddCommand(list)
	c.AddCommand(a.jobCommand(&s, "show JOB", "Show a job: state, progress, leaderboard, place in the queue", func(c *cobra.Command, server *client.Client, given []string) error {
		j, place, err := server.Job(c.Context(), given[0])
		if err != nil {
			return err
		}
		if asJSON {
			return a.printJSON(j)
		}
		a.printJob(j, place)
		return nil
	}))
	c.AddCommand(a.jobCommand(&s, "watch JOB", "Follow a job to its end, with the exit codes of sadi run", func(c *cobra.Command, server *client.Client, given []string) error {
		return a.watch(c.Context(), server, given[0])
	}))
	c.AddCommand(a.jobCommand(&s, "cancel JOB", "End a job; a search that has a model keeps the best so far", func(c *cobra.Command, server *client.Client, given []string) error {
		j, err := server.Cancel(c.Context(), given[0])
		if err != nil {
			return err
		}
		if j.State == sadi.Cancelled {
			fmt.Fprintf(a.Out, "%s is cancelled\n", j.ID)
		} else {
			fmt.Fprintf(a.Out, "%s is told to stop\n", j.ID)
		}
		return nil
	}))
	c.AddCommand(a.jobCommand(&s, "target JOB COLUMN", "Answer which column a job is to predict", func(c *cobra.Command, server *client.Client, given []string) error {
		j, err := server.SetTarget(c.Context(), given[0], given[1])
		if err == nil {
			fmt.Fprintf(a.Out, "%s is %s\n", j.ID, j.State)
		}
		return err
	}))
	var follow bool
	logs := a.jobCommand(&s, "logs JOB", "Print the log of a job", func(c *cobra.Command, server *client.Client, given []string) error {
		return server.Logs(c.Context(), given[0], follow, a.Out)
	})
	logs.Flags().BoolVarP(&follow, "follow", "f", false, "wait for more until the job has ended")
	c.AddCommand(logs)
	return c
}

// jobCommand is a command about one job; its arguments are the words in capitals of use.
func (a *App) jobCommand(s *serverFlags, use, short string, run func(*cobra.Command, *client.Client, []string) error) *cobra.Command {
	names := []string{"JOB"}
	if use == "target JOB COLUMN" {
		names = append(names, "COLUMN")
	}
	return &cobra.Command{Use: use, Short: short, Args: args(names...), RunE: func(c *cobra.Command, given []string) error {
		server, err := s.client()
		if err != nil {
			return err
		}
		return run(c, server, given)
	}}
}

func (a *App) jobsList(s *serverFlags, asJSON *bool) *cobra.Command {
	var states []string
	var limit int
	c := &cobra.Command{Use: "list", Short: "List jobs, the latest first", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		if limit < 1 {
			return sadi.Errorf(sadi.BadUsage, "%d jobs can not be listed", limit).At("--limit").Advise("use a number from 1 up")
		}
		server, err := s.client()
		if err != nil {
			return err
		}
		all := []sadi.Job{}
		for after := ""; len(all) < limit; {
			page, err := server.Jobs(c.Context(), states, min(limit-len(all), 500), after)
			if err != nil {
				return err
			}
			all = append(all, page.Jobs...)
			if after = page.Next; after == "" {
				break
			}
		}
		if *asJSON {
			return a.printJSON(all)
		}
		a.printJobs(all)
		return nil
	}}
	c.Flags().StringSliceVar(&states, "state", nil, "only jobs in these states, separated by commas")
	c.Flags().IntVar(&limit, "limit", 50, "how many at most")
	return c
}

func (a *App) printJSON(v any) error {
	e := json.NewEncoder(a.Out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (a *App) printJobs(all []sadi.Job) {
	if len(all) == 0 {
		fmt.Fprintln(a.Out, "There are no jobs.")
		return
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "JOB\tSTATE\tTRIALS\tSCORE\tSUBMITTED")
	for _, j := range all {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", j.ID, j.State, j.Progress.Trials, jobScore(j), j.Submitted.Local().Format("2006-01-02 15:04:05"))
	}
	w.Flush()
}

// jobScore is the judged score of a job, or the best so far.
func jobScore(j sadi.Job) string {
	switch {
	case j.Outcome != nil:
		return fmt.Sprintf("%s %s", number(j.Outcome.Score), j.Outcome.Metric)
	case j.Progress.Best != nil:
		return fmt.Sprintf("%s %s", number(*j.Progress.Best), j.Progress.Metric)
	}
	return "—"
}

func (a *App) printJob(j sadi.Job, place int) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(a.Out, "%-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("job", "%s", j.ID)
	state := string(j.State)
	if j.Stage != "" && j.State == sadi.Running {
		state += ", " + j.Stage
	}
	if j.Stopping && !j.State.Final() {
		state += ", told to stop"
	}
	line("state", "%s", state)
	if place > 0 {
		line("queue", "number %d", place)
	}
	line("file", "%s (%.12s…)", j.DatasetName, j.DatasetHash)
	line("submitted", "%s", j.Submitted.Local().Format(time.DateTime))
	if j.Worker != "" {
		line("worker", "%s", j.Worker)
	}
	if p := j.Progress; p.Trials > 0 || j.State == sadi.Running {
		line("progress", "%d trials in %.0f s", p.Trials, p.Elapsed)
		if p.TimeLeft != nil {
			line("time left", "%.0f s", *p.TimeLeft)
		}
	}
	if s := jobScore(j); s != "—" {
		line("score", "%s", s)
	}
	for i, l := range j.Progress.Leaders {
		fmt.Fprintf(a.Out, "  %2d. %-34s %s\n", i+1, l.Name, number(l.Score))
	}
	for _, c := range j.Candidates {
		fmt.Fprintf(a.Out, "  candidate %-24s %.2f  %s\n", c.Column, c.Confidence, c.Why)
	}
	if j.Error != nil {
		line("error", "%s [%s]", j.Error, j.Error.Code)
	}
	switch {
	case j.MLflowURL != "":
		line("mlflow", "%s", j.MLflowURL)
	case j.MLflowRunID != "":
		line("mlflow", "run %s", j.MLflowRunID)
	}
	if len(j.Artifacts) > 0 {
		line("files", "%d, below data/processed/%s/auto_ml", len(j.Artifacts), j.ID)
	}
}

func (a *App) tokenCommand() *cobra.Command {
	var role string
	c := &cobra.Command{
		Use:   "token LABEL",
		Short: "Make a token for a server's tokens file",
		Long:  "Prints a new token, once, and the line for the tokens file of sadi serve: role, SHA-256 of the token, label. The server\nknows the hash alone.",
		Args:  args("LABEL"),
		RunE: func(_ *cobra.Command, given []string) error {
			r, err := httpapi.ParseRole(role)
			if err != nil {
				return err
			}
			secret, line := httpapi.NewToken(r, given[0])
			fmt.Fprintf(a.Err, "the token, to keep:\n")
			fmt.Fprintln(a.Out, secret)
			fmt.Fprintf(a.Err, "the line for the tokens file:\n")
			fmt.Fprintln(a.Out, line)
			return nil
		},
	}
	c.Flags().StringVar(&role, "role", "submit", "read, submit (and read) or admin (and both)")
	return c
}

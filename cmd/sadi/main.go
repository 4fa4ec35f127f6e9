// Command sadi makes a judged, explained and reproducible model from a CSV file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/engine"
)

func main() {
	app := &App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(app.Run(interruptible(), os.Args[1:]))
}

// interruptible is a context that the first Ctrl-C (or SIGTERM) ends with engine.ErrInterrupted; the second one ends
// the process at once.
func interruptible() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel(engine.ErrInterrupted)
		<-signals
		os.Exit(130)
	}()
	return ctx
}

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNeedsTarget = 3
)

// App is the program with its edges, so that tests can run it.
type App struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run does what the arguments say and returns the exit code.
func (a *App) Run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	a.printError(err)
	switch sadi.CodeOf(err) {
	case sadi.BadUsage, sadi.NotFound:
		return exitUsage
	case sadi.TargetUnclear:
		return exitNeedsTarget
	}
	return exitFailed
}

// printError writes an error for a person: what, where, what to do.
func (a *App) printError(err error) {
	var e *sadi.Error
	if !errors.As(err, &e) {
		fmt.Fprintf(a.Err, "sadi: %v\n", err)
		return
	}
	fmt.Fprintf(a.Err, "sadi: %s [%s]\n", e.Message, e.Code)
	if e.Where != "" {
		fmt.Fprintf(a.Err, "  where: %s\n", e.Where)
	}
	if e.Hint != "" {
		fmt.Fprintf(a.Err, "  what to do: %s\n", e.Hint)
	}
}

func (a *App) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "sadi",
		Short:         "From a CSV file to a judged, explained and reproducible model",
		Long:          "SADI AutoML finds the target, checks and prepares the data, trains and tunes many algorithms inside a budget\nthat is kept, combines the best, judges the result on rows nobody touched, and leaves a manifest with which\nanyone can audit the result and reproduce it.",
		Example:       "  sadi run sales.csv\n  sadi run sales.csv --target price --budget 5m\n  sadi inspect sales.csv\n  sadi predict data/processed/JOB/auto_ml new.csv -o predictions.csv",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return sadi.Errorf(sadi.BadUsage, "%v", err).Advise("%s --help lists the options", c.CommandPath())
	})
	root.AddCommand(a.runCommand(), a.inspectCommand(), a.predictCommand(), a.exportCommand(), a.verifyCommand(), a.replayCommand(), a.modelsCommand(),
		a.serveCommand(), a.workerCommand(), a.submitCommand(), a.jobsCommand(), a.mlflowCommand(), a.tokenCommand(), a.healthCommand(), a.versionCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// args checks the count of positional arguments and names what is missing.
func args(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if len(given) < len(names) {
			return sadi.Errorf(sadi.BadUsage, "%s is missing", names[len(given)]).Advise("usage: %s", c.UseLine())
		}
		if len(given) > len(names) {
			return sadi.Errorf(sadi.BadUsage, "%q is one argument too many", given[len(names)]).Advise("usage: %s", c.UseLine())
		}
		return nil
	}
}

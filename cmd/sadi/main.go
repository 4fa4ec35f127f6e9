// Command sadi makes a judged, explained and reproducible model from a CSV file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/near"
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
	var unclear engine.UnclearTarget
	switch {
	case errors.As(err, &unclear) && len(unclear.Candidates) > 0:
		a.printCandidates(unclear.Candidates)
	case e.Hint != "":
		fmt.Fprintf(a.Err, "  what to do: %s\n", e.Hint)
	}
}

// printCandidates lists the columns that may be the target, one a line.
func (a *App) printCandidates(found []sadi.TargetCandidate) {
	found = found[:min(len(found), 5)]
	fmt.Fprintf(a.Err, "  what to do: name it, such as --target %s; the likeliest are\n", shellWord(found[0].Column))
	for _, c := range found {
		fmt.Fprintf(a.Err, "    %3.0f %%  %s: %s\n", 100*c.Confidence, c.Column, c.Why)
	}
}

// shellWord is a word as it is typed in a shell.
func shellWord(word string) string {
	if strings.ContainsAny(word, " \t\"$`\\!*?[](){}<>|&;#~'") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

func (a *App) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "sadi",
		Short:         "From a CSV file to a judged, explained and reproducible model",
		Long:          "SADI AutoML finds the target, checks and prepares the data, trains and tunes many algorithms inside a budget\nthat is kept, combines the best, judges the result on rows nobody touched, and leaves a manifest with which\nanyone can audit the result and reproduce it.",
		Example:       "  sadi run sales.csv\n  sadi run sales.csv --target price --budget 5m\n  sadi inspect sales.csv\n  sadi predict data/processed/JOB/auto_ml new.csv -o predictions.csv",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.runCommand(), a.inspectCommand(), a.predictCommand(), a.exportCommand(), a.verifyCommand(), a.replayCommand(), a.modelsCommand(),
		a.serveCommand(), a.workerCommand(), a.submitCommand(), a.jobsCommand(), a.mlflowCommand(), a.tokenCommand(), a.healthCommand(), a.versionCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// noCommand refuses a word that is no command.
func noCommand(root *cobra.Command, given []string) error {
	if len(given) == 0 {
		return nil
	}
	e := sadi.Errorf(sadi.BadUsage, "there is no command %q", given[0])
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	if close := near.Names(given[0], names); len(close) > 0 {
		return e.Advise("did you mean %s?", strings.Join(close, ", "))
	}
	if _, err := os.Stat(given[0]); err == nil {
		return e.Advise("to make a model from this file: sadi run %s", shellWord(given[0]))
	}
	return e.Advise("sadi --help lists the commands")
}

// flagError says which option a mistyped one may mean.
func flagError(c *cobra.Command, err error) error {
	e := sadi.Errorf(sadi.BadUsage, "%v", err)
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		if close := near.Names("--"+unknown.GetSpecifiedName(), names); len(close) > 0 {
			return e.Advise("did you mean %s?", strings.Join(close, ", "))
		}
	}
	return e.Advise("%s --help lists the options", c.CommandPath())
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

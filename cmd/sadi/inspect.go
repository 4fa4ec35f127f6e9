package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sadi"
	"sadi/internal/catalog"
	"sadi/internal/host"
	"sadi/internal/par"
	"sadi/internal/profile"
	"sadi/internal/service"
	"sadi/internal/table/csvio"
)

func (a *App) inspectCommand() *cobra.Command {
	var opt profile.Options
	var task string
	var asJSON bool
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Look at a file: columns, problems, the likely target",
		Args:  args("FILE"),
		RunE: func(c *cobra.Command, given []string) error {
			opt.Task = sadi.TaskType(task)
			in, err := service.Inspect(c.Context(), given[0], csvio.Options{Pool: par.New(host.Cores())}, opt, catalog.Models())
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.Out)
				e.SetIndent("", "  ")
				return e.Encode(in)
			}
			a.printReading(in.Reading)
			return profile.Text(a.Out, in.Profile, a.terminal())
		},
	}
	o := c.Flags()
	o.StringVar(&opt.Target, "target", "", "the column to predict (default: found by itself)")
	o.StringVar(&task, "task", "auto", "auto, classification or regression")
	o.StringSliceVar(&opt.Ignore, "ignore", nil, "columns to leave out, separated by commas")
	o.StringVar(&opt.Group, "group", "", "column whose equal values belong together")
	o.StringVar(&opt.Time, "time", "", "column that orders the rows")
	o.StringVar(&opt.Weight, "weight", "", "column of sample weights")
	o.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// printReading says how the file was understood.
func (a *App) printReading(r *csvio.Report) {
	for _, f := range r.Findings {
		fmt.Fprintf(a.Out, "%-12s %-14s %s\n", f.What, f.Value, f.Why)
	}
	for _, f := range r.Repairs {
		where := ""
		if f.Where != "" {
			where = " (" + f.Where + ")"
		}
		fmt.Fprintf(a.Out, "%-12s %s%s\n", "mended", f.Text, where)
	}
	fmt.Fprintln(a.Out)
}

// terminal is how to write to where standard output goes.
func (a *App) terminal() profile.TextOptions {
	f, ok := a.Out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return profile.TextOptions{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	return profile.TextOptions{Width: width, Color: os.Getenv("NO_COLOR") == ""}
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
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
	var ignore columnList
	var asJSON bool
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Look at a file: columns, problems, the likely target",
		Args:  args("FILE"),
		RunE: func(c *cobra.Command, given []string) error {
			opt.Task, opt.Ignore = sadi.TaskType(task), ignore.resolve(given[0])
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
	o.Var(&ignore, "ignore", "columns to leave out, separated by commas")
	o.StringVar(&opt.Group, "group", "", "column whose equal values belong together")
	o.StringVar(&opt.Time, "time", "", "column that orders the rows")
	o.StringVar(&opt.Weight, "weight", "", "column of sample weights")
	o.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// printReading says how the file was understood.
func (a *App) printReading(r *csvio.Report) {
	for _, f := range r.Findings {
		a.say(fmt.Sprintf("%-12s %-14s ", f.What, f.Value), f.Why)
	}
	for _, f := range r.Repairs {
		where := ""
		if f.Where != "" {
			where = " (" + f.Where + ")"
		}
		a.say(fmt.Sprintf("%-12s ", "mended"), f.Text+where)
	}
	fmt.Fprintln(a.Out)
}

// say writes a sentence behind what stands first: in one line, or on a terminal broken between words.
func (a *App) say(first, text string) {
	if width := a.terminal().Width; width > 0 {
		io.WriteString(a.Out, profile.Wrap(first, text, width))
		return
	}
	fmt.Fprintf(a.Out, "%s%s\n", first, text)
}

// terminal is how to write to where standard output goes.
func (a *App) terminal() profile.TextOptions {
	f, ok := a.Out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return profile.TextOptions{}
	}
	return profile.TextOptions{Width: columnsOf(f), Color: os.Getenv("NO_COLOR") == ""}
}

// columnsOf is the width of a terminal, 80 where it does not say.
func columnsOf(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 1 {
		return 80
	}
	return width
}

package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/catalog"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/param"
)

func (a *App) modelsCommand() *cobra.Command {
	var asJSON, asMarkdown bool
	c := &cobra.Command{
		Use:   "models [NAME]",
		Short: "List the algorithms, or one with its parameters",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, given []string) error {
			models := catalog.Models()
			if len(given) == 1 {
				if models = engine.Find(models, given[0]); len(models) == 0 {
					return engine.NoModel(catalog.Models(), given[0])
				}
			}
			switch {
			case asJSON:
				return a.modelsJSON(models)
			case asMarkdown:
				a.modelsMarkdown(models)
			case len(given) == 1:
				for _, m := range models {
					a.printModel(m)
				}
			default:
				a.printModels(models)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&asMarkdown, "markdown", false, "print the pages of docs/params.md")
	return c
}

// modelsMarkdown writes docs/params.md; a test holds the file to it.
func (a *App) modelsMarkdown(models []model.Model) {
	fmt.Fprint(a.Out, "# Algorithms and their parameters\n\nMade by `go run ./cmd/sadi models --markdown > docs/params.md`; do not edit by hand.\n")
	for _, m := range models {
		card := m.Card()
		fmt.Fprintf(a.Out, "\n## %s\n\n%s. %s\n\nSolves: %s. Also called: %s. Source: %s\n", m.Name(), card.Title, card.Summary,
			problems(m), strings.Join(card.Aliases, ", "), card.Paper)
		if len(m.Params()) == 0 {
			continue
		}
		fmt.Fprint(a.Out, "\n| parameter | legal | default | searched | meaning |\n|---|---|---|---|---|\n")
		for _, p := range m.Params() {
			name := "`" + p.Name + "`"
			if len(p.Aliases) > 0 {
				name += " (" + strings.Join(p.Aliases, ", ") + ")"
			}
			fmt.Fprintf(a.Out, "| %s | %s | %v | %s | %s |\n", name, p.Range(), p.Default, searched(p), p.Desc)
		}
	}
}

// searched says where a search looks.
func searched(p param.Param) string {
	t := p.Tune
	switch {
	case t == nil:
		return "no"
	case p.Kind == param.Bool || p.Kind == param.Choice:
		return "all values"
	case t.Log:
		return fmt.Sprintf("%g to %g, logarithmic", t.Lo, t.Hi)
	}
	return fmt.Sprintf("%g to %g", t.Lo, t.Hi)
}

func (a *App) printModels(models []model.Model) {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tPROBLEMS\tPARAMETERS\tWHAT IT IS")
	for _, m := range models {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", m.Name(), problems(m), len(m.Params()), m.Card().Title)
	}
	w.Flush()
	fmt.Fprintln(a.Out, "\nsadi models NAME shows the parameters of one.")
}

func problems(m model.Model) string {
	var p []string
	for _, x := range m.Caps().Problems {
		p = append(p, string(x))
	}
	return strings.Join(p, ", ")
}

func (a *App) printModel(m model.Model) {
	card := m.Card()
	fmt.Fprintf(a.Out, "%s — %s\n  %s\n  solves: %s\n  also called: %s\n  source: %s\n", m.Name(), card.Title, card.Summary,
		problems(m), strings.Join(card.Aliases, ", "), card.Paper)
	for _, p := range m.Params() {
		fmt.Fprintf(a.Out, "\n  %s (default %v; %s; searched: %s)\n", p.Name, p.Default, p.Range(), searched(p))
		if len(p.Aliases) > 0 {
			fmt.Fprintf(a.Out, "      also called %s\n", strings.Join(p.Aliases, ", "))
		}
		fmt.Fprintf(a.Out, "      %s\n", p.Desc)
	}
	fmt.Fprintln(a.Out)
}

func (a *App) modelsJSON(models []model.Model) error {
	var list []model.Description
	for _, m := range models {
		list = append(list, model.Describe(m))
	}
	e := json.NewEncoder(a.Out)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

func (a *App) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version of this program",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			program, modules := manifest.Running()
			fmt.Fprintf(a.Out, "sadi %s %s\n%s, %s/%s, %d modules\n", sadi.Version, manifest.Revision(), program.GoVersion, runtime.GOOS, runtime.GOARCH, len(modules))
			return nil
		},
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/catalog"
	"sadi/internal/engine"
	"sadi/internal/host"
	"sadi/internal/manifest"
)

func (a *App) verifyCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check a result against its manifest: every hash, every list",
		Args:  args("DIR"),
		RunE: func(_ *cobra.Command, given []string) error {
			v, err := manifest.Verify(given[0])
			if err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(a.Out).Encode(v); err != nil {
					return err
				}
			} else {
				a.printVerdict(v)
			}
			if !v.OK {
				return sadi.Errorf(sadi.Corrupt, "the folder is not as its manifest says").At("%s", v.Dir)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the checks as JSON")
	return c
}

func (a *App) printVerdict(v *manifest.Verdict) {
	for _, c := range v.Checks {
		mark := "ok  "
		if !c.OK {
			mark = "BAD "
		}
		fmt.Fprintf(a.Out, "%s %-28s %s\n", mark, c.Name, c.Text)
	}
	for _, n := range v.Notes {
		fmt.Fprintf(a.Out, "note %s\n", n)
	}
	if v.OK {
		fmt.Fprintf(a.Out, "\nAll %d checks hold; digest %s\n", len(v.Checks), v.Digest)
	}
}

func (a *App) replayCommand() *cobra.Command {
	var input, data string
	var jobs int
	c := &cobra.Command{
		Use:   "replay MANIFEST",
		Short: "Run a job again from its manifest and compare the digests",
		Long:  "Runs the job of MANIFEST (the file, or its folder) again, with every decision of the clock taken from the manifest,\nand says whether the same digest comes out. The input file must be the same, byte for byte.",
		Args:  args("MANIFEST"),
		RunE: func(c *cobra.Command, given []string) error {
			old, err := manifest.Read(given[0])
			if err != nil {
				return err
			}
			if input == "" {
				input = old.Observed.Input
			}
			if jobs == 0 {
				jobs = host.Cores()
			}
			spec := old.Determined.Spec.Request(input)
			spec.Params.Jobs = jobs
			id := artifact.NewID(input, time.Now())
			dir := artifact.JobDir(data, id)
			show := a.progress(0, false)
			res, err := engine.Run(c.Context(), engine.Job{ID: id, Spec: spec, Path: input, Name: old.Determined.Dataset.Name, Dir: dir, Catalog: catalog.Engine(),
				Observer: show, Replay: &old.Determined.Clock, Expect: old.DatasetHash})
			show.Close()
			if err != nil {
				return err
			}
			return a.compare(old, res.Manifest, dir)
		},
	}
	c.Flags().StringVar(&input, "input", "", "the input file, where it lies elsewhere than it did")
	c.Flags().StringVar(&data, "data", "data", "the data root below which the new result is written")
	c.Flags().IntVar(&jobs, "jobs", 0, "worker threads (default: the cores that may be used)")
	return c
}

// compare tells whether a replay arrived at the same result.
func (a *App) compare(old, again *manifest.Manifest, dir string) error {
	if old.Digest == again.Digest {
		fmt.Fprintf(a.Out, "The same result: digest %s\n  %s\n", again.Digest, dir)
		return nil
	}
	differences, err := manifest.Diff(old, again)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Another result: digest %s, where %s was expected\n  %s\n", again.Digest, old.Digest, dir)
	for _, d := range differences[:min(len(differences), 20)] {
		fmt.Fprintf(a.Out, "  %s: %s, now %s\n", d.Path, clip(d.A), clip(d.B))
	}
	if more := len(differences) - 20; more > 0 {
		fmt.Fprintf(a.Out, "  and %d more\n", more)
	}
	return sadi.Errorf(sadi.Corrupt, "the replay did not arrive at the recorded digest").
		Advise("the fields above differ; another program version, toolchain or processor shows under determined.program")
}

func clip(s string) string {
	if s == "" {
		return "absent"
	}
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

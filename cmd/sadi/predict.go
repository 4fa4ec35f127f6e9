package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/bundle"
	"sadi/internal/fsx"
	"sadi/internal/host"
	"sadi/internal/par"
	"sadi/internal/table/csvio"
)

func (a *App) predictCommand() *cobra.Command {
	var out, member string
	var proba, contributions bool
	c := &cobra.Command{
		Use:   "predict MODEL FILE",
		Short: "Predict the rows of a file with the model of a job",
		Long: "Predicts every row of FILE with MODEL, in order: a job's folder, a model file of ours, or a model that XGBoost (JSON or\n" +
			"UBJSON) or LightGBM (text) saved. Columns are found by name: their order does not matter, further ones are ignored, and\n" +
			"one that the model needs and FILE lacks is an error.\n\n" +
			"With --contributions, what each column adds to the prediction: exact Shapley values (TreeSHAP) by the distribution of the\n" +
			"training rows, and last the expected output and what all add up to, which is the prediction, or for one booster of\n" +
			"classes the margin (log-odds). A mean of boosters of classes has no such sum: take one of them with --member.",
		Example: "  sadi predict data/processed/JOB/auto_ml new.csv -o predictions.csv --proba\n  sadi predict model.json new.csv",
		Args:    args("MODEL", "FILE"),
		RunE: func(c *cobra.Command, given []string) error {
			if proba && contributions {
				return sadi.Errorf(sadi.BadUsage, "--proba and --contributions are two files").Advise("ask for one of them")
			}
			b, err := loadBundle(given[0])
			if err != nil {
				return err
			}
			if member != "" {
				if b, err = onlyMember(b, member); err != nil {
					return err
				}
			}
			var read *csvio.Report
			write := func(w io.Writer) (err error) {
				opt := csvio.Options{Pool: par.New(host.Cores()), Lenient: true}
				if contributions {
					read, err = explainFile(c.Context(), b, w, given[1], opt)
				} else {
					read, err = b.PredictFile(c.Context(), w, given[1], opt, proba)
				}
				return err
			}
			if out == "" {
				err = write(a.Out)
			} else {
				_, _, err = fsx.Write(out, write)
			}
			if err == nil {
				a.printLosses(read)
			}
			return err
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "the file to write (default: standard output)")
	c.Flags().BoolVar(&proba, "proba", false, "write the probability of every class as well")
	c.Flags().BoolVar(&contributions, "contributions", false, "write what each column adds to the prediction instead: exact Shapley values, of models made of trees")
	c.Flags().StringVar(&member, "member", "", "predict with one member alone, by its number (2), or with one of its models (2.1)")
	return c
}

// onlyMember is the part of a model that the words name: "2", or "2.1".
func onlyMember(b *bundle.Bundle, words string) (*bundle.Bundle, error) {
	member, part, err := findMember(b, words)
	if err != nil {
		return nil, err
	}
	return b.Only(member, part), nil
}

// explainFile writes the contributions of a file's rows. Where the whole model can not be explained, its members may.
func explainFile(ctx context.Context, b *bundle.Bundle, w io.Writer, path string, opt csvio.Options) (*csvio.Report, error) {
	if _, err := b.Explained(); err != nil {
		var e *sadi.Error
		if errors.As(err, &e) {
			return nil, e.Advise("explain one model of trees alone with --member 1, 2.1, …; the members are: %s", members(b))
		}
		return nil, err
	}
	return b.ExplainFile(ctx, w, path, opt)
}

// printLosses tells of cells whose values the model did not see.
func (a *App) printLosses(r *csvio.Report) {
	for _, m := range r.Repairs {
		switch m.Code {
		case csvio.CodeStrays, csvio.CodeNotBoolean, csvio.CodeInfinite, csvio.CodeRepeated, csvio.CodeTitle:
			where := ""
			if m.Where != "" {
				where = " (" + m.Where + ")"
			}
			fmt.Fprintf(a.Err, "sadi: %s%s\n", m.Text, where)
		}
	}
}

package main

import (
	"io"

	"github.com/spf13/cobra"

	"sadi/internal/fsx"
	"sadi/internal/host"
	"sadi/internal/par"
	"sadi/internal/table/csvio"
)

func (a *App) predictCommand() *cobra.Command {
	var out string
	var proba bool
	c := &cobra.Command{
		Use:   "predict MODEL FILE",
		Short: "Predict the rows of a file with the model of a job",
		Long: "Predicts every row of FILE with MODEL, in order: a job's folder, a model file of ours, or a model that XGBoost (JSON or\n" +
			"UBJSON) or LightGBM (text) saved. Columns are found by name: their order does not matter, further ones are ignored, and\n" +
			"one that the model needs and FILE lacks is an error.",
		Args: args("MODEL", "FILE"),
		RunE: func(c *cobra.Command, given []string) error {
			b, err := loadBundle(given[0])
			if err != nil {
				return err
			}
			write := func(w io.Writer) error {
				return b.PredictFile(c.Context(), w, given[1], csvio.Options{Pool: par.New(host.Cores())}, proba)
			}
			if out == "" {
				return write(a.Out)
			}
			_, _, err = fsx.Write(out, write)
			return err
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "the file to write (default: standard output)")
	c.Flags().BoolVar(&proba, "proba", false, "write the probability of every class as well")
	return c
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/bundle"
	"sadi/internal/catalog"
	"sadi/internal/fsx"
	"sadi/internal/host"
	"sadi/internal/par"
	"sadi/internal/table/csvio"
)

func (a *App) predictCommand() *cobra.Command {
	var out string
	var proba bool
	c := &cobra.Command{
		Use:   "predict DIR FILE",
		Short: "Predict the rows of a file with the model of a job",
		Long:  "Predicts every row of FILE with the model in DIR (a job's folder), in order. Columns are found by name: their order\ndoes not matter, further ones are ignored, and one that the model needs and FILE lacks is an error.",
		Args:  args("DIR", "FILE"),
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

// loadBundle reads the model of a job's folder.
func loadBundle(dir string) (*bundle.Bundle, error) {
	path := filepath.Join(dir, "model", "model.sadi")
	file, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, sadi.Errorf(sadi.NotFound, "there is no model in this folder").At("%s", path).
			Advise("name the folder that sadi run printed: …/processed/JOB/auto_ml")
	}
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the model can not be read: %w", err).At("%s", path)
	}
	b, err := bundle.Decode(file, catalog.Model)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return b, nil
}

package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/bundle"
	"sadi/internal/catalog"
	"sadi/internal/fsx"
	"sadi/internal/host"
	"sadi/internal/par"
	"sadi/internal/table/csvio"
)

// predictBlock is the number of rows that are read, predicted and written at a time.
const predictBlock = 1 << 15

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
			if proba && !b.Problem.IsClassification() {
				return sadi.Errorf(sadi.BadUsage, "there are no probabilities in a regression").At("--proba")
			}
			write := func(w io.Writer) error { return predictFile(c.Context(), w, b, given[1], proba) }
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

// predictFile streams the predictions of a file as CSV.
func predictFile(ctx context.Context, w io.Writer, b *bundle.Bundle, path string, proba bool) error {
	pool := par.New(host.Cores())
	in, err := csvio.Open(ctx, path, csvio.Options{Schema: b.Fields, Pool: pool})
	if err != nil {
		return err
	}
	defer in.Close()
	buffered := bufio.NewWriterSize(w, 1<<16)
	out := csv.NewWriter(buffered)
	header := []string{b.Target}
	if proba {
		for _, l := range b.Labels {
			header = append(header, "proba_"+l)
		}
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for {
		t, err := in.Next(predictBlock)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		pred, err := b.Predict(ctx, t, nil, pool)
		if err != nil {
			return err
		}
		k := b.Outputs()
		record := make([]string, 0, len(header))
		for i := range t.Rows {
			record = appendPrediction(record[:0], b, pred[i*k:(i+1)*k], proba)
			if err := out.Write(record); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return errors.Join(out.Error(), buffered.Flush())
}

// appendPrediction is the line of one row: the value or the class, then the probabilities if asked for.
func appendPrediction(record []string, b *bundle.Bundle, pred []float64, proba bool) []string {
	if !b.Problem.IsClassification() {
		return append(record, text(pred[0]))
	}
	record = append(record, b.Labels[b.Class(pred)])
	if !proba {
		return record
	}
	if b.Problem == sadi.Binary {
		return append(record, text(1-pred[0]), text(pred[0]))
	}
	for _, p := range pred {
		record = append(record, text(p))
	}
	return record
}

func text(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

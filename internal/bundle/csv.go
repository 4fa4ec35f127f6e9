package bundle

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"

	"sadi"
	"sadi/internal/table/csvio"
)

// fileRows is the number of rows of a file that are read, predicted and written at a time.
const fileRows = 1 << 15

// CheckProbabilities is the error of asking a regression for probabilities, or nil.
func (b *Bundle) CheckProbabilities() error {
	if b.Problem.IsClassification() {
		return nil
	}
	return sadi.Errorf(sadi.BadUsage, "there are no probabilities in a regression").Advise("ask for the predictions alone")
}

// Probabilities are those of all classes, in the order of Labels, for one row's prediction.
func (b *Bundle) Probabilities(pred []float64) []float64 {
	if b.Problem == sadi.Binary {
		return []float64{1 - pred[0], pred[0]}
	}
	return pred
}

// PredictFile streams the predictions of a file as CSV: the value or the class, then the probabilities if asked for.
// opt's Schema is replaced by the fields of the bundle. The report says how the file was read.
func (b *Bundle) PredictFile(ctx context.Context, w io.Writer, path string, opt csvio.Options, proba bool) (*csvio.Report, error) {
	if proba {
		if err := b.CheckProbabilities(); err != nil {
			return nil, err
		}
	}
	opt.Schema = b.Fields
	in, err := csvio.Open(ctx, path, opt)
	if err != nil {
		return nil, err
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
		return nil, err
	}
	for {
		t, err := in.Next(fileRows)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		pred, err := b.Predict(ctx, t, nil, opt.Pool)
		if err != nil {
			return nil, err
		}
		k := b.Outputs()
		record := make([]string, 0, len(header))
		for i := range t.Rows {
			record = b.appendRecord(record[:0], pred[i*k:(i+1)*k], proba)
			if err := out.Write(record); err != nil {
				return nil, err
			}
		}
	}
	out.Flush()
	return in.Report(), errors.Join(out.Error(), buffered.Flush())
}

func (b *Bundle) appendRecord(record []string, pred []float64, proba bool) []string {
	if !b.Problem.IsClassification() {
		return append(record, number(pred[0]))
	}
	record = append(record, b.Labels[b.Class(pred)])
	if proba {
		for _, p := range b.Probabilities(pred) {
			record = append(record, number(p))
		}
	}
	return record
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

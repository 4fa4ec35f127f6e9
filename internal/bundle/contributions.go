package bundle

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"

	"sadi"
	"sadi/internal/explain"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
)

// What a bundle adds up is predictions: contributions to predictions add up with the same weights. Contributions to margins
// do not, because the link stands between, so a bundle whose parts have margins is explained only when it has one part.

// Only is the bundle of one part of one member, or of all its parts for a part below 0. It shares the pipelines.
func (b *Bundle) Only(member, part int) *Bundle {
	one := *b
	m := b.Members[member]
	m.Weight, m.Parts = 1, slices.Clone(m.Parts)
	if part >= 0 {
		m.Parts = m.Parts[part : part+1]
	}
	one.Members, one.Pipelines = []Member{m}, slices.Clone(b.Pipelines)
	one.Compact()
	return &one
}

// Explained is the error of a bundle that can not be explained exactly, or nil; margin says that contributions add up to
// margins and not to predictions.
func (b *Bundle) Explained() (margin bool, err error) {
	for _, m := range b.Members {
		for _, p := range m.Parts {
			e, ok := p.Fitted.(model.Explainer)
			if !ok {
				return false, sadi.Errorf(sadi.BadUsage, "%s is not made of trees, and only models of trees can be explained exactly", m.Name)
			}
			margin = margin || e.OnMargin()
		}
	}
	if n := b.parts(); margin && n > 1 {
		return false, sadi.Errorf(sadi.BadUsage, "the model averages the predictions of %d models, and what a column adds to their margins does not add up to that", n)
	}
	return margin, nil
}

// Contributions are what each of Fields adds to each output of each row of a table, rows × Outputs × (Fields + 1) numbers: the
// last of them is the expected output, which the others are added to. They are exact Shapley values by the distribution of
// the training rows, those of the features that are made of one column added up.
func (b *Bundle) Contributions(ctx context.Context, t *table.Table, pool *par.Pool) ([]float64, error) {
	if _, err := b.Explained(); err != nil {
		return nil, err
	}
	columns := make([]string, len(b.Fields))
	for j, f := range b.Fields {
		columns[j] = f.Name
	}
	sum := make([]float64, t.Rows*b.Outputs()*(len(columns)+1))
	for _, m := range b.Members {
		weight := m.Weight / float64(len(m.Parts))
		for _, p := range m.Parts {
			x, err := b.Pipelines[p.Pipeline].Transform(ctx, t, nil)
			if err != nil {
				return nil, err
			}
			phi, err := explain.ByColumn(ctx, explain.Prepared{Model: p.Fitted.(model.Explainer), X: x}, columns, pool)
			if err != nil {
				return nil, err
			}
			for i, v := range phi {
				sum[i] += float64(weight * v)
			}
		}
	}
	return sum, nil
}

// explainedRows is the number of rows of a file that are explained at a time.
const explainedRows = 1 << 12

// ExplainFile streams the contributions of a file as CSV: for each row, and each class where there are more than two, a number
// for each column, the expected output, and what they add up to. opt's Schema is replaced by the fields of the bundle. The report says how
// the file was read.
func (b *Bundle) ExplainFile(ctx context.Context, w io.Writer, path string, opt csvio.Options) (*csvio.Report, error) {
	margin, err := b.Explained()
	if err != nil {
		return nil, err
	}
	opt.Schema = b.Fields
	in, err := csvio.Open(ctx, path, opt)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	buffered := bufio.NewWriterSize(w, 1<<16)
	out := csv.NewWriter(buffered)
	if err := out.Write(b.contributionHeader(margin)); err != nil {
		return nil, err
	}
	for {
		t, err := in.Next(explainedRows)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		phi, err := b.Contributions(ctx, t, opt.Pool)
		if err != nil {
			return nil, err
		}
		width := len(b.Fields) + 1
		var record []string
		for i := 0; i < len(phi); i += width {
			record = record[:0]
			if b.Problem == sadi.Multiclass {
				record = append(record, b.Labels[i/width%len(b.Labels)])
			}
			sum := 0.0
			for _, v := range phi[i : i+width] {
				record = append(record, number(v))
				sum += v
			}
			if err := out.Write(append(record, number(sum))); err != nil {
				return nil, err
			}
		}
	}
	out.Flush()
	return in.Report(), errors.Join(out.Error(), buffered.Flush())
}

// contributionHeader has what is no column in parentheses.
func (b *Bundle) contributionHeader(margin bool) []string {
	var header []string
	if b.Problem == sadi.Multiclass {
		header = append(header, "(class)")
	}
	for _, f := range b.Fields {
		header = append(header, f.Name)
	}
	last := "(prediction)"
	if margin {
		last = "(margin)"
	}
	return append(header, "(expected)", last)
}

package service

import (
	"container/list"
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"sadi"
	"sadi/internal/bundle"
	"sadi/internal/pack"
	"sadi/internal/table/csvio"
)

// Predictions are what a model says of rows, in their order.
type Predictions struct {
	Target        string       `json:"target"`
	Task          sadi.Problem `json:"task"`
	Labels        []string     `json:"labels,omitempty"` // the classes
	Predictions   []any        `json:"predictions"`      // the class or the number of each row
	Probabilities [][]float64  `json:"probabilities,omitempty"`
}

// Predict predicts rows as JSON has them: column → value.
func (s *Service) Predict(ctx context.Context, id string, rows []map[string]any, proba bool) (*Predictions, error) {
	if len(rows) == 0 {
		return nil, sadi.Errorf(sadi.BadUsage, "there is no row to predict").At("rows").Advise("give at least one")
	}
	if len(rows) > s.limits.Rows {
		return nil, sadi.Errorf(sadi.LimitExceeded, "%d rows are too many for one request", len(rows)).At("rows").
			Advise("send at most %d, or a CSV file", s.limits.Rows)
	}
	b, err := s.bundle(ctx, id)
	if err != nil {
		return nil, err
	}
	if proba {
		if err := b.CheckProbabilities(); err != nil {
			return nil, at("proba", err)
		}
	}
	t, err := tableOf(b.Fields, rows)
	if err != nil {
		return nil, err
	}
	pred, err := b.Predict(ctx, t, nil, s.pool)
	if err != nil {
		return nil, err
	}
	p := &Predictions{Target: b.Target, Task: b.Problem, Labels: b.Labels, Predictions: make([]any, t.Rows)}
	k := b.Outputs()
	for i := range t.Rows {
		row := pred[i*k : (i+1)*k]
		if !b.Problem.IsClassification() {
			p.Predictions[i] = row[0]
			continue
		}
		p.Predictions[i] = b.Labels[b.Class(row)]
		if proba {
			p.Probabilities = append(p.Probabilities, b.Probabilities(row))
		}
	}
	return p, nil
}

// PredictFile predicts a CSV file (also .gz and .zst) and writes CSV. Nothing is written before the file and the model
// have proved to fit.
func (s *Service) PredictFile(ctx context.Context, id string, file io.Reader, proba bool, w io.Writer) error {
	b, err := s.bundle(ctx, id)
	if err != nil {
		return err
	}
	path, done, err := s.temporary(bounded(file, s.limits.Predict, "the file to predict"))
	if err != nil {
		return err
	}
	defer done()
	_, err = b.PredictFile(ctx, w, path, csvio.Options{Pool: s.pool, MaxBytes: s.limits.Unpacked, MaxCols: s.limits.Columns}, proba)
	return hidePath(err, path)
}

// temporary writes a file that is removed by done.
func (s *Service) temporary(r io.Reader) (path string, done func(), err error) {
	f, err := os.CreateTemp("", "sadi-*.csv")
	if err != nil {
		return "", nil, sadi.Errorf(sadi.Unavailable, "there is no room for a temporary file: %w", err)
	}
	done = func() { os.Remove(f.Name()) }
	_, err = io.Copy(f, r)
	if e := f.Close(); err == nil && e != nil {
		err = sadi.Errorf(sadi.Unavailable, "a temporary file can not be written: %w", e)
	}
	if err != nil {
		done()
		return "", nil, err
	}
	return f.Name(), done, nil
}

// bundle is the model of a job that succeeded.
func (s *Service) bundle(ctx context.Context, id string) (*bundle.Bundle, error) {
	j, err := s.succeeded(ctx, id)
	if err != nil {
		return nil, err
	}
	i := pack.Find(j.Artifacts, modelFile)
	if i < 0 {
		return nil, noArtifact(j, modelFile)
	}
	return s.bundles.get(j.Artifacts[i], func() (*bundle.Bundle, error) { return s.readBundle(ctx, j, i) })
}

func (s *Service) readBundle(ctx context.Context, j sadi.Job, i int) (*bundle.Bundle, error) {
	r, err := s.openArtifact(ctx, j, i)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	file, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	b, err := bundle.Decode(file, s.model)
	if err != nil {
		return nil, fmt.Errorf("read the model of the job %s: %w", j.ID, err)
	}
	return b, nil
}

// bundleCache keeps the models that were used last, by the hash of their file, within a bound on their bytes.
type bundleCache struct {
	limit int64

	mu    sync.Mutex
	bytes int64
	byKey map[string]*list.Element
	order *list.List // of *bundleEntry, the last used first
}

type bundleEntry struct {
	artifact sadi.Artifact
	once     sync.Mutex // held while it is read: others wait for the same model
	bundle   *bundle.Bundle
}

func newBundleCache(limit int64) *bundleCache {
	return &bundleCache{limit: limit, byKey: map[string]*list.Element{}, order: list.New()}
}

func (c *bundleCache) get(a sadi.Artifact, read func() (*bundle.Bundle, error)) (*bundle.Bundle, error) {
	e := c.entry(a)
	e.once.Lock()
	defer e.once.Unlock()
	if e.bundle != nil {
		return e.bundle, nil
	}
	b, err := read()
	if err != nil {
		return nil, err
	}
	e.bundle = b
	return b, nil
}

// entry finds or makes the entry of a model and lets go of those that were not used for long; at least one stays.
func (c *bundleCache) entry(a sadi.Artifact) *bundleEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.byKey[a.SHA256]; el != nil {
		c.order.MoveToFront(el)
		return el.Value.(*bundleEntry)
	}
	e := &bundleEntry{artifact: a}
	c.byKey[a.SHA256] = c.order.PushFront(e)
	c.bytes += a.Bytes
	for c.bytes > c.limit && c.order.Len() > 1 {
		old := c.order.Remove(c.order.Back()).(*bundleEntry)
		delete(c.byKey, old.artifact.SHA256)
		c.bytes -= old.artifact.Bytes
	}
	return e
}

package engine_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"sadi"
	"sadi/internal/bundle"
	"sadi/internal/catalog"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
	"sadi/internal/table/parquet"
	"sadi/internal/table/parquet/parquettest"
)

// awkward are classes whose names need care in a file, as they are written there and as they read.
var awkward = []struct{ written, word string }{{"so/me.x", "so/me.x"}, {`"little, or ""none"""`, `little, or "none"`}, {"mucho ñ", "mucho ñ"}}

// threeWays makes the target of the shop one of three words, by what was spent.
func threeWays(t *testing.T, c cells) cells {
	for _, row := range c.rows {
		spent, err := strconv.ParseFloat(row[c.column("spent")], 64)
		if err != nil {
			t.Fatal(err)
		}
		row[c.column("bought")] = awkward[min(max(int(spent-90)/10, 0), 2)].written
	}
	return c
}

// reopened reads the delivered model and the data as sadi predict does.
func reopened(t *testing.T, j engine.Job) (*bundle.Bundle, *table.Table) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(j.Dir, "model", "model.sadi"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Decode(file, catalog.Model)
	if err != nil {
		t.Fatal(err)
	}
	in, err := csvio.Open(context.Background(), j.Path, csvio.Options{Schema: b.Fields})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	tab, err := in.Next(10_000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Next(1); !errors.Is(err, io.EOF) {
		t.Fatalf("more rows: %v", err)
	}
	return b, tab
}

// What was judged is what the model file predicts, from the file as it lies on the disk.
func TestTheModelFilePredictsWhatWasJudged(t *testing.T) {
	refit := false
	for _, c := range []struct {
		problem sadi.Problem
		data    cells
		target  string
		ignore  []string
	}{
		{sadi.Binary, shop(240), "bought", []string{"customer", "weight", "spent"}},
		{sadi.Multiclass, threeWays(t, shop(240)), "bought", []string{"customer", "weight", "spent"}},
		{sadi.RegressionValue, shop(240), "spent", []string{"customer", "weight", "bought"}},
	} {
		j := job(t, c.data.write(t), func(j *engine.Job) {
			j.Catalog = withBooster()
			j.Spec.Target = c.target
			j.Spec.Params.Ignore = c.ignore
			j.Spec.Params.Refit = &refit
		})
		m := run(t, j).Manifest
		if m.Determined.Target.Problem != c.problem {
			t.Fatalf("the problem is %s, want %s", m.Determined.Target.Problem, c.problem)
		}
		b, tab := reopened(t, j)
		written := parquettest.Read(t, filepath.Join(j.Dir, "predictions", "test.parquet"))
		var rows []int
		for _, row := range written[0].Ints {
			rows = append(rows, int(row))
		}
		pred, err := b.Predict(context.Background(), tab, rows, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k, column := range written[2:] {
			if len(column.Floats) != len(rows) {
				t.Fatalf("%s: %s has %d values for %d rows", c.problem, column.Name, len(column.Floats), len(rows))
			}
			for i, want := range column.Floats {
				if got := pred[i*b.Outputs()+k]; got != want {
					t.Fatalf("%s: row %d, %s: the model says %v, the record %v", c.problem, rows[i], column.Name, got, want)
				}
			}
		}
		if len(written) != 2+b.Outputs() {
			t.Errorf("%s: %d columns", c.problem, len(written))
		}
		checkTruth(t, c.data, c.target, written[1], rows)
	}
}

// checkTruth compares the target in a file of predictions with the data.
func checkTruth(t *testing.T, c cells, target string, truth parquet.Column, rows []int) {
	t.Helper()
	for i, row := range rows {
		want := c.rows[row][c.column(target)]
		for _, w := range awkward {
			if want == w.written {
				want = w.word
			}
		}
		got := ""
		if truth.Strings != nil {
			got = truth.Strings[i]
		} else {
			got = strconv.FormatFloat(truth.Floats[i], 'f', 3, 64)
		}
		if got != want {
			t.Fatalf("row %d is %q, want %q", row, got, want)
		}
	}
}

// Every way in which a search may be interrupted leaves a record that can be repeated.
func TestInterruptedAnywhereCanBeRepeated(t *testing.T) {
	path := shop(240).write(t)
	for _, after := range []int{1, 4, 9, 17} {
		ctx, cancel := context.WithCancelCause(context.Background())
		j := job(t, path, func(j *engine.Job) {
			j.Spec.Params.Budget.Trials = 200
			j.Spec.Params.HPO = true
			ended := 0
			j.Observer = sadi.ObserverFunc(func(e sadi.Event) {
				if e.Kind != sadi.EventTrial {
					return
				}
				if ended++; ended == after {
					cancel(engine.ErrInterrupted)
				}
			})
		})
		m := runWith(t, ctx, j).Manifest
		if n := len(m.Determined.Trials); n < after || n >= 200 || len(decided(m, manifest.QueueCut)) != 1 {
			t.Errorf("after %d trials: %d trials, %+v", after, n, m.Determined.Clock)
		}
		j.Observer = nil
		sameDigest(t, replay(t, j, m).Manifest, m)
	}
}

// Observers hear of the stages in order, of every trial once, and never at the same time.
func TestObserversHearEverythingInOrder(t *testing.T) {
	var stages []string
	trials, busy := map[int]int{}, false
	j := job(t, shop(240).write(t), func(j *engine.Job) {
		j.Spec.Params.Jobs = 4
		j.Observer = sadi.ObserverFunc(func(e sadi.Event) {
			if busy || e.Time.IsZero() {
				t.Error("two events at a time, or one without a time")
			}
			busy = true
			defer func() { busy = false }()
			switch e.Kind {
			case sadi.EventStage:
				stages = append(stages, e.Stage)
			case sadi.EventTrial:
				trials[e.Data.(manifest.Trial).Index]++
			}
		})
	})
	m := run(t, j).Manifest
	if want := []string{"inspect", "split", "plan", "search", "ensemble", "evaluate", "refit", "publish"}; !slices.Equal(stages, want) {
		t.Errorf("the stages were %v, want %v", stages, want)
	}
	for _, tr := range m.Determined.Trials {
		if trials[tr.Index] != 1 {
			t.Errorf("trial %d was told %d times", tr.Index, trials[tr.Index])
		}
	}
}

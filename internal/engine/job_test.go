package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/model/decisiontree"
	"sadi/internal/model/dummy"
	"sadi/internal/model/logisticregression"
	"sadi/internal/model/ridge"
	"sadi/internal/model/xgb"
	"sadi/internal/search/tpe"
)

// cells is a small table as it is written to a file: a header and rows of text.
type cells struct {
	header []string
	rows   [][]string
}

// shop is a table of n rows: two numbers, a category, a row's customer, day and weight, and what to predict: bought
// (yes where amount and town say so, most of the time) and spent.
func shop(n int) cells {
	r := rand.New(rand.NewPCG(11, 12))
	c := cells{header: strings.Split("amount,age,town,customer,day,weight,bought,spent", ",")}
	towns := []string{"Cádiz", "Vigo", "Lugo", "Jaén"}
	for i := range n {
		amount, age, town := r.NormFloat64(), 20+r.IntN(60), r.IntN(len(towns))
		score := 2*amount + []float64{-1, 1, 0, 0.5}[town] + 0.5*r.NormFloat64()
		bought := "no"
		if score > 0 {
			bought = "yes"
		}
		c.rows = append(c.rows, []string{fmt.Sprintf("%.4f", amount), fmt.Sprint(age), towns[town], fmt.Sprintf("k%d", i*7%(n/6)),
			fmt.Sprintf("2024-%02d-%02d", 1+i*12/n, 1+i%28), fmt.Sprint(1 + i%3), bought, fmt.Sprintf("%.3f", 100+10*score)})
	}
	return c
}

// column is the place of a column.
func (c cells) column(name string) int {
	for j, h := range c.header {
		if h == name {
			return j
		}
	}
	panic("no column " + name)
}

// write leaves the table in a file.
func (c cells) write(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(strings.Join(c.header, ",") + "\n")
	for _, row := range c.rows {
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	path := filepath.Join(t.TempDir(), "shop.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// small is a catalogue of quick algorithms, and whatever a test adds.
func small(more ...model.Model) engine.Catalog {
	return engine.Catalog{Searcher: tpe.Searcher{}, Models: append([]model.Model{dummy.Model{}, logisticregression.Model{}, ridge.Model{},
		decisiontree.Classifier{}, decisiontree.Regressor{}}, more...)}
}

// withBooster has an algorithm that learns in rounds as well.
func withBooster() engine.Catalog { return small(xgb.Classifier{}, xgb.Regressor{}) }

// job is a job of a few trials that predicts bought from amount, age and town; change makes another one of it.
func job(t *testing.T, path string, change func(*engine.Job)) engine.Job {
	t.Helper()
	j := engine.Job{ID: "test", Path: path, Dir: filepath.Join(t.TempDir(), "auto_ml"), Catalog: small(),
		Spec: sadi.Spec{Input: path, Target: "bought", TaskType: sadi.Auto, Params: sadi.Params{
			Budget: sadi.Budget{Trials: 5}, Jobs: 2, Folds: 3, Ignore: []string{"customer", "day", "weight", "spent"}}}}
	if change != nil {
		change(&j)
	}
	return j
}

// run does a job that is expected to succeed, and verifies its folder.
func run(t *testing.T, j engine.Job) *engine.Result {
	t.Helper()
	return runWith(t, context.Background(), j)
}

func runWith(t *testing.T, ctx context.Context, j engine.Job) *engine.Result {
	t.Helper()
	res, err := engine.Run(ctx, j)
	if err != nil {
		t.Fatal(err)
	}
	v, err := manifest.Verify(j.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Checks {
		if !c.OK {
			t.Errorf("the folder does not hold together: %s: %s", c.Name, c.Text)
		}
	}
	if _, err := os.Stat(filepath.Join(j.Dir, ".work")); err == nil {
		t.Error("work in progress was left in the folder")
	}
	return res
}

// replay runs a job again from its manifest with another number of workers and without a bound on memory or time.
func replay(t *testing.T, j engine.Job, m *manifest.Manifest) *engine.Result {
	t.Helper()
	j.Dir = filepath.Join(t.TempDir(), "again")
	j.Spec = m.Determined.Spec.Request(j.Path)
	j.Spec.Params.Jobs = 1
	j.Replay, j.Expect = &m.Determined.Clock, m.DatasetHash
	return run(t, j)
}

// sameDigest tells where two records differ.
func sameDigest(t *testing.T, got, want *manifest.Manifest) {
	t.Helper()
	if got.Digest == want.Digest {
		return
	}
	d, err := manifest.Diff(want, got)
	if err != nil {
		t.Fatal(err)
	}
	t.Errorf("another digest; %d differences: %v", len(d), d[:min(len(d), 6)])
}

// decided returns what the clock decided of a kind.
func decided(m *manifest.Manifest, kind manifest.Kind) []manifest.Decision {
	var of []manifest.Decision
	for _, d := range m.Determined.Clock {
		if d.Kind == kind {
			of = append(of, d)
		}
	}
	return of
}

package engine_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/manifest"
	"sadi/internal/table/parquet/parquettest"
)

// sides says for each row of the table on which side of the split it stands: "test", "fold 0", … ; rows without a
// target are on none.
func sides(t *testing.T, dir string, folds int) map[int]string {
	t.Helper()
	side := map[int]string{}
	for _, name := range []string{"oof", "test"} {
		columns := parquettest.Read(t, filepath.Join(dir, "predictions", name+".parquet"))
		if columns[0].Name != "row" {
			t.Fatalf("the first column is %q", columns[0].Name)
		}
		for i, row := range columns[0].Ints {
			if at, twice := side[int(row)]; twice {
				t.Errorf("row %d stands on two sides: %s and %s", row, at, name)
			}
			side[int(row)] = name
			if name == "oof" {
				if k := columns[1].Ints[i]; columns[1].Name != "fold" || k < 0 || int(k) >= folds {
					t.Fatalf("row %d has %s %d", row, columns[1].Name, k)
				}
				side[int(row)] = "fold " + string(rune('0'+columns[1].Ints[i]))
			}
		}
	}
	return side
}

// free removes columns from those that are ignored.
func free(j *engine.Job, names ...string) {
	p := &j.Spec.Params
	p.Ignore = slices.DeleteFunc(slices.Clone(p.Ignore), func(n string) bool { return slices.Contains(names, n) })
}

func unseen(t *testing.T, m *manifest.Manifest, names ...string) {
	t.Helper()
	for _, name := range names {
		if slices.Contains(m.Determined.Features, name) {
			t.Errorf("the models see %s", name)
		}
		if !slices.ContainsFunc(m.Determined.Dropped, func(d manifest.Dropped) bool { return d.Column == name && d.Reason != "" }) {
			t.Errorf("the record does not say why %s is left out", name)
		}
	}
}

func TestAGroupNeverStandsOnTwoSides(t *testing.T) {
	c := shop(240)
	j := job(t, c.write(t), func(j *engine.Job) {
		free(j, "customer")
		j.Spec.Params.Group = "customer"
	})
	m := run(t, j).Manifest
	side := sides(t, j.Dir, 3)
	if len(side) != 240 || m.Determined.Split.Kind != "grouped" {
		t.Errorf("%d rows are judged, the split is %s", len(side), m.Determined.Split.Kind)
	}
	of := map[string]string{}
	used := map[string]bool{}
	for row, cells := range c.rows {
		customer := cells[c.column("customer")]
		if at, seen := of[customer]; seen && at != side[row] {
			t.Errorf("%s stands in %s and in %s", customer, at, side[row])
		}
		of[customer] = side[row]
		used[side[row]] = true
	}
	if len(used) != 4 {
		t.Errorf("the sides are %v, want a test set and three folds", used)
	}
	unseen(t, m, "customer", "day", "weight", "spent")
}

func TestLaterRowsJudgeEarlierOnes(t *testing.T) {
	c := shop(240)
	j := job(t, c.write(t), func(j *engine.Job) {
		free(j, "day")
		j.Spec.Params.Time = "day"
	})
	m := run(t, j).Manifest
	first, last := map[string]string{}, map[string]string{}
	for row, at := range sides(t, j.Dir, 3) {
		day := c.rows[row][c.column("day")]
		if first[at] == "" || day < first[at] {
			first[at] = day
		}
		last[at] = max(last[at], day)
	}
	order := []string{"fold 0", "fold 1", "fold 2", "test"}
	for i := range order[1:] {
		if a, b := order[i], order[i+1]; last[a] == "" || first[b] == "" || last[a] >= first[b] {
			t.Errorf("%s ends on %q and %s begins on %q", a, last[a], b, first[b])
		}
	}
	if m.Determined.Split.Kind != "by time" {
		t.Errorf("the split is %s", m.Determined.Split.Kind)
	}
}

func TestWeightsCount(t *testing.T) {
	c := shop(240)
	scores := func(c cells, weigh bool) (found []float64, m *manifest.Manifest) {
		m = run(t, job(t, c.write(t), func(j *engine.Job) {
			j.Spec.Params.Metric = "neg_log_loss"
			if weigh {
				free(j, "weight")
				j.Spec.Params.Weight = "weight"
			}
		})).Manifest
		for _, tr := range m.Determined.Trials {
			found = append(found, tr.FoldScores...)
		}
		return found, m
	}
	without, _ := scores(c, false)
	weighted, m := scores(c, true)
	unseen(t, m, "weight")
	ones := shop(240)
	for _, row := range ones.rows {
		row[ones.column("weight")] = "1"
	}
	ones.rows[0][ones.column("weight")] = "1.0"
	equal, _ := scores(ones, true)
	if len(without) == 0 || len(without) != len(weighted) || len(without) != len(equal) {
		t.Fatalf("%d, %d and %d scores", len(without), len(weighted), len(equal))
	}
	changed := false
	for i, want := range without {
		if math.Abs(equal[i]-want) > 1e-6*math.Abs(want) {
			t.Errorf("score %d: %v with weights of 1, %v without", i, equal[i], want)
		}
		changed = changed || math.Abs(weighted[i]-want) > 1e-6*math.Abs(want)
	}
	if !changed {
		t.Error("weights change nothing")
	}
}

func TestRowsWithoutATargetTeachAndJudgeNothing(t *testing.T) {
	for _, target := range []string{"bought", "spent"} {
		c := shop(240)
		for row := 3; row < 240; row += 10 {
			c.rows[row][c.column(target)] = ""
		}
		j := job(t, c.write(t), func(j *engine.Job) {
			j.Spec.Target = target
			j.Spec.Params.Ignore = []string{"customer", "day", "weight", map[string]string{"bought": "spent", "spent": "bought"}[target]}
		})
		m := run(t, j).Manifest
		side := sides(t, j.Dir, 3)
		for row := range 240 {
			if side[row] != "" == (row%10 == 3) {
				t.Errorf("%s: row %d stands in %q", target, row, side[row])
			}
		}
		if d := m.Determined; d.Target.RowsDropped != 24 || d.Split.TestRows+d.Split.TrainRows != 216 || len(m.Observed.Warnings) == 0 {
			t.Errorf("%s: %d rows dropped, split %+v, told %v", target, d.Target.RowsDropped, d.Split, m.Observed.Warnings)
		}
	}
}

func TestWrongRequestsAreExplained(t *testing.T) {
	c := shop(120)
	path := c.write(t)
	bad := shop(120)
	bad.rows[16][bad.column("weight")] = "-2"
	negative := bad.write(t)
	few := shop(120)
	few.rows = few.rows[:8]
	for name, x := range map[string]struct {
		path   string
		change func(j *engine.Job)
		code   sadi.Code
		says   string
	}{
		"target":           {path, func(j *engine.Job) { j.Spec.Target = "bougth" }, sadi.NotFound, `did you mean "bought"`},
		"ignore":           {path, func(j *engine.Job) { j.Spec.Params.Ignore = []string{"custmer"} }, sadi.NotFound, `"customer"`},
		"ignored target":   {path, func(j *engine.Job) { j.Spec.Params.Ignore = []string{"bought"} }, sadi.BadUsage, "--ignore bought"},
		"target as group":  {path, func(j *engine.Job) { j.Spec.Params.Group = "bought" }, sadi.BadUsage, "--group bought"},
		"target as time":   {path, func(j *engine.Job) { j.Spec.Params.Time = "bought" }, sadi.BadUsage, "--time bought"},
		"target as weight": {path, func(j *engine.Job) { j.Spec.Params.Weight = "bought" }, sadi.BadUsage, "--weight bought"},
		"group":            {path, func(j *engine.Job) { j.Spec.Params.Group = "Customer_" }, sadi.NotFound, `"customer"`},
		"time":             {path, func(j *engine.Job) { j.Spec.Params.Time = "days" }, sadi.NotFound, `"day"`},
		"weight":           {path, func(j *engine.Job) { j.Spec.Params.Weight = "wieght" }, sadi.NotFound, `"weight"`},
		"word weights":     {path, func(j *engine.Job) { free(j, "day"); j.Spec.Params.Weight = "town" }, sadi.BadData, `column "town"`},
		"weight below 0":   {negative, func(j *engine.Job) { free(j, "weight"); j.Spec.Params.Weight = "weight" }, sadi.BadData, "row 17"},
		"two ways": {path, func(j *engine.Job) {
			free(j, "customer", "day")
			j.Spec.Params.Group, j.Spec.Params.Time = "customer", "day"
		}, sadi.BadUsage, "by group and by time"},
		"model":       {path, func(j *engine.Job) { j.Spec.Params.Models = []string{"ridge", "desicion_tree"} }, sadi.BadUsage, "did you mean decision_tree?"},
		"other model": {path, func(j *engine.Job) { j.Spec.Params.Models = []string{"ridge"} }, sadi.BadUsage, "binary"},
		"metric":      {path, func(j *engine.Job) { j.Spec.Params.Metric = "roc_acu" }, sadi.BadUsage, "roc_auc"},
		"its metric":  {path, func(j *engine.Job) { j.Spec.Params.Metric = "rmse" }, sadi.BadUsage, "binary"},
		"task":        {path, func(j *engine.Job) { j.Spec.TaskType = sadi.Regression }, sadi.BadData, "--task classification"},
		"nothing left": {path, func(j *engine.Job) {
			j.Spec.Params.Ignore = append(j.Spec.Params.Ignore, "amount", "age", "town")
		}, sadi.BadData, "no column is left"},
		"few rows": {few.write(t), nil, sadi.BadData, "too few"},
		"no file":  {filepath.Join(t.TempDir(), "none.csv"), nil, sadi.NotFound, "none.csv"},
	} {
		j := job(t, x.path, x.change)
		_, err := engine.Run(context.Background(), j)
		if err == nil || sadi.CodeOf(err) != x.code || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: got %v (%s), want it to say %q (%s)", name, err, sadi.CodeOf(err), x.says, x.code)
		}
		if _, err := os.Stat(filepath.Join(j.Dir, "manifest.json")); err == nil {
			t.Errorf("%s: there is a manifest", name)
		}
	}
}

// Garbage in the features of the test rows changes the verdict and nothing that was learned.
func TestNothingLeaksFromTheTestRows(t *testing.T) {
	c := shop(300)
	refit := false
	j := job(t, c.write(t), func(j *engine.Job) {
		j.Catalog = withBooster()
		j.Spec.Params.Refit = &refit
		j.Spec.Params.HPO = true
		j.Spec.Params.Budget.Trials = 14
	})
	clean := run(t, j)
	poisoned := 0
	for row, at := range sides(t, j.Dir, 3) {
		if at == "test" {
			poisoned++
			c.rows[row][c.column("amount")] = []string{"-98765.4321", "", "1234567.8900"}[row%3]
			c.rows[row][c.column("age")] = []string{"-1", "", "999999"}[row/3%3]
			c.rows[row][c.column("town")] = []string{"Aaa", "", "Zzz", "Vigo"}[row%4]
		}
	}
	if poisoned < 30 {
		t.Fatalf("only %d test rows", poisoned)
	}
	k := j
	k.Path, k.Dir = c.write(t), filepath.Join(t.TempDir(), "poisoned")
	dirty := run(t, k)
	a, b := clean.Manifest.Determined, dirty.Manifest.Determined
	if a.Split.TestHash != b.Split.TestHash || a.Split.TestHash == "" {
		t.Fatal("the features have a say in which rows are set aside")
	}
	if bytes.Equal(a.Test, b.Test) {
		t.Error("the verdict is the same: the test can not fail")
	}
	for i, tr := range a.Trials {
		if tr.PredictionsSHA256 != b.Trials[i].PredictionsSHA256 {
			t.Errorf("%s: test rows have changed the out-of-fold predictions", tr.Name)
		}
	}
	model := func(dir string) []byte {
		file, err := os.ReadFile(filepath.Join(dir, "model", "model.sadi"))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	if !bytes.Equal(model(j.Dir), model(k.Dir)) {
		t.Error("test rows have changed the model")
	}
}

package manifest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/manifest/manifesttest"
)

func TestReadGivesBackWhatWasWritten(t *testing.T) {
	dir, m := manifesttest.Finished(t, sadi.Binary)
	got, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := manifest.Canonical(m)
	if err != nil {
		t.Fatal(err)
	}
	b, err := manifest.Canonical(got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("got\n%s\nwant\n%s", b, a)
	}
	if got.Determined.Spec.Seed != 1<<64-1 || got.Schema != manifest.Schema || got.DatasetHash != manifesttest.Hash(1) {
		t.Errorf("got seed %d, schema %q, dataset_hash %q", got.Determined.Spec.Seed, got.Schema, got.DatasetHash)
	}
}

func TestHeaderComesFirst(t *testing.T) {
	dir, _ := manifesttest.Finished(t, sadi.Binary)
	text := read(t, dir, manifest.Name)
	last := 0
	for _, name := range []string{"schema", "job_id", "status", "created", "dataset_hash", "mlflow_run_id", "determined", "observed", "digest"} {
		at := strings.Index(text, "\n  \""+name+"\": ")
		if at < 0 || at < last {
			t.Errorf("%s stands at %d, after %d", name, at, last)
		}
		last = at
	}
	if strings.Contains(text, "\\u003c") {
		t.Error("the text is escaped for HTML")
	}
}

func TestUntrackedIsNull(t *testing.T) {
	m := manifesttest.Sample(sadi.Binary)
	m.MLflowRunID = nil
	text, err := manifest.Encode(m)
	if err != nil || !strings.Contains(string(text), `"mlflow_run_id": null`) {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestDigestIsOfTheDeterminedPartAlone(t *testing.T) {
	digest := func(change func(*manifest.Manifest)) string {
		m := manifesttest.Sample(sadi.Binary)
		change(m)
		if err := manifest.Write(t.TempDir(), m); err != nil {
			t.Fatal(err)
		}
		return m.Digest
	}
	plain := digest(func(*manifest.Manifest) {})
	for name, change := range map[string]func(*manifest.Manifest){
		"observed":          func(m *manifest.Manifest) { m.Observed = manifest.Observed{Jobs: 8, Seconds: 1} },
		"job id":            func(m *manifest.Manifest) { m.JobID = "another" },
		"ints as from JSON": func(m *manifest.Manifest) { m.Determined.Plan.Entries[3].Params["max_depth"] = 6.0 },
		"an empty list":     func(m *manifest.Manifest) { m.Determined.Plan.Entries[0].Params = map[string]any{} },
	} {
		if got := digest(change); got != plain {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, change := range map[string]func(*manifest.Manifest){
		"seed":     func(m *manifest.Manifest) { m.Determined.Spec.Seed++ },
		"score":    func(m *manifest.Manifest) { *m.Determined.Trials[1].Score += 1e-16 * 2 },
		"test":     func(m *manifest.Manifest) { m.Determined.Test = nil },
		"decision": func(m *manifest.Manifest) { m.Determined.Clock = nil },
	} {
		if got := digest(change); got == plain {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	m := manifesttest.Sample(sadi.Binary)
	m.Status = sadi.Running
	if err := manifest.Write(t.TempDir(), m); sadi.CodeOf(err) != sadi.Internal {
		t.Errorf("a running job: got %v", err)
	}
	if err := manifest.Write(filepath.Join(t.TempDir(), "none"), manifesttest.Sample(sadi.Binary)); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("no folder: got %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := manifest.Read(dir); sadi.CodeOf(err) != sadi.NotFound {
		t.Errorf("an unfinished folder: got %v", err)
	}
	for name, text := range map[string]string{
		"another version": `{"schema":"sadi.manifest/2","determined":{}}`, "no version": `{"determined":{}}`, "empty": ``, "cut": `{"schema":"sadi.manifest/1","determined":{`,
		"no determined part": `{"schema":"sadi.manifest/1"}`, "a text for a number": `{"schema":"sadi.manifest/1","determined":{"trials":[{"index":"0"}]}}`,
		"a list": `[]`, "a kind": `{"schema":"sadi.manifest/1","determined":{"dataset":{"schema":[{"kind":"decimal"}]}}}`,
	} {
		path := filepath.Join(dir, manifest.Name)
		write(t, dir, manifest.Name, text)
		if _, err := manifest.Read(path); sadi.CodeOf(err) != sadi.Corrupt || !strings.Contains(err.Error(), manifest.Name) {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := manifest.Verify(dir); sadi.CodeOf(err) != sadi.Corrupt {
			t.Errorf("%s: verify: got %v", name, err)
		}
	}
}

func TestVerifyPasses(t *testing.T) {
	for _, p := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		dir, m := manifesttest.Finished(t, p)
		v, err := manifest.Verify(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !v.OK || v.Digest != m.Digest || len(v.Notes) != 0 {
			t.Errorf("%s: %+v", p, v)
		}
		var names []string
		for _, c := range v.Checks {
			names = append(names, c.Name)
		}
		want := []string{"manifest.json", "digest", "dataset_hash", "files", "dependencies.txt", "sbom.cdx.json", "leaderboard.csv", "trials.jsonl", "record"}
		if !reflect.DeepEqual(names, want) {
			t.Errorf("got the checks %q", names)
		}
	}
}

// edit changes the manifest's text as a forger without the digest would.
func edit(old, replacement string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		text := read(t, dir, manifest.Name)
		if !strings.Contains(text, old) {
			t.Fatalf("%q does not stand in the manifest", old)
		}
		write(t, dir, manifest.Name, strings.Replace(text, old, replacement, 1))
	}
}

// again changes the record and gives it a digest that fits.
func again(change func(*manifest.Manifest)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		m, err := manifest.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		change(m)
		if err := manifest.Write(dir, m); err != nil {
			t.Fatal(err)
		}
	}
}

func TestVerifyFinds(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*testing.T, string)
		fails  []string // names of the checks that fail
	}{
		{"a score", edit(`"score": 0.8487`, `"score": 0.9487`), []string{"digest", "leaderboard.csv", "trials.jsonl"}},
		{"a new field", edit(`"determined": {`, `"determined": {"extra": 1,`), []string{"digest"}},
		{"the digest", edit(`"digest": "`, `"digest": "00`), []string{"digest"}},
		{"a name twice", edit(`"hpo": true`, `"hpo": true, "hpo": true`), []string{"digest"}},
		{"the header", edit(`"dataset_hash": "`, `"dataset_hash": "f`), []string{"dataset_hash"}},
		{"the status", edit(`"status": "succeeded"`, `"status": "running"`), []string{"status"}},
		{"another model", func(t *testing.T, dir string) { write(t, dir, "model/model.sadi", "MODEL") }, []string{"model/model.sadi"}},
		{"a file less", func(t *testing.T, dir string) { remove(t, dir, "report.html") }, []string{"report.html"}},
		{"a snapshot less", func(t *testing.T, dir string) { remove(t, dir, "dependencies.txt") }, []string{"dependencies.txt"}},
		{"a module", again(func(m *manifest.Manifest) { m.Determined.Dependencies[0].Version = "v9.9.9" }), []string{"dependencies", "dependencies.txt", "sbom.cdx.json"}},
		{"a trial's place", again(func(m *manifest.Manifest) { m.Determined.Trials[2].Index = 7 }), []string{"leaderboard.csv", "trials.jsonl", "record"}},
		{"a weight", again(func(m *manifest.Manifest) { m.Determined.Ensemble.Members[0].Weight = 0.5 }), []string{"leaderboard.csv", "record"}},
		{"a failed member", again(func(m *manifest.Manifest) { m.Determined.Ensemble.Members[0].Trial = 4 }), []string{"leaderboard.csv", "record"}},
		{"a fold", again(func(m *manifest.Manifest) { m.Determined.Split.Folds = 5 }), []string{"record"}},
		{"a path out of the folder", again(func(m *manifest.Manifest) { m.Observed.Artifacts[0].Path = "../../etc/passwd" }), []string{"../../etc/passwd"}},
		{"a file twice", again(func(m *manifest.Manifest) {
			m.Observed.Artifacts = append(m.Observed.Artifacts, m.Observed.Artifacts[0])
		}), []string{"report.html"}},
	} {
		dir, _ := manifesttest.Finished(t, sadi.Binary)
		c.change(t, dir)
		v, err := manifest.Verify(dir)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var fails []string
		for _, check := range v.Checks {
			if !check.OK {
				fails = append(fails, check.Name)
			}
		}
		if v.OK || !reflect.DeepEqual(fails, c.fails) {
			t.Errorf("%s: got the faults %q, want %q", c.name, fails, c.fails)
		}
	}
}

func TestVerifyNotesWhatIsNotOfTheJob(t *testing.T) {
	dir, _ := manifesttest.Finished(t, sadi.Binary)
	write(t, dir, "model/notes.txt", "mine")
	v, err := manifest.Verify(dir)
	if err != nil || !v.OK || len(v.Notes) != 1 || !strings.HasPrefix(v.Notes[0], "model/notes.txt") {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestDiff(t *testing.T) {
	a, b := manifesttest.Sample(sadi.Binary), manifesttest.Sample(sadi.Binary)
	b.Observed.Jobs = 99
	if got, err := manifest.Diff(a, b); err != nil || len(got) != 0 {
		t.Errorf("equal records: got %v, %v", got, err)
	}
	b.Determined.Trials[1].Score = new(0.5)
	b.Determined.Trials[2].FoldScores = b.Determined.Trials[2].FoldScores[:2]
	b.Determined.Ensemble = nil
	b.Determined.Spec.Group = ""
	got, err := manifest.Diff(a, b)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, d := range got {
		paths = append(paths, d.Path)
	}
	want := []string{"determined.ensemble", "determined.spec.group", "determined.trials[1].score", "determined.trials[2].fold_scores[2]"}
	if !reflect.DeepEqual(paths, want) {
		t.Errorf("got %q", paths)
	}
	if d := got[2]; d.A != "0.8453" || d.B != "0.5" {
		t.Errorf("got %+v", d)
	}
	if d := got[1]; d.A != `"customer"` || d.B != "" {
		t.Errorf("got %+v", d)
	}
}

func TestLeaderboard(t *testing.T) {
	for problem, want := range map[sadi.Problem]string{sadi.Binary: "ensemble 3 1 2 0 4 5", sadi.RegressionValue: "ensemble 3 1 2 0 4 5"} {
		d := &manifesttest.Sample(problem).Determined
		var order []string
		for i, r := range manifest.Leaderboard(d) {
			switch {
			case r.Trial == nil:
				order = append(order, "ensemble")
			default:
				order = append(order, fmt.Sprint(r.Trial.Index))
			}
			if scored := i < 5; scored != (r.Rank == i+1) {
				t.Errorf("%s: place %d has rank %d", problem, i, r.Rank)
			}
		}
		if got := strings.Join(order, " "); got != want {
			t.Errorf("%s: got %s, want %s", problem, got, want)
		}
	}
	d := &manifesttest.Sample(sadi.Binary).Determined
	d.Trials[1].Score = new(*d.Trials[3].Score) // equal: the smaller number first
	var b bytes.Buffer
	if err := manifest.WriteLeaderboard(&b, d); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	want := []string{
		"rank,trial,name,model,source,status,metric,score,fold_std,ensemble_weight,params",
		"1,,ensemble,ensemble,,ok,roc_auc,0.8501,,,",
		`2,1,logistic,logistic_regression,portfolio,ok,roc_auc,0.8487,0.005507570547286107,0.25,"{""c"":1}"`,
	}
	if !reflect.DeepEqual(lines[:3], want) { // statistics.stdev([.851, .84, .846]) in Python is 0.005507570547286107
		t.Errorf("got\n%s", strings.Join(lines[:3], "\n"))
	}
}

func TestTrialsAreOneALine(t *testing.T) {
	d := &manifesttest.Sample(sadi.Binary).Determined
	var b bytes.Buffer
	if err := manifest.WriteTrials(&b, d.Trials); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != len(d.Trials) {
		t.Fatalf("got %d lines", len(lines))
	}
	for i, line := range lines {
		var back manifest.Trial
		if err := json.Unmarshal([]byte(line), &back); err != nil || back.Index != i || back.Status != d.Trials[i].Status {
			t.Errorf("line %d: %v, %+v", i+1, err, back)
		}
	}
}

// FuzzDecode: no text panics, and what is read can be written.
func FuzzDecode(f *testing.F) {
	text, err := manifest.Encode(manifesttest.Sample(sadi.Binary))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"schema":"sadi.manifest/1","determined":{"trials":[null],"ensemble":{"members":[{"trial":-1}]},"spec":{"budget":{"trials":0}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _, err := manifest.Decode(data)
		if err != nil {
			return
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, manifest.Name), data, 0o666); err != nil {
			t.Fatal(err)
		}
		if v, err := manifest.Verify(dir); err == nil && v.OK && m.Digest == "" {
			t.Error("a manifest without a digest was found good")
		}
		if _, err := manifest.Diff(m, m); err != nil && sadi.CodeOf(err) == "" {
			t.Error(err)
		}
	})
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

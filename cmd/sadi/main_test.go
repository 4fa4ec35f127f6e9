package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/manifest"
)

// TestMain makes the test binary the program itself when a test starts it as a fresh process.
func TestMain(m *testing.M) {
	if os.Getenv("SADI_TEST_RUN_MAIN") == "1" {
		main()
	}
	if node := os.Getenv(natsVariable); node != "" {
		runNode(node)
		return
	}
	os.Exit(m.Run())
}

// call runs the program in this process.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: &out, Err: &err}
	code = app.Run(context.Background(), args)
	return code, out.String(), err.String()
}

// fresh runs the program in a process of its own and returns its last line of JSON.
func fresh(t *testing.T, args ...string) sadi.Outcome {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "SADI_TEST_RUN_MAIN=1")
	var out, err bytes.Buffer
	c.Stdout, c.Stderr = &out, &err
	if e := c.Run(); e != nil {
		t.Fatalf("%v: %v\n%s", args, e, err.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var o sadi.Outcome
	if e := json.Unmarshal([]byte(lines[len(lines)-1]), &o); e != nil {
		t.Fatalf("the last line is no JSON: %q", lines[len(lines)-1])
	}
	return o
}

func example(name string) string { return filepath.Join("..", "..", "examples", name) }

// TestSameDigestWhateverTheWorkers is the promise of the whole: same data, request and seed, same bytes.
func TestSameDigestWhateverTheWorkers(t *testing.T) {
	data := t.TempDir()
	var first sadi.Outcome
	for i, jobs := range []string{"1", "2", "8", "2"} {
		o := fresh(t, "run", example("penguins.csv"), "--budget", "20trials", "--jobs", jobs, "--data", data, "--json")
		if i == 0 {
			first = o
			continue
		}
		if o.Digest != first.Digest {
			a, err := manifest.Read(first.Dir)
			if err != nil {
				t.Fatal(err)
			}
			b, err := manifest.Read(o.Dir)
			if err != nil {
				t.Fatal(err)
			}
			d, err := manifest.Diff(a, b)
			t.Fatalf("%s jobs: digest %s, want %s; %v %v", jobs, o.Digest, first.Digest, d[:min(len(d), 5)], err)
		}
	}
	if first.Target != "species" || first.Trials < 15 {
		t.Errorf("got %+v", first)
	}
	if code, out, errs := call(t, "verify", first.Dir); code != exitDone {
		t.Errorf("verify: exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs := call(t, "replay", first.Dir, "--data", data); code != exitDone || !strings.Contains(out, first.Digest) {
		t.Errorf("replay: exit code %d\n%s%s", code, out, errs)
	}
}

// TestReplayOfAJobThatTheClockEnded repeats the clock's decisions and arrives at the same digest.
func TestReplayOfAJobThatTheClockEnded(t *testing.T) {
	data := t.TempDir()
	o := fresh(t, "run", example("churn.csv"), "--budget", "3s", "--data", data, "--json")
	if code, out, errs := call(t, "replay", o.Dir, "--data", data, "--jobs", "1"); code != exitDone || !strings.Contains(out, o.Digest) {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

func TestPredictFindsColumnsByName(t *testing.T) {
	data := t.TempDir()
	o := fresh(t, "run", example("penguins.csv"), "--budget", "4trials", "--data", data, "--json")
	write := func(name, text string) string {
		path := filepath.Join(data, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	straight := write("a.csv", "species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year\n"+
		"?,Torgersen,39.1,18.7,181,3750,male,2007\n?,Atlantis,,15,220,5000,,2008\n")
	turned := write("b.csv", "year,note,sex,body_mass_g,flipper_length_mm,bill_depth_mm,bill_length_mm,island\n"+
		"2007,x,male,3750,181,18.7,39.1,Torgersen\n2008,y,,5000,220,15,,Atlantis\n")
	_, want, _ := call(t, "predict", o.Dir, straight, "--proba")
	code, got, errs := call(t, "predict", o.Dir, turned, "--proba")
	if code != exitDone || got != want || strings.Count(got, "\n") != 3 || !strings.HasPrefix(got, "species,proba_Adelie,") {
		t.Errorf("exit code %d\n%s\nwant\n%s\n%s", code, got, want, errs)
	}
	lacking := write("c.csv", "island,bill_length_mm\nTorgersen,39.1\n")
	if code, _, errs := call(t, "predict", o.Dir, lacking); code == exitDone || !strings.Contains(errs, "schema_mismatch") {
		t.Errorf("a missing column: exit code %d: %s", code, errs)
	}
}

func TestWrongUseIsExplained(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.csv")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"run"}, exitUsage, "FILE is missing"},
		{[]string{"run", none}, exitUsage, "none.csv"},
		{[]string{"run", example("churn.csv"), "--budget", "soon"}, exitUsage, "budget"},
		{[]string{"run", example("churn.csv"), "--test-size", "0.9"}, exitUsage, "--test-size"},
		{[]string{"run", example("churn.csv"), "--target", "chrun"}, exitUsage, "churn"},
		{[]string{"run", example("churn.csv"), "--models", "quantum_forest"}, exitUsage, "quantum_forest"},
		{[]string{"run", example("churn.csv"), "--metric", "rmsee"}, exitUsage, "rmsee"},
		{[]string{"run", example("churn.csv"), "--frobnicate"}, exitUsage, "--frobnicate"},
		{[]string{"run", none, "--models", "xgbost"}, exitUsage, "did you mean xgboost"},
		{[]string{"run", none, "--metric", "rocauk"}, exitUsage, "roc_auc"},
		{[]string{"run", example("churn.csv"), "--targt", "churn"}, exitUsage, "did you mean --target"},
		{[]string{"rum", example("churn.csv")}, exitUsage, "did you mean run"},
		{[]string{example("churn.csv")}, exitUsage, "sadi run ../../examples/churn.csv"},
		{[]string{"predict", t.TempDir(), example("churn.csv")}, exitUsage, "no model"},
		{[]string{"verify", t.TempDir()}, exitUsage, "manifest.json"},
		{[]string{"models", "quantum_forest"}, exitUsage, "quantum_forest"},
	} {
		code, _, errs := call(t, append(c.args, dataFor(t, c.args)...)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit code %d, want %d; it says\n%s", c.args, code, c.code, errs)
		}
	}
}

func dataFor(t *testing.T, args []string) []string {
	if args[0] == "run" && len(args) > 1 {
		return []string{"--data", t.TempDir()}
	}
	return nil
}

func TestAnUnclearTargetIsAskedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "abc.csv")
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i := range 200 {
		b.WriteString(strings.Join([]string{num(i * 37 % 101), num(i * 53 % 97), num(i * 71 % 89)}, ",") + "\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	code, _, errs := call(t, "run", path, "--data", t.TempDir())
	if code != exitNeedsTarget || !strings.Contains(errs, "needs_target") || !strings.Contains(errs, "--target") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}

func num(i int) string { return strconv.FormatFloat(float64(i)+0.25, 'g', -1, 64) }

func TestParamsPageIsUpToDate(t *testing.T) {
	_, want, _ := call(t, "models", "--markdown")
	got, err := os.ReadFile(filepath.Join("..", "..", "docs", "params.md"))
	if err != nil || string(got) != want {
		t.Errorf("docs/params.md is not what the declarations say (%v); run go run ./cmd/sadi models --markdown > docs/params.md", err)
	}
}

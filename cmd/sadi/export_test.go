package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sadi/internal/bundle"
	"sadi/internal/interchange"
)

// probabilities are the last column of the predictions of a file with probabilities.
func probabilities(t *testing.T, model, file string) []float64 {
	t.Helper()
	code, out, errs := call(t, "predict", model, file, "--proba")
	if code != exitDone {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	var values []float64
	for _, line := range strings.Split(strings.TrimSpace(out), "\n")[1:] {
		v, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ',')+1:], 64)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

// TestExportedModelsPredictTheSame: a booster of a job, exported in each form and read again, predicts what
// the job's model does.
func TestExportedModelsPredictTheSame(t *testing.T) {
	for _, algorithm := range []string{"xgb", "catboost"} {
		t.Run(algorithm, func(t *testing.T) { exportedPredictsTheSame(t, algorithm) })
	}
}

func exportedPredictsTheSame(t *testing.T, algorithm string) {
	data := t.TempDir()
	var b strings.Builder
	b.WriteString("a,b c,color,y\n")
	for i := range 400 {
		a, c := float64(i*37%101)/10, float64(i*53%89)-40
		missing := fmt.Sprint(a)
		if i%11 == 0 {
			missing = ""
		}
		color := []string{"red", "green", "blue", "white", "black", "grey"}[i*7%6]
		fmt.Fprintf(&b, "%s,%v,%s,%v\n", missing, c, color, map[bool]string{true: "yes", false: "no"}[a*c+float64(10*(i*7%6)) > 20])
	}
	file := write(t, data, "data.csv", b.String())
	o := fresh(t, "run", file, "--target", "y", "--models", algorithm, "--budget", "2trials", "--data", data, "--json")
	model := filepath.Join(o.Dir, "model", "model.sadi")
	if a, b := probabilities(t, o.Dir, file), probabilities(t, model, file); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Error("the model's file predicts otherwise than its folder")
	}
	whole, err := loadBundle(model)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Members) != 1 || len(whole.Members[0].Parts) < 2 {
		t.Fatalf("the job's model has the members %s", members(whole))
	}
	if code, _, errs := call(t, "export", o.Dir); code != exitUsage || !strings.Contains(errs, "--member 1.1 to 1.") {
		t.Errorf("a mean of models: exit code %d\n%s", code, errs)
	}
	if code, _, errs := call(t, "export", o.Dir, "--member", "1.99"); code != exitUsage || !strings.Contains(errs, "none of them") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	whole.Members[0].Parts = whole.Members[0].Parts[1:2]
	whole.Compact()
	single := write(t, data, "single.sadi", string(whole.Encode()))
	want := probabilities(t, single, file)
	for _, f := range interchange.Formats() {
		out := filepath.Join(data, "model"+f.Extension())
		if code, text, errs := call(t, "export", o.Dir, "--member", "1.2", "--format", string(f), "-o", out); code != exitDone || !strings.Contains(text, "trees, as "+string(f)) {
			t.Fatalf("%s: exit code %d\n%s%s", f, code, text, errs)
		}
		text, err := os.ReadFile(out + ".features.json")
		if err != nil {
			t.Fatal(err)
		}
		var beside exported
		if err := json.Unmarshal(text, &beside); err != nil {
			t.Fatal(err)
		}
		foreign, err := loadBundle(out)
		if err != nil {
			t.Fatal(err)
		}
		prepared := rewritten(t, whole, foreign, beside, file)
		got := probabilities(t, out, write(t, data, "prepared.csv", prepared))
		if len(got) != len(want) {
			t.Fatalf("%s: %d predictions, want %d", f, len(got), len(want))
		}
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-6 {
				t.Fatalf("%s: row %d is %v, want %v", f, i, got[i], want[i])
			}
		}
	}
}

// rewritten is a file with the columns that an exported model takes, made as its description says: numbers as they are,
// words as the place of the word among the codes.
func rewritten(t *testing.T, whole, foreign *bundle.Bundle, beside exported, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	header := strings.Split(lines[0], ",")
	if len(beside.Features) != len(foreign.Fields) || beside.Target != whole.Target || fmt.Sprint(beside.Labels) != "[no yes]" {
		t.Fatalf("the description does not fit: %+v", beside)
	}
	var out [][]string
	for range lines {
		out = append(out, make([]string, len(beside.Features)))
	}
	for j, f := range beside.Features {
		out[0][j] = f.Name
		if f.Name != foreign.Fields[j].Name {
			t.Errorf("feature %d is %q in the description and %q in the file", j, f.Name, foreign.Fields[j].Name)
		}
		for i, line := range lines[1:] {
			for c, name := range header {
				if name != f.Column {
					continue
				}
				word := strings.Split(line, ",")[c]
				for code, label := range f.Codes {
					if label == word {
						word = strconv.Itoa(code)
						break
					}
				}
				out[i+1][j] = word
			}
		}
	}
	var b strings.Builder
	for _, row := range out {
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	return b.String()
}

func TestExportSaysWhatItCanNot(t *testing.T) {
	data := t.TempDir()
	o := fresh(t, "run", spanish(t, data, 200), "--target", "precio", "--models", "ridge", "--budget", "1trials", "--data", data, "--json")
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"export", o.Dir}, "is not a booster", exitUsage},
		{[]string{"export", o.Dir, "--member", "1"}, "is not a booster", exitUsage},
		{[]string{"export", o.Dir, "--member", "7"}, "has no member", exitUsage},
		{[]string{"export", data}, "there is no model", exitUsage},
		{[]string{"predict", write(t, data, "m.json", "{}"), write(t, data, "x.csv", "a\n1\n")}, "lacks a value", exitFailed},
	} {
		code, out, errs := call(t, c.args...)
		if code != c.code || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit code %d, want %d and %q\n%s%s", c.args, code, c.code, c.want, out, errs)
		}
	}
}

// TestPredictWithAForeignModel: words of categories that the file knows are words in the table, too.
func TestPredictWithAForeignModel(t *testing.T) {
	data := t.TempDir()
	text, err := os.ReadFile("../../internal/interchange/testdata/lightgbm-4.6.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Model string
		X           [][]*float64
		Pred        [][]float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.Name != "named categories" {
			continue
		}
		var b strings.Builder
		b.WriteString("d,c,b,a\n")
		for _, row := range c.X {
			field := func(j int, form string) string {
				if row[j] == nil {
					return ""
				}
				return fmt.Sprintf(form, *row[j])
			}
			fmt.Fprintf(&b, "%s,%s,%s,%s\n", field(3, "k%02.0f"), field(2, "%v"), field(1, "%v"), field(0, "%v"))
		}
		code, out, errs := call(t, "predict", write(t, data, "model.txt", c.Model), write(t, data, "x.csv", b.String()))
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if code != exitDone || lines[0] != "prediction" || len(lines) != len(c.Pred)+1 {
			t.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
		for i, want := range c.Pred {
			if got, err := strconv.ParseFloat(lines[i+1], 64); err != nil || math.Abs(got-want[0]) > 1e-5 {
				t.Errorf("row %d: got %s, want %v", i, lines[i+1], want[0])
			}
		}
		return
	}
	t.Fatal("the case is missing")
}

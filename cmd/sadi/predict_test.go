package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// spanish writes a table of sales as a Spanish spreadsheet does: semicolons, 1.234,5 and dd/mm/yyyy. What is to be
// predicted grows with the amount and with the month.
func spanish(t *testing.T, dir string, rows int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("fecha;importe;precio\n")
	for i := range rows {
		day := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*37%365)
		amount := 500 + float64(i*7919%5000) + 0.5
		price := amount + 1000*float64(day.Month())
		fmt.Fprintf(&b, "%s;%s;%s\n", day.Format("02/01/2006"), comma(amount), comma(price))
	}
	return write(t, dir, "ventas.csv", b.String())
}

// comma writes 1234.5 as 1.234,5.
func comma(v float64) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(v, 'f', 1, 64), ".")
	if len(whole) > 3 {
		whole = whole[:len(whole)-3] + "." + whole[len(whole)-3:]
	}
	return whole + "," + part
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// predictions are the numbers that the program predicts for a file.
func predictions(t *testing.T, dir, file string) []float64 {
	t.Helper()
	code, out, errs := call(t, "predict", dir, file)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitDone || lines[0] != "precio" {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	var values []float64
	for _, line := range lines[1:] {
		v, err := strconv.ParseFloat(line, 64)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

// A file to predict that could be read in two ways is read as the one that taught was: 03/04/2021 is in April, and
// 1.234 is above a thousand.
func TestPredictReadsAFileAsTheTrainingFileWas(t *testing.T) {
	data := t.TempDir()
	o := fresh(t, "run", spanish(t, data, 600), "--target", "precio", "--models", "decision_tree,ridge", "--budget", "4trials", "--data", data, "--json")
	const rows = "importe;fecha\n1.234;03/04/2021\n2.500;05/11/2021\n4.321;01/02/2021\n"
	open := predictions(t, o.Dir, write(t, data, "open.csv", rows))
	clear := predictions(t, o.Dir, write(t, data, "clear.csv", rows+"1.000,5;25/12/2021\n"))
	for i, want := range []float64{1234 + 4000, 2500 + 11000, 4321 + 2000} {
		if math.Abs(open[i]-want) > 900 || open[i] != clear[i] {
			t.Errorf("row %d: got %.0f, want about %.0f and what a file with one reading gives, %.0f", i+1, open[i], want, clear[i])
		}
	}
}

func TestPredictWritesToAFileAndStreams(t *testing.T) {
	data := t.TempDir()
	o := fresh(t, "run", spanish(t, data, 120), "--target", "precio", "--models", "ridge", "--budget", "2trials", "--data", data, "--json")
	var b strings.Builder
	b.WriteString("fecha;importe\n")
	const rows = 1<<15 + 5 // more than a block
	for i := range rows {
		fmt.Fprintf(&b, "%02d/03/2021;%d,5\n", 1+i%28, 100+i%800)
	}
	file := write(t, data, "many.csv", b.String())
	out := filepath.Join(data, "out.csv")
	if code, said, errs := call(t, "predict", o.Dir, file, "-o", out); code != exitDone || said != "" {
		t.Fatalf("exit code %d\n%s%s", code, said, errs)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != rows+1 {
		t.Fatalf("%d lines for %d rows", len(lines), rows)
	}
	const period = 5600 // the least common multiple of 28 days and 800 amounts
	if lines[1+period] != lines[1] || lines[1+5*period] != lines[1] || lines[2] == lines[1] {
		t.Error("the prediction of a row depends on where it stands")
	}
	if code, _, errs := call(t, "predict", o.Dir, file, "--proba"); code != exitUsage || !strings.Contains(errs, "no probabilities") {
		t.Errorf("probabilities of a regression: exit code %d\n%s", code, errs)
	}
}

func TestPredictRefusesADamagedModel(t *testing.T) {
	data := t.TempDir()
	o := fresh(t, "run", spanish(t, data, 120), "--target", "precio", "--models", "ridge", "--budget", "2trials", "--data", data, "--json")
	path := filepath.Join(o.Dir, "model", "model.sadi")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file[len(file)/2] ^= 1
	if err := os.WriteFile(path, file, 0o666); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call(t, "predict", o.Dir, spanish(t, data, 120)); code != exitFailed || out != "" || !strings.Contains(errs, "corrupt") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := call(t, "verify", o.Dir); code != exitFailed || !strings.Contains(errs, "corrupt") {
		t.Errorf("verify: exit code %d\n%s", code, errs)
	}
}

// TestPredictContributions: what columns add to one booster gives what it predicts, and of a mean of boosters of classes there
// is no such sum.
func TestPredictContributions(t *testing.T) {
	data := t.TempDir()
	var b strings.Builder
	b.WriteString("a,color,y\n")
	for i := range 300 {
		a, color := float64(i*37%101)/10, []string{"red", "green", "blue"}[i*7%3]
		fmt.Fprintf(&b, "%v,%s,%v\n", a, color, map[bool]string{true: "yes", false: "no"}[a+3*float64(i*7%3) > 8])
	}
	file := write(t, data, "data.csv", b.String())
	o := fresh(t, "run", file, "--target", "y", "--models", "xgb", "--budget", "2trials", "--data", data, "--json")
	if code, _, errs := call(t, "predict", o.Dir, file, "--contributions"); code != exitUsage || !strings.Contains(errs, "does not add up") || !strings.Contains(errs, "--member") {
		t.Errorf("a mean of models: exit code %d\n%s", code, errs)
	}
	if code, _, errs := call(t, "predict", o.Dir, file, "--member", "1.99"); code != exitUsage || !strings.Contains(errs, "none of them") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	if code, _, _ := call(t, "predict", o.Dir, file, "--contributions", "--proba"); code != exitUsage {
		t.Errorf("both at once: exit code %d", code)
	}
	code, out, errs := call(t, "predict", o.Dir, file, "--contributions", "--member", "1.1")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitDone || lines[0] != "a,color,(expected),(margin)" || len(lines) != 301 {
		t.Fatalf("exit code %d\n%.200s%s", code, out, errs)
	}
	code, out, errs = call(t, "predict", o.Dir, file, "--proba", "--member", "1.1")
	if code != exitDone {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	for i, line := range strings.Split(strings.TrimSpace(out), "\n")[1:] {
		want, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ',')+1:], 64)
		if err != nil {
			t.Fatal(err)
		}
		margin, err := strconv.ParseFloat(lines[i+1][strings.LastIndexByte(lines[i+1], ',')+1:], 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := 1 / (1 + math.Exp(-margin)); math.Abs(got-want) > 1e-6 {
			t.Fatalf("row %d: the margin gives %v, the prediction is %v", i+1, got, want)
		}
	}
}

// One cell that can not be read does not cost the others their prediction, and is told.
func TestPredictTellsOfCellsItCouldNotRead(t *testing.T) {
	data := t.TempDir()
	o := fresh(t, "run", spanish(t, data, 120), "--target", "precio", "--models", "ridge", "--budget", "2trials", "--data", data, "--json")
	file := write(t, data, "new.csv", "fecha;importe\n03/04/2021;1.200,50 €\n04/04/2021;ver nota\n05/04/2021;1.300,5\n")
	code, out, errs := call(t, "predict", o.Dir, file)
	if lines := strings.Count(out, "\n"); code != exitDone || lines != 4 {
		t.Fatalf("exit code %d, %d lines\n%s%s", code, lines, out, errs)
	}
	if !strings.Contains(errs, `column "importe"`) || !strings.Contains(errs, "1 value") {
		t.Errorf("it says %q", errs)
	}
	words := write(t, data, "words.csv", "fecha;importe\n03/04/2021;mucho\n04/04/2021;ver nota\n05/04/2021;1.300,5\n")
	if code, _, errs := call(t, "predict", o.Dir, words); code == exitDone || !strings.Contains(errs, `"mucho" is no number`) {
		t.Errorf("mostly words: exit code %d\n%s", code, errs)
	}
}

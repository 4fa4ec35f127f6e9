package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/manifest"
)

// TestCtrlCKeepsTheBestSoFar interrupts a process when it has told of its first trials.
func TestCtrlCKeepsTheBestSoFar(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can not be interrupted alone on Windows")
	}
	data := t.TempDir()
	c := exec.Command(os.Args[0], "run", example("churn.csv"), "--budget", "1000trials", "--data", data, "--json")
	c.Env = append(os.Environ(), "SADI_TEST_RUN_MAIN=1")
	var out bytes.Buffer
	c.Stdout = &out
	progress, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	trials, sent := 0, false
	for lines := bufio.NewScanner(progress); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "baseline") || strings.Contains(lines.Text(), "logistic") {
			trials++
		}
		if trials == 2 && !sent {
			sent = true
			if err := c.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Wait(); err != nil || !sent {
		t.Fatalf("%v; interrupted: %v\n%s", err, sent, said.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var o sadi.Outcome
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &o); err != nil {
		t.Fatalf("the last line is no JSON: %q", lines[len(lines)-1])
	}
	if o.Trials < 1 || o.Trials >= 1000 || !(o.Score > 0.4) {
		t.Errorf("got %+v", o)
	}
	m, err := manifest.Read(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	asked := false
	for _, d := range m.Determined.Clock {
		asked = asked || d.Kind == manifest.QueueCut && strings.Contains(d.Why, "asked to stop")
	}
	if !asked {
		t.Errorf("the record does not say that someone stopped the job: %+v", m.Determined.Clock)
	}
	if code, out, errs := call(t, "verify", o.Dir); code != exitDone {
		t.Errorf("verify: exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs := call(t, "replay", o.Dir, "--data", data); code != exitDone || !strings.Contains(out, o.Digest) {
		t.Errorf("replay: exit code %d\n%s%s", code, out, errs)
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sadi/internal/host"
)

// outcome is one division of a set on which every program has learned.
type outcome struct {
	Metric string
	Scores map[string][2]float64 // by program: by the metric, and scikit-learn's own (the accuracy, or R²)
	took   map[string]time.Duration
	peak   int64 // of sadi
	trials int
}

// one lets each program learn and judges all on the same rows.
func (b bench) one(s set, train, test, work string, seed int) (o outcome, err error) {
	spec := map[string]any{"train": train, "test": test, "target": s.Target, "task": s.Task, "seed": seed, "seconds": b.wall.Seconds(),
		"encoding": or(s.Format.Encoding, "utf-8"), "delimiter": or(s.Format.Delimiter, ","), "decimal": or(s.Format.Decimal, "."), "missing": s.Tokens}
	predictions := map[string]string{}
	o.took = map[string]time.Duration{}
	for _, program := range append([]string{own}, b.peers...) {
		path := filepath.Join(work, program+".csv")
		began := time.Now()
		if program == own {
			err = b.sadiLearns(s, train, test, work, path, seed, &o)
		} else {
			spec["program"], spec["predictions"] = program, path
			_, err = b.script("peer.py", spec)
		}
		if program != own {
			o.took[program] = time.Since(began)
		}
		if err == nil {
			predictions[program] = path
		} else {
			fmt.Fprintf(os.Stderr, "%s, %s: %v\n", s.Name, program, err)
		}
	}
	spec["predictions"] = predictions
	out, err := b.script("score.py", spec)
	if err != nil {
		return o, err
	}
	return o, json.Unmarshal(out, &o)
}

// sadiLearns runs a job and lets its model predict the test rows.
func (b bench) sadiLearns(s set, train, test, work, predictions string, seed int, o *outcome) error {
	job := exec.Command(b.sadi, "run", train, "--target", s.Target, "--budget", b.budget, "--seed", strconv.Itoa(seed), "--data", work, "--json")
	var stdout, stderr bytes.Buffer
	job.Stdout, job.Stderr = &stdout, &stderr
	began := time.Now()
	if err := job.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, tail(stderr.String()))
	}
	o.took[own] = time.Since(began)
	o.peak = host.PeakOf(job.ProcessState) >> 20
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	var result struct {
		Dir    string
		Trials int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &result); err != nil {
		return err
	}
	o.trials = result.Trials
	args := []string{"predict", result.Dir, test, "-o", predictions}
	if s.Task != "regression" {
		args = append(args, "--proba")
	}
	if out, err := exec.Command(b.sadi, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("predict: %w: %s", err, tail(string(out)))
	}
	return nil
}

// script runs a file of this folder with the specification as its input.
func (b bench) script(name string, spec map[string]any) ([]byte, error) {
	in, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.python, filepath.Join("bench/quality", name))
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", name, err, tail(stderr.String()))
	}
	return out, nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func tail(s string) string { return s[max(0, len(s)-400):] }

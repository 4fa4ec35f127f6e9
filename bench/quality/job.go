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

// bench is what all rows of the table share.
type bench struct {
	data, budget, python, sadi string
	seeds                      int
}

// fewRows is the number of rows below which a set is run with several seeds.
const fewRows = 2500

// outcome is one job, judged beside the peer.
type outcome struct {
	Metric           string
	Ours, Peer       float64
	Score, PeerScore float64 // scikit-learn's own: the accuracy, or R²
	seconds          float64
	peak             int64
	trials           int
}

// row runs a set and prints its line: the mean score, the longest time, the highest peak.
func (b bench) row(s set, work string) error {
	if err := os.MkdirAll(work, 0o777); err != nil {
		return err
	}
	train, test, err := s.files(b.data, work)
	if err != nil {
		return err
	}
	seeds := 1
	if s.Rows < fewRows {
		seeds = b.seeds
	}
	var all []outcome
	var sum, score, seconds float64
	var peak int64
	for seed := range seeds {
		o, err := b.one(s, train, test, work, seed)
		if err != nil {
			return err
		}
		all, sum, score = append(all, o), sum+o.Ours, score+o.Score
		seconds, peak = max(seconds, o.seconds), max(peak, o.peak)
	}
	o, mean := all[0], sum/float64(seeds)
	reached := "no"
	if (o.Metric == "ROC AUC") == (mean >= o.Peer) || mean == o.Peer {
		reached = "yes"
	}
	var each []string
	for _, o := range all {
		each = append(each, fmt.Sprintf("%.5g", o.Ours))
	}
	fmt.Printf("| %s | %s | %d | %s | %.5g | %s | %.5g | %s | %.4f | %.4f | %.1f | %d | %d |\n", s.Name, s.Task, s.Rows, o.Metric, mean,
		strings.Join(each, ", "), o.Peer, reached, score/float64(seeds), o.PeerScore, seconds, peak, o.trials)
	return nil
}

// one runs a job, lets its model predict the test rows, and has the peer score them.
func (b bench) one(s set, train, test, work string, seed int) (o outcome, err error) {
	job := exec.Command(b.sadi, "run", train, "--target", s.Target, "--budget", b.budget, "--seed", strconv.Itoa(seed), "--data", work, "--json")
	var stdout, stderr bytes.Buffer
	job.Stdout, job.Stderr = &stdout, &stderr
	began := time.Now()
	if err := job.Run(); err != nil {
		return o, fmt.Errorf("%w: %s", err, tail(stderr.String()))
	}
	o.seconds, o.peak = time.Since(began).Seconds(), host.PeakOf(job.ProcessState)>>20
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	var result struct {
		Dir    string
		Trials int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &result); err != nil {
		return o, err
	}
	o.trials = result.Trials
	predictions := filepath.Join(work, "predictions.csv")
	args := []string{"predict", result.Dir, test, "-o", predictions}
	if s.Task != "regression" {
		args = append(args, "--proba")
	}
	if out, err := exec.Command(b.sadi, args...).CombinedOutput(); err != nil {
		return o, fmt.Errorf("predict: %w: %s", err, tail(string(out)))
	}
	spec, err := json.Marshal(map[string]any{"train": train, "test": test, "target": s.Target, "task": s.Task,
		"predictions": predictions, "encoding": or(s.Format.Encoding, "utf-8"), "delimiter": or(s.Format.Delimiter, ","),
		"decimal": or(s.Format.Decimal, "."), "missing": s.Tokens})
	if err != nil {
		return o, err
	}
	peer := exec.Command(b.python, "bench/quality/peer.py")
	peer.Stdin = bytes.NewReader(spec)
	peer.Stderr = os.Stderr
	out, err := peer.Output()
	if err != nil {
		return o, fmt.Errorf("peer: %w", err)
	}
	return o, json.Unmarshal(out, &o)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func tail(s string) string { return s[max(0, len(s)-400):] }

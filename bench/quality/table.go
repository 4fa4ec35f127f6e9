package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"
)

// own is the name of the program that is measured against the others.
const own = "sadi"

// bench is what all rows of the table share.
type bench struct {
	data, budget, python, sadi string
	wall                       time.Duration // the budget, for the peers that have one
	peers                      []string
	seeds                      int
	ranks                      map[string][]float64 // by program, of each set
}

// fewRows is the number of rows below which a set is run with several seeds.
const fewRows = 2500

func (b bench) head() {
	columns := []string{"data set", "task", "rows", "metric"}
	for _, p := range append([]string{own}, b.peers...) {
		columns = append(columns, p, "accuracy or R²", "seconds")
	}
	columns = append(columns, "rank", "of seeds", "peak MB", "trials")
	fmt.Println("| " + strings.Join(columns, " | ") + " |")
	fmt.Println(strings.Repeat("|---", len(columns)) + "|")
}

// row runs a set and prints its line: mean scores, the longest times, the highest peak.
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
	for seed := range seeds {
		o, err := b.one(s, train, test, work, seed)
		if err != nil {
			return err
		}
		all = append(all, o)
	}
	line := fmt.Sprintf("| %s | %s | %d | %s |", s.Name, s.Task, s.Rows, all[0].Metric)
	means := map[string]float64{}
	for _, p := range append([]string{own}, b.peers...) {
		mean, score, seconds := summary(all, p)
		if seconds == 0 {
			line += " failed | | |"
			continue
		}
		means[p] = mean
		line += fmt.Sprintf(" %.5g | %.4f | %.1f |", mean, score, seconds)
	}
	var each []string
	var peak int64
	for _, o := range all {
		each = append(each, fmt.Sprintf("%.5g", o.Scores[own][0]))
		peak = max(peak, o.peak)
	}
	b.rank(means, all[0].Metric == "ROC AUC")
	r := b.ranks[own]
	fmt.Printf("%s %g | %s | %d | %d |\n", line, r[len(r)-1], strings.Join(each, ", "), peak, all[0].trials)
	return nil
}

// summary is a program's mean scores and longest time; 0 seconds where it failed with any seed.
func summary(all []outcome, program string) (mean, score, seconds float64) {
	for _, o := range all {
		found, ok := o.Scores[program]
		if !ok {
			return 0, 0, 0
		}
		mean += found[0] / float64(len(all))
		score += found[1] / float64(len(all))
		seconds = max(seconds, o.took[program].Seconds())
	}
	return mean, score, seconds
}

// rank notes each program's place among all: 1 is the best, equals share the mean of their places, failures the last.
func (b bench) rank(means map[string]float64, greater bool) {
	loss := func(program string) float64 {
		mean, ok := means[program]
		switch {
		case !ok:
			return math.Inf(1)
		case greater:
			return -mean
		}
		return mean
	}
	all := append([]string{own}, b.peers...)
	for _, p := range all {
		place := 1.0
		for _, q := range all {
			if mine, theirs := loss(p), loss(q); theirs < mine {
				place++
			} else if theirs == mine && q != p {
				place += 0.5
			}
		}
		b.ranks[p] = append(b.ranks[p], place)
	}
}

// foot prints the mean rank of each program.
func (b bench) foot() {
	fmt.Println()
	for _, p := range append([]string{own}, b.peers...) {
		var sum float64
		for _, r := range b.ranks[p] {
			sum += r
		}
		first := len(slices.DeleteFunc(slices.Clone(b.ranks[p]), func(r float64) bool { return r >= 2 }))
		fmt.Printf("%s: mean rank %.2f of %d sets, first in %d\n", p, sum/float64(len(b.ranks[p])), len(b.ranks[p]), first)
	}
}

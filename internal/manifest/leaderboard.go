package manifest

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"

	"sadi"
)

// The names of the trial lists in a job's folder.
const (
	LeaderboardName = "leaderboard.csv"
	TrialsName      = "trials.jsonl"
)

// Row is a line of the leaderboard.
type Row struct {
	Rank   int    // from 1; 0 = no score
	Trial  *Trial // nil = the ensemble
	Score  *float64
	Spread float64 // the standard deviation of the fold scores (n - 1); 0 with fewer than two
	Weight float64 // in the ensemble
}

// Leaderboard ranks the trials and the ensemble by their score, the best first; equal scores by number, the ensemble
// before a trial. Trials without a score come last, by number.
func Leaderboard(d *Determined) []Row {
	weights := map[int]float64{}
	var rows []Row
	if d.Ensemble != nil {
		for _, m := range d.Ensemble.Members {
			weights[m.Trial] = m.Weight
		}
		rows = append(rows, Row{Score: &d.Ensemble.Score})
	}
	for i := range d.Trials {
		t := &d.Trials[i]
		row := Row{Trial: t, Spread: spread(t.FoldScores), Weight: weights[t.Index]}
		if t.Status == sadi.TrialOK {
			row.Score = t.Score
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		if a.Score == nil || b.Score == nil {
			return cmp.Compare(boolInt(a.Score == nil), boolInt(b.Score == nil))
		}
		if d.Metric.GreaterIsBetter {
			return cmp.Compare(*b.Score, *a.Score)
		}
		return cmp.Compare(*a.Score, *b.Score)
	})
	for i := range rows {
		if rows[i].Score != nil {
			rows[i].Rank = i + 1
		}
	}
	return rows
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func spread(x []float64) float64 {
	if len(x) < 2 {
		return 0
	}
	var mean, squares float64
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		squares += float64((v - mean) * (v - mean))
	}
	return math.Sqrt(squares / float64(len(x)-1))
}

// WriteLeaderboard writes leaderboard.csv.
func WriteLeaderboard(w io.Writer, d *Determined) error {
	fillEmpty(reflect.ValueOf(d)) // a trial without parameters has {}, as in the manifest
	c := csv.NewWriter(w)
	err := c.Write([]string{"rank", "trial", "name", "model", "source", "status", "metric", "score", "fold_std", "ensemble_weight", "params"})
	if err != nil {
		return err
	}
	for _, r := range Leaderboard(d) {
		line := []string{"", "", "ensemble", "ensemble", "", string(sadi.TrialOK), d.Metric.Name, "", "", "", ""}
		if r.Rank > 0 {
			line[0], line[7] = strconv.Itoa(r.Rank), number(*r.Score)
		}
		if t := r.Trial; t != nil {
			params, err := Canonical(t.Params)
			if err != nil {
				return err
			}
			line[1], line[2], line[3], line[4], line[5] = strconv.Itoa(t.Index), t.Name, t.Model, string(t.Source), string(t.Status)
			line[9], line[10] = number(r.Weight), string(params)
			if len(t.FoldScores) > 1 {
				line[8] = number(r.Spread)
			}
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func number(f float64) string { return string(appendNumber(nil, f)) }

// WriteTrials writes trials.jsonl: one trial a line, as it stands in the manifest.
func WriteTrials(w io.Writer, trials []Trial) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := range trials {
		fillEmpty(reflect.ValueOf(&trials[i]))
		if err := checkNumbers(trials[i]); err != nil {
			return err
		}
		if err := e.Encode(&trials[i]); err != nil {
			return err
		}
	}
	return nil
}

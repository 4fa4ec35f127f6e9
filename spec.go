package sadi

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Spec is a request for a job, in the words of the API. The zero value of every field but Input means "choose for me".
type Spec struct {
	Input    string   `json:"input_csv_path"`
	Target   string   `json:"target,omitempty"`
	TaskType TaskType `json:"task_type"`
	Params   Params   `json:"params"`
}

// Params are the choices within a job.
type Params struct {
	Models   []string `json:"models,omitempty"`    // names or aliases; empty = the whole portfolio
	HPO      bool     `json:"hpo"`                 // tune beyond the starting configurations
	Budget   Budget   `json:"budget"`              // what the whole job may take
	Metric   string   `json:"metric,omitempty"`    // a scorer name; empty = the default of the problem
	Folds    int      `json:"cv_folds,omitempty"`  // 0 = by the size of the data
	TestSize *float64 `json:"test_size,omitempty"` // fraction set aside to judge, [0, 0.5]; nil = by size; 0 = none
	Seed     uint64   `json:"seed"`
	Jobs     int      `json:"n_jobs,omitempty"` // worker goroutines; 0 = the cores we may use
	Ignore   []string `json:"ignore,omitempty"`
	Group    string   `json:"group,omitempty"`  // rows of one group never stand on both sides of a split
	Time     string   `json:"time,omitempty"`   // later rows judge earlier ones
	Weight   string   `json:"weight,omitempty"` // sample weights
	Refit    *bool    `json:"refit,omitempty"`  // nil = true: fit again on all rows after the verdict
	Memory   int64    `json:"memory,omitempty"` // bytes; 0 = what the machine or its cgroup allows

	// Where the job is told of. These change no result and stand in no manifest.
	Experiment string `json:"mlflow_experiment,omitempty"` // in MLflow; empty = the default one
	RegisterAs string `json:"register_as,omitempty"`       // the name in MLflow's model registry; empty = not registered
}

// Budget bounds a whole job: wall time or a number of trials. The zero value means "small".
type Budget struct {
	Name   string        // small, medium, large, or "" for an explicit bound
	Wall   time.Duration // 0 when Trials bounds the job
	Trials int           // 0 when Wall bounds the job
}

// NamedBudgets are the budgets that have a name.
var NamedBudgets = map[string]time.Duration{"small": time.Minute, "medium": 10 * time.Minute, "large": time.Hour}

// ParseBudget reads "small", "medium", "large", "90s", "5m", "20trials" or a number of seconds.
func ParseBudget(s string) (Budget, error) {
	bad := Errorf(BadUsage, "%q is not a budget", s).Advise("use small, medium, large, a duration such as 30s or 5m, or a count such as 20trials")
	text := strings.ToLower(strings.TrimSpace(s))
	if text == "" {
		text = "small"
	}
	if d, ok := NamedBudgets[text]; ok {
		return Budget{Name: text, Wall: d}, nil
	}
	for _, suffix := range []string{"trials", "trial"} {
		if n, ok := strings.CutSuffix(text, suffix); ok {
			v, err := strconv.Atoi(strings.TrimSpace(n))
			if err != nil || v < 1 || v > 1_000_000 {
				return Budget{}, bad
			}
			return Budget{Trials: v}, nil
		}
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return secondsBudget(v, bad)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return Budget{}, bad
	}
	return secondsBudget(d.Seconds(), bad)
}

func secondsBudget(v float64, bad *Error) (Budget, error) {
	if math.IsNaN(v) || v < 1 || v > 30*24*3600 {
		return Budget{}, bad.Advise("a time budget lies between 1 second and 30 days")
	}
	return Budget{Wall: time.Duration(v * float64(time.Second))}, nil
}

// String is a text that ParseBudget reads back.
func (b Budget) String() string {
	switch {
	case b.Name != "":
		return b.Name
	case b.Trials > 0:
		return strconv.Itoa(b.Trials) + "trials"
	case b.Wall > 0:
		return strconv.FormatFloat(b.Wall.Seconds(), 'g', -1, 64) + "s"
	}
	return "small"
}

// MarshalJSON writes the API's form: a name, {"seconds": n} or {"trials": n}.
func (b Budget) MarshalJSON() ([]byte, error) {
	switch {
	case b.Name == "" && b.Trials > 0:
		return json.Marshal(map[string]int{"trials": b.Trials})
	case b.Name == "" && b.Wall > 0:
		return json.Marshal(map[string]float64{"seconds": b.Wall.Seconds()})
	}
	return json.Marshal(b.String())
}

// UnmarshalJSON reads the API's form.
func (b *Budget) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		v, err := ParseBudget(text)
		if err != nil {
			return err
		}
		*b = v
		return nil
	}
	var form struct {
		Seconds *float64 `json:"seconds"`
		Trials  *int     `json:"trials"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&form); err != nil || (form.Seconds == nil) == (form.Trials == nil) {
		return Errorf(BadUsage, "budget %s is not understood", data).At("params.budget").
			Advise(`use "small", "medium", "large", {"seconds": n} or {"trials": n}`)
	}
	var v Budget
	var err error
	if form.Trials != nil {
		v, err = ParseBudget(strconv.Itoa(*form.Trials) + "trials")
	} else {
		v, err = ParseBudget(strconv.FormatFloat(*form.Seconds, 'g', -1, 64))
	}
	*b = v
	return err
}

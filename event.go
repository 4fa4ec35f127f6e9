package sadi

import "time"

// Event is something that happened inside a job. Observers (progress, MLflow, the event stream of the API) receive
// events; none of them can change a result.
type Event struct {
	Time  time.Time `json:"time"`
	Kind  string    `json:"kind"`            // one of the Event… constants
	Stage string    `json:"stage,omitempty"` // inspect, split, plan, search, ensemble, evaluate, refit, publish
	Text  string    `json:"text,omitempty"`  // one sentence for people
	Data  any       `json:"data,omitempty"`  // the typed payload of the kind
}

// The kinds of event.
const (
	EventStage  = "stage"  // a stage begins
	EventFacts  = "facts"  // the data and the target are known; Data is Facts
	EventNote   = "note"   // something a person should know: a repair, a guardrail, a degradation
	EventPlan   = "plan"   // the plan is made; Data is the plan
	EventTrial  = "trial"  // a trial ended; Data is its record
	EventBest   = "best"   // the ensemble's score so far; Data is float64
	EventFinish = "finish" // the job ended; Data is its summary

	// EventLearned comes before the EventTrial of a trial and tells how it learned; Data is Learned. It is for observers
	// in this process: a job's log does not hold it.
	EventLearned = "learned"
)

// Facts are what a job knows about its data before it trains.
type Facts struct {
	Target          string  `json:"target"`
	Problem         Problem `json:"problem"`
	Why             string  `json:"why"`
	Rows            int     `json:"rows"`
	Features        int     `json:"features"`
	TestRows        int     `json:"test_rows"`
	Folds           int     `json:"folds"`
	Metric          string  `json:"metric"`
	GreaterIsBetter bool    `json:"greater_is_better"` // of the metric as it is shown
}

// Learned is how a trial learned.
type Learned struct {
	Trial   int
	Seconds float64 // of one worker, over all folds
	Folds   []FoldLearned
}

// FoldLearned is how a trial learned on one fold.
type FoldLearned struct {
	Score  float64 // in the metric as it is shown; NaN where it is undefined
	Rounds int     // kept; 0 for an algorithm without rounds
	Curve  []CurvePoint
}

// CurvePoint is a point of a learning curve.
type CurvePoint struct {
	Round int     // from 1
	Loss  float64 // mean loss of the validation rows
}

// Observer receives events in order, from one goroutine at a time. It must return quickly.
type Observer interface{ Observe(Event) }

// ObserverFunc makes a function an Observer.
type ObserverFunc func(Event)

// Observe calls f.
func (f ObserverFunc) Observe(e Event) { f(e) }

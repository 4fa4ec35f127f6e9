package service

import (
	"encoding/json"
	"fmt"
	"strconv"

	"sadi"
	"sadi/internal/manifest"
)

// stages says what happens in each stage of a job.
var stages = map[string]string{"inspect": "reading and looking at the data", "split": "setting rows aside", "plan": "planning",
	"search": "training", "ensemble": "combining the best", "evaluate": "judging on rows nobody touched",
	"refit": "fitting the chosen models on all rows", "publish": "writing the record"}

// Line is an event as one line for people, "" for an event that has nothing to tell them. The payload may be the typed
// one or what JSON made of it.
func Line(e sadi.Event) string {
	switch e.Kind {
	case sadi.EventStage:
		if text := stages[e.Stage]; text != "" {
			return text
		}
		return e.Stage
	case sadi.EventNote:
		return "note: " + e.Text
	case sadi.EventFacts:
		f, ok := payload[sadi.Facts](e)
		if !ok {
			return e.Text
		}
		return fmt.Sprintf("predicting %s (%s) from %d columns: %s; %d rows, %d of them set aside to judge, %d folds, scored by %s",
			f.Target, f.Problem, f.Features, f.Why, f.Rows, f.TestRows, f.Folds, f.Metric)
	case sadi.EventPlan:
		p, ok := payload[manifest.Plan](e)
		if !ok {
			return e.Text
		}
		return fmt.Sprintf("%d configurations are planned", len(p.Entries))
	case sadi.EventTrial:
		t, ok := payload[manifest.Trial](e)
		switch {
		case !ok:
			return e.Text
		case t.Score == nil:
			return fmt.Sprintf("trial %3d  %-34s %s: %s", t.Index, t.Name, t.Status, t.Error)
		}
		return fmt.Sprintf("trial %3d  %-34s %s", t.Index, t.Name, score(*t.Score))
	case sadi.EventBest:
		if v, ok := payload[float64](e); ok {
			return "score so far: " + score(v)
		}
	case sadi.EventFinish:
		if e.Text != "" {
			return e.Text
		}
		return "finished"
	}
	return e.Text
}

// score writes a number with five meaningful digits.
func score(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }

// payload is the event's data as T.
func payload[T any](e sadi.Event) (v T, ok bool) {
	if v, ok := e.Data.(T); ok {
		return v, true
	}
	if e.Data == nil {
		return v, false
	}
	data, err := json.Marshal(e.Data)
	return v, err == nil && json.Unmarshal(data, &v) == nil
}

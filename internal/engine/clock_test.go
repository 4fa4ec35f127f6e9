package engine

import (
	"reflect"
	"testing"
	"time"

	"sadi/internal/manifest"
)

func TestDecisionsComeInAnOrderOfTheirOwn(t *testing.T) {
	a, b := newClock(time.Now(), time.Minute, nil), newClock(time.Now(), time.Minute, nil)
	a.decide(manifest.TrialCut, 3, -1, 0, "w")
	a.decide(manifest.RoundsStopped, 2, 1, 40, "w")
	a.decide(manifest.RoundsStopped, 2, 0, 41, "w")
	b.decide(manifest.RoundsStopped, 2, 0, 41, "w")
	b.decide(manifest.TrialCut, 3, -1, 0, "w")
	b.decide(manifest.RoundsStopped, 2, 1, 40, "w")
	if !reflect.DeepEqual(a.decisions(), b.decisions()) {
		t.Errorf("got %v and %v", a.decisions(), b.decisions())
	}
}

func TestAReplayRemembersAndDecidesNothing(t *testing.T) {
	c := newClock(time.Now(), time.Minute, nil)
	c.decide(manifest.RoundsStopped, 2, 1, 40, "w")
	c.decide(manifest.QueueCut, -1, -1, 7, "w")
	made := c.decisions()
	again := newClock(time.Now(), time.Minute, &made)
	if again.bounded() {
		t.Error("time bounds a replay")
	}
	if d, ok := again.recall(manifest.RoundsStopped, 2, 1); !ok || d.Value != 40 {
		t.Errorf("got %v, %v", d, ok)
	}
	if d, ok := again.recall(manifest.QueueCut, -1, -1); !ok || d.Value != 7 {
		t.Errorf("got %v, %v", d, ok)
	}
	if _, ok := again.recall(manifest.RoundsStopped, 2, 0); ok {
		t.Error("a decision that nobody made")
	}
}

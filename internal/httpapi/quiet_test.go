package httpapi

import (
	"context"
	"testing"
	"time"
)

func TestQuietWaitsForAnswers(t *testing.T) {
	a := &API{}
	a.Quiet(t.Context(), time.Hour) // nobody asks
	a.answering.Add(1)
	time.AfterFunc(20*time.Millisecond, func() { a.answering.Add(-1) })
	a.Quiet(t.Context(), time.Hour)
	if n := a.answering.Load(); n != 0 {
		t.Errorf("it was quiet while %d requests were answered", n)
	}
	a.answering.Add(1)
	a.Quiet(t.Context(), time.Millisecond) // it has an end
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	a.Quiet(gone, time.Hour)
}

package model

import (
	"testing"
	"time"
)

func TestForecast(t *testing.T) {
	var f Forecast
	if _, known := f.At(10); known || f.Within(time.Hour) != 0 {
		t.Error("a forecast before the first round")
	}
	f.Done(1, 5*time.Second) // four seconds of it for what is done once
	if at, known := f.At(10); !known || at != 50*time.Second {
		t.Errorf("after one round: got %v, want 50s", at)
	}
	f.Done(2, 6*time.Second)
	f.Done(4, 8*time.Second)
	if at, _ := f.At(10); at != 14*time.Second {
		t.Errorf("after four rounds: got %v, want 14s", at)
	}
	for limit, want := range map[time.Duration]int{time.Second: 4, 8 * time.Second: 4, 10500 * time.Millisecond: 6, 104 * time.Second: 100} {
		if got := f.Within(limit); got != want {
			t.Errorf("within %v: got %d rounds, want %d", limit, got, want)
		}
	}
}

package jetqueue

import (
	"slices"
	"testing"

	"sadi"
)

func TestIndexIgnoresWhatIsOld(t *testing.T) {
	x := newIndex()
	x.put("a", 5, headline{State: sadi.Running, Order: 1, Fence: 1})
	x.put("a", 4, headline{State: sadi.Queued, Order: 1})
	if state, _, known := x.state("a"); !known || state != sadi.Running {
		t.Errorf("an older message made it %s", state)
	}
	x.drop("a", 9)
	x.put("a", 8, headline{State: sadi.Failed, Order: 1}) // arrives after our own deletion
	if _, _, known := x.state("a"); known {
		t.Error("an older message revived a deleted job")
	}
	x.dropped("a", 9)
	if len(x.entries) != 0 || len(x.order) != 0 {
		t.Errorf("a deleted job stays: %v", x.entries)
	}
	x.put("a", 12, headline{State: sadi.Queued})
	if x.counts()[sadi.Queued] != 1 || x.entries["a"].Order != 12 {
		t.Error("a name that is used again is not a new job")
	}
}

func TestIndexPages(t *testing.T) {
	x := newIndex()
	for n := range uint64(10) {
		state := sadi.Queued
		if n%3 == 0 {
			state = sadi.Failed
		}
		// written long after their submission, and not in its order
		x.put(string(rune('a'+n)), 100+n*7%10, headline{State: state, Order: n + 1})
	}
	var got []string
	for before := ^uint64(0); ; {
		ids, next := x.page([]sadi.State{sadi.Queued}, before, 4)
		got = append(got, ids...)
		if before = next; next == 0 {
			break
		}
	}
	if want := []string{"i", "h", "f", "e", "c", "b"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if ids, next := x.page([]sadi.State{sadi.Queued}, ^uint64(0), 6); len(ids) != 6 || next != 0 {
		t.Errorf("a page that is just full gives %v and a next one at %d", ids, next)
	}
}

func TestIndexClaimsOnce(t *testing.T) {
	x := newIndex()
	x.put("low", 1, headline{State: sadi.Queued, Priority: -1})
	x.put("first", 2, headline{State: sadi.Queued})
	x.put("second", 3, headline{State: sadi.Queued})
	x.put("high", 4, headline{State: sadi.Queued, Priority: 1})
	var got []string
	for {
		id, more := x.claim()
		if id == "" {
			x.unclaim("low")
			select {
			case <-more:
			default:
				t.Error("nobody is told of a job that is free again")
			}
			break
		}
		got = append(got, id)
	}
	if want := []string{"high", "first", "second", "low"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if id, _ := x.claim(); id != "low" {
		t.Errorf("got %q", id)
	}
}

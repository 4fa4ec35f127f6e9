package jetqueue

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"sadi"
)

// index is what a connection knows of all jobs without asking. It is as new as the last message that arrived, and it holds what
// this connection wrote itself at once.
type index struct {
	onChange func(*entry) // hears of every change, under the lock of the index

	mu      sync.Mutex
	entries map[string]*entry
	queued  map[string]*entry
	running map[string]*entry
	order   []*entry  // that are not deleted, by Order
	since   time.Time // from when on heartbeats were heard without a break
	work    broadcast // a job can be taken
}

type entry struct {
	id       string
	revision uint64
	headline
	deleted bool      // kept until the followed stream tells of it too, so that an older message does not revive it
	claimed bool      // somebody in this process is taking it
	heard   time.Time // when the holder last gave a sign of life
	changed time.Time // when this process learned the state
}

func newIndex() *index {
	x := &index{onChange: func(*entry) {}, entries: map[string]*entry{}, queued: map[string]*entry{}, running: map[string]*entry{}}
	x.work.init()
	return x
}

// put learns a record. An older one than is known changes nothing.
func (x *index) put(id string, revision uint64, h headline) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.entries[id]
	if e != nil && revision <= e.revision {
		return
	}
	if h.Order == 0 {
		h.Order = revision
	}
	if e != nil && (e.deleted || e.Order != h.Order) { // a name that is used again
		x.remove(e)
		e = nil
	}
	now := time.Now()
	if e == nil {
		e = &entry{id: id, headline: headline{Order: h.Order}}
		x.entries[id] = e
		i, _ := slices.BinarySearchFunc(x.order, h.Order, byOrder)
		x.order = slices.Insert(x.order, i, e)
	}
	if h.Fence != e.Fence {
		e.heard = now
	}
	if h.State != e.State {
		e.changed = now
	}
	e.revision, e.headline = revision, h
	delete(x.queued, id)
	delete(x.running, id)
	switch h.State {
	case sadi.Queued:
		x.queued[id] = e
		x.work.tell()
	case sadi.Running:
		x.running[id] = e
	}
	x.onChange(e)
}

func byOrder(e *entry, order uint64) int { return cmp.Compare(e.Order, order) }

// drop learns that a record was deleted by this process.
func (x *index) drop(id string, revision uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.entries[id]; e != nil && revision > e.revision {
		x.remove(e)
		e.deleted, e.revision = true, revision
		x.entries[id] = e
		x.onChange(e)
	}
}

// dropped learns from the stream that a record was deleted.
func (x *index) dropped(id string, revision uint64) {
	x.drop(id, revision)
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.entries[id]; e != nil && e.deleted && e.revision <= revision {
		delete(x.entries, id)
	}
}

// remove forgets an entry. The caller holds mu.
func (x *index) remove(e *entry) {
	delete(x.entries, e.id)
	delete(x.queued, e.id)
	delete(x.running, e.id)
	if i, found := slices.BinarySearchFunc(x.order, e.Order, byOrder); found && x.order[i] == e {
		x.order = slices.Delete(x.order, i, i+1)
	}
}

// before is the order in which jobs are handed out.
func (e *entry) before(o *entry) bool {
	return e.Priority > o.Priority || e.Priority == o.Priority && e.Order < o.Order
}

// claim gives the next job to take, to one caller at a time; "" when there is none, and then more is closed when that
// may have changed. End it with unclaim.
func (x *index) claim() (id string, more <-chan struct{}) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var best *entry
	for _, e := range x.queued {
		if !e.claimed && (best == nil || e.before(best)) {
			best = e
		}
	}
	if best == nil {
		return "", x.work.next()
	}
	best.claimed = true
	return best.id, nil
}

func (x *index) unclaim(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.entries[id]; e != nil && e.claimed {
		e.claimed = false
		if e.State == sadi.Queued {
			x.work.tell()
		}
	}
}

// ahead counts the queued jobs that go before one.
func (x *index) ahead(id string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	me := x.queued[id]
	if me == nil {
		return 0
	}
	n := 0
	for _, e := range x.queued {
		if e.before(me) {
			n++
		}
	}
	return n
}

func (x *index) counts() map[sadi.State]int {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := map[sadi.State]int{}
	for _, e := range x.order {
		n[e.State]++
	}
	return n
}

// page lists up to limit jobs in one of the states that were submitted before a place, the latest first. next is the
// place for the page after, 0 on the last one.
func (x *index) page(states []sadi.State, before uint64, limit int) (ids []string, next uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i, _ := slices.BinarySearchFunc(x.order, before, byOrder)
	place := uint64(0)
	for i--; i >= 0; i-- {
		e := x.order[i]
		if len(states) > 0 && !slices.Contains(states, e.State) {
			continue
		}
		if len(ids) == limit {
			return ids, place
		}
		ids, place = append(ids, e.id), e.Order
	}
	return ids, 0
}

// state is where a job stands, and for how long this process has known it to stand there.
func (x *index) state(id string) (state sadi.State, age time.Duration, known bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.entries[id]
	if e == nil || e.deleted {
		return "", 0, false
	}
	return e.State, time.Since(e.changed), true
}

// hear notes a sign of life of the holder of a job.
func (x *index) hear(id string, fence uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.running[id]; e != nil && fence >= e.Fence {
		e.heard = time.Now()
	}
}

// listening says that signs of life are heard from now on.
func (x *index) listening(now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.since = now
}

// look has the newest that is known of a job heard once more.
func (x *index) look(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.entries[id]; e != nil {
		x.onChange(e)
	}
}

// silent lists the running jobs whose holder was not heard for some time, by id, with their fences.
func (x *index) silent(bound time.Duration) map[string]uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	dead := map[string]uint64{}
	now := time.Now()
	for id, e := range x.running {
		if now.Sub(e.heard) > bound && now.Sub(x.since) > bound {
			dead[id] = e.Fence
		}
	}
	return dead
}

package engine

import (
	"sync"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/model"
	"sadi/internal/table"
	"sadi/internal/trial"
)

// room is the memory that fits may take beside the data, in bytes. Fits that would not fit together wait for each other,
// which changes when they are computed and nothing else. The zero room has no bound.
type room struct {
	bytes int64 // 0 = not known, no bound

	mu   sync.Mutex
	left *sync.Cond // a fit has ended
	held int64
	fits int // under way
}

// enter waits, through idle, until there is room for a fit, or no other fit is under way. leave gives the room back.
func (m *room) enter(need int64, idle func(wait func())) (leave func()) {
	if m.bytes == 0 || need == 0 {
		return func() {}
	}
	m.mu.Lock()
	if m.left == nil {
		m.left = sync.NewCond(&m.mu)
	}
	if !m.suffices(need) {
		m.mu.Unlock()
		idle(func() {
			m.mu.Lock()
			for !m.suffices(need) {
				m.left.Wait()
			}
			m.take(need) // here, since another may be quicker once this one has its place back
			m.mu.Unlock()
		})
	} else {
		m.take(need)
		m.mu.Unlock()
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.held -= need
		m.fits--
		m.left.Broadcast()
	}
}

func (m *room) suffices(need int64) bool { return m.fits == 0 || m.held+need <= m.bytes }

func (m *room) take(need int64) {
	m.held += need
	m.fits++
}

// roomFor is the memory that the prepared folds of a job leave to the fits; 0 = not known.
func (r *run) roomFor(folds int) int64 {
	limit := r.memory()
	if limit == 0 {
		return 0
	}
	cells := int64(len(r.train)) * int64(len(r.features)) * cellBytes * int64(folds)
	return max(limit-cells, limit/4)
}

// need is the memory that a fit of a configuration takes at its peak, in bytes; 0 = the algorithm can not say.
func (r *run) need(c trial.Config, rows, validRows int) int64 {
	m, ok := c.Model.(model.Needy)
	if !ok {
		return 0
	}
	return m.Need(model.Shape{Rows: rows, Columns: len(r.features), Categories: r.categories(), Outputs: r.target.Outputs(), ValidRows: validRows,
		Threads: r.pool.Width()}, c.Values).Memory
}

// categories is the number of features that are categories.
func (r *run) categories() (n int) {
	for _, name := range r.features {
		if c := r.table.Column(name); c != nil && c.Kind == table.Category {
			n++
		}
	}
	return n
}

// foldNeed is need for the largest fold of the search.
func (r *run) foldNeed(c trial.Config) int64 {
	var most int64
	for _, f := range r.trial.Folds {
		most = max(most, r.need(c, len(f.Fit), len(f.Valid)))
	}
	return most
}

// skipTooLarge moves a trial that would not fit into the memory, even alone, to its end before it has begun.
func (r *run) skipTooLarge(n int, s *slot) {
	if d, ok := r.clock.recall(manifest.TrialSkipped, n, -1); ok {
		s.state, s.reason = sadi.TrialSkipped, d.Why
		return
	}
	if r.clock.replaying || r.room.bytes == 0 {
		return
	}
	need := r.foldNeed(s.config)
	if need <= r.room.bytes {
		return
	}
	s.state, s.reason = sadi.TrialSkipped, "it would not fit into the memory"
	r.clock.decide(manifest.TrialSkipped, n, -1, 0, s.reason)
	r.note("%s is left out: learning takes about %d MB of memory and there are %d MB; allow more, or give it fewer rows or columns",
		s.name, need>>20, r.room.bytes>>20)
}

package modeltest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/param"
)

var contractChecks = []check{
	{name: "card", run: (*suite).checkCard},
	{name: "params", run: (*suite).checkParams},
	{name: "bounds", run: (*suite).checkBounds},
	{name: "extremes", run: (*suite).checkExtremes},
	{name: "untouched", run: (*suite).checkUntouched},
	{name: "refit", run: (*suite).checkRefit},
	{name: "width", run: (*suite).checkWidth},
	{name: "refusal", run: (*suite).checkRefusal},
	{name: "cancelled_before", run: (*suite).checkCancelledBefore},
	{name: "cancelled_during", run: (*suite).checkCancelledDuring},
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func (s *suite) checkCard() {
	if !namePattern.MatchString(s.m.Name()) {
		s.errorf("name %q is not of the form lower_case", s.m.Name())
	}
	c := s.m.Card()
	for field, text := range map[string]string{"Title": c.Title, "Summary": c.Summary, "Paper": c.Paper} {
		if strings.TrimSpace(text) == "" {
			s.errorf("the card has no %s", field)
		}
	}
	seen := map[string]bool{s.m.Name(): true}
	for _, a := range c.Aliases {
		if a == "" || seen[a] {
			s.errorf("alias %q is empty or taken", a)
		}
		seen[a] = true
	}
	if s.caps.Cost <= 0 {
		s.errorf("the declared cost is %v, want a positive number", s.caps.Cost)
	}
}

func (s *suite) checkParams() {
	set := s.m.Params()
	if err := set.Validate(); err != nil {
		s.fatalf("%v", err)
	}
	text, err := json.Marshal(set.Defaults())
	if err != nil {
		s.fatalf("the defaults as JSON: %v", err)
	}
	var given map[string]any
	if err := json.Unmarshal(text, &given); err != nil {
		s.fatalf("the defaults from JSON: %v", err)
	}
	back, err := set.Complete(given)
	if err != nil {
		s.fatalf("the defaults are refused: %v", err)
	}
	if got, want := back.Key(), set.Defaults().Key(); got != want {
		s.errorf("after a round trip through JSON the defaults are %s, want %s", got, want)
	}
}

// checkBounds: every bound, violated once, gives an error that names the parameter, what is legal, and the value.
func (s *suite) checkBounds() {
	set := s.m.Params()
	for _, p := range set {
		for _, bad := range illegal(p) {
			_, err := set.Complete(map[string]any{p.Name: bad})
			if err == nil {
				s.errorf("%s = %v is accepted", p.Name, bad)
				continue
			}
			for _, word := range []string{p.Name, p.Range(), fmt.Sprint(bad)} {
				if !strings.Contains(err.Error(), word) {
					s.errorf("the error of %s = %v does not say %q: %v", p.Name, bad, word, err)
				}
			}
		}
	}
	if _, err := set.Complete(map[string]any{"no_such_parameter": 1}); err == nil {
		s.errorf("an unknown parameter is accepted")
	}
}

func illegal(p param.Param) []any {
	switch p.Kind {
	case param.Bool:
		return []any{"yes", 1}
	case param.Choice:
		return []any{"no such word", 0}
	case param.Text:
		return []any{0, true}
	case param.Int:
		return []any{p.Lo - 1, p.Hi + 1, p.Lo + 0.5, math.NaN(), "1"}
	}
	return []any{math.Nextafter(p.Lo, math.Inf(-1)), math.Nextafter(p.Hi, math.Inf(1)), math.NaN(), "1"}
}

// checkExtremes: the ends of every searched range, and every choice, can be fitted.
func (s *suite) checkExtremes() {
	d := s.data("extremes", 40)
	for _, p := range s.m.Params() {
		if _, fixed := s.opts.Values[p.Name]; fixed {
			continue // made small for the suite; its ends would be slow
		}
		for _, v := range ends(p) {
			values := s.values.With(p.Name, v)
			f, err := s.m.Fit(context.Background(), train(d), values)
			if err != nil {
				s.errorf("%s = %v: %v", p.Name, v, err)
				continue
			}
			s.predict(f, d.X)
		}
	}
}

func ends(p param.Param) []any {
	switch {
	case p.Kind == param.Bool:
		return []any{false, true}
	case p.Kind == param.Choice:
		all := make([]any, len(p.Choices))
		for i, c := range p.Choices {
			all[i] = c
		}
		return all
	case p.Tune == nil:
		return nil
	case p.Kind == param.Int:
		return []any{int(p.Tune.Lo), int(p.Tune.Hi)}
	}
	return []any{p.Tune.Lo, p.Tune.Hi}
}

// hash is a fingerprint of everything in a set.
func hash(d dataset.Set) uint64 {
	h := fnv.New64a()
	for j, col := range d.X.Cols {
		fmt.Fprint(h, d.X.Features[j])
		_ = binary.Write(h, binary.LittleEndian, col)
	}
	_ = binary.Write(h, binary.LittleEndian, d.Y.Y)
	_ = binary.Write(h, binary.LittleEndian, d.Weights)
	return h.Sum64()
}

// checkUntouched: Fit and Predict change nothing in their arguments, and the model keeps nothing of them.
func (s *suite) checkUntouched() {
	d := weighted(s.data("untouched", 80))
	valid := s.data("untouched/valid", 40)
	kept := fresh(d)
	before, beforeValid := hash(d), hash(valid)
	tr := train(d)
	tr.Valid = &valid
	f := s.fitWith(tr, s.values)
	want := s.predict(f, kept.X)
	s.predict(f, d.X)
	if hash(d) != before {
		s.errorf("Fit or Predict changed the data")
	}
	if hash(valid) != beforeValid {
		s.errorf("Fit changed the rows to stop by")
	}
	for _, col := range d.X.Cols {
		clear(col)
	}
	clear(d.Y.Y)
	clear(d.Weights)
	s.same("after the data were wiped", s.predict(f, kept.X), want, 0)
}

func (s *suite) checkRefit() {
	d := s.data("refit", 80)
	a, b := s.fit(d), s.fit(d)
	if string(Encode(a)) != string(Encode(b)) {
		s.errorf("two fits on the same data have different bytes")
	}
	if string(Encode(a)) != string(Encode(s.fit(fresh(d)))) {
		s.errorf("a fit on a copy of the data has different bytes")
	}
	s.same("the second Predict", s.predict(a, d.X), s.predict(a, d.X), 0)
}

func (s *suite) checkWidth() {
	d := s.data("width", 40)
	f := s.fit(d)
	for _, cols := range []int{0, len(d.X.Cols) - 1, len(d.X.Cols) + 1} {
		x := &dataset.Matrix{Rows: 3}
		for j := range cols {
			addColumn(x, dataset.Feature{Name: fmt.Sprintf("w%d", j)}, constant(3, 0))
		}
		err := f.Predict(make([]float64, 3*f.Outputs()), x)
		if sadi.CodeOf(err) != sadi.SchemaMismatch {
			s.errorf("Predict with %d features in place of %d: got %v, want code %s", cols, len(d.X.Cols), err, sadi.SchemaMismatch)
		}
	}
	if err := f.Predict(make([]float64, d.X.Rows*f.Outputs()+1), d.X); err == nil {
		s.errorf("Predict accepts room of the wrong length")
	}
	if err := f.Predict(nil, takeRows(d.X, nil)); err != nil {
		s.errorf("Predict on no rows: %v", err)
	}
}

// checkRefusal: data that break the promises of package dataset give an error (model.CheckTrain finds them all).
func (s *suite) checkRefusal() {
	spoil := map[string]func(*dataset.Set){
		"+Inf in a feature": func(d *dataset.Set) { d.X.Cols[2][5] = float32(math.Inf(1)) },
		"−Inf in a feature": func(d *dataset.Set) { d.X.Cols[0][0] = float32(math.Inf(-1)) },
		"NaN in the target": func(d *dataset.Set) { d.Y.Y[3] = math.NaN() },
		"Inf in the target": func(d *dataset.Set) { d.Y.Y[3] = math.Inf(1) },
		"a negative weight": func(d *dataset.Set) { d.Weights = make([]float64, d.X.Rows); d.Weights[0], d.Weights[1] = -1, 2 },
		"NaN as a weight": func(d *dataset.Set) {
			d.Weights = make([]float64, d.X.Rows)
			d.Weights[0], d.Weights[1] = math.NaN(), 2
		},
		"weights of 0 alone": func(d *dataset.Set) { d.Weights = make([]float64, d.X.Rows) },
		"too few targets":    func(d *dataset.Set) { d.Y.Y = d.Y.Y[1:] },
		"too few weights":    func(d *dataset.Set) { d.Weights = []float64{1} },
		"no rows":            func(d *dataset.Set) { *d = take(*d, nil) },
	}
	if !s.allowsMissing() {
		spoil["NaN in a feature"] = func(d *dataset.Set) { d.X.Cols[1][7] = nan32 }
	}
	if s.problem.IsClassification() {
		spoil["a class beyond the last"] = func(d *dataset.Set) { d.Y.Y[2] = float64(d.Y.Classes) }
		spoil["half a class"] = func(d *dataset.Set) { d.Y.Y[2] = 0.5 }
	}
	for what, damage := range spoil {
		d := s.data("refusal", 40)
		damage(&d)
		f, err := s.m.Fit(context.Background(), train(d), s.values)
		s.refused(what, f, err)
	}
}

var errCause = errors.New("the cause of the cancellation")

func (s *suite) checkCancelledBefore() {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errCause)
	f, err := s.m.Fit(ctx, train(s.data("cancelled", 60)), s.values)
	if f != nil || !errors.Is(err, errCause) {
		s.errorf("got model %v and error %v, want only the cause", f != nil, err)
	}
}

// tripwire is a context that cancels itself when it has been asked often enough, so that a fit is cancelled in its
// midst without a clock.
type tripwire struct {
	context.Context
	cancel context.CancelCauseFunc
	asked  atomic.Int64
	limit  int64
}

func newTripwire(limit int64) *tripwire {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &tripwire{Context: ctx, cancel: cancel, limit: limit}
}

func (c *tripwire) ask() {
	if c.asked.Add(1) == c.limit {
		c.cancel(errCause)
	}
}
func (c *tripwire) Err() error            { c.ask(); return c.Context.Err() }
func (c *tripwire) Done() <-chan struct{} { c.ask(); return c.Context.Done() }

// checkCancelledDuring: cancelled at any point a fit ends with the cause, asks only a few times more, and leaves no
// goroutine behind.
func (s *suite) checkCancelledDuring() {
	d := s.data("cancelled", 120)
	whole := newTripwire(-1)
	if _, err := s.m.Fit(whole, train(fresh(d)), s.values); err != nil {
		s.fatalf("Fit: %v", err)
	}
	total := whole.asked.Load()
	if total == 0 {
		s.fatalf("Fit never asks whether its context is done")
	}
	goroutines := runtime.NumGoroutine()
	for _, limit := range []int64{1, total / 3, total / 2, total * 3 / 4} {
		if limit < 1 {
			continue
		}
		ctx := newTripwire(limit)
		f, err := s.m.Fit(ctx, train(fresh(d)), s.values)
		if f != nil || !errors.Is(err, errCause) {
			s.errorf("cancelled at the %dth of %d questions: got model %v and error %v, want only the cause", limit, total, f != nil, err)
		}
		if more := ctx.asked.Load() - limit; more > 100 {
			s.errorf("cancelled at the %dth of %d questions: asked %d times more", limit, total, more)
		}
	}
	for range 200 {
		if runtime.NumGoroutine() <= goroutines {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.errorf("%d goroutines before, %d after", goroutines, runtime.NumGoroutine())
}

var _ context.Context = (*tripwire)(nil)

// Package modeltest is the conformance suite of learning algorithms: one call in an algorithm's test, one subtest per
// check, the same checks for all.
//
//	func TestConformance(t *testing.T) {
//		modeltest.Run(t, ridge.Model{}, modeltest.Opts{})
//	}
//
// A check runs for every problem the algorithm declares, so an algorithm is held to its own Caps. All data are made
// from named streams and are the same in every run.
package modeltest

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/param"
)

// Opts fits the suite to an algorithm. The zero value is right for a deterministic algorithm that trains in
// milliseconds.
type Opts struct {
	// Values override parameters, to make the algorithm small and fast.
	Values map[string]any
	// XFail has the checks that are expected to fail, each with the reason. Keys are the name of a check
	// ("weights_double") or of a check of one problem ("weights_double/binary"). The table is strict: an entry whose
	// check passes, or does not exist, fails the test.
	XFail map[string]string
	// Tolerance is the largest relative difference between predictions that should be equal but for the order of
	// sums; 0 = 1e-6.
	Tolerance float64
	// Floor is the part of the baseline's loss that the algorithm must stay below in the check "quality"; 0 = 0.8.
	Floor float64
	// Equivariant says that predicting a·y+b gives a times the prediction of y plus b, for regressors.
	Equivariant bool
	// ConstantColumn says that a constant column changes no prediction even though the algorithm is stochastic; of
	// deterministic algorithms it is always asked.
	ConstantColumn bool
}

// check is one promise, for one problem.
type check struct {
	name string
	when func(*suite) bool // nil = always
	run  func(*suite)
}

// checks are all checks, in order. The names stand in XFail tables and never change.
func checks() []check {
	return slices.Concat(contractChecks, determinismChecks, invarianceChecks, edgeChecks, qualityChecks, persistenceChecks, roundChecks)
}

// suite is one check under way: what is tested, on which problem, and what went wrong so far.
type suite struct {
	m       model.Model
	opts    Opts
	caps    model.Caps
	problem sadi.Problem
	values  param.Values
	t       testing.TB

	failures []string
}

// fatal is what a check panics with to end early.
type fatal struct{}

func (s *suite) errorf(format string, args ...any) {
	s.failures = append(s.failures, fmt.Sprintf(format, args...))
}

func (s *suite) fatalf(format string, args ...any) {
	s.errorf(format, args...)
	panic(fatal{})
}

func (s *suite) tolerance() float64 {
	if s.opts.Tolerance > 0 {
		return s.opts.Tolerance
	}
	return 1e-6
}

// try runs the check and returns what went wrong; a panic of the algorithm is a failure like any other.
func (s *suite) try(run func(*suite)) []string {
	func() {
		defer func() {
			switch r := recover(); r.(type) {
			case nil, fatal:
			default:
				s.errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		run(s)
	}()
	return s.failures
}

// Run holds m to the contract of package model.
func Run(t *testing.T, m model.Model, opts Opts) {
	t.Helper()
	values, err := m.Params().Complete(opts.Values)
	if err != nil {
		t.Fatalf("Opts.Values: %v", err)
	}
	caps := m.Caps()
	if len(caps.Problems) == 0 {
		t.Fatal("the algorithm declares no problem")
	}
	newSuite := func(t testing.TB, p sadi.Problem) *suite {
		return &suite{m: m, opts: opts, caps: caps, problem: p, values: values, t: t}
	}
	if path := os.Getenv(childVariable); path != "" {
		reportFingerprints(t, path, newSuite)
		return
	}
	used := map[string]bool{}
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range caps.Problems {
				s := newSuite(t, p)
				if c.when != nil && !c.when(s) {
					continue
				}
				t.Run(string(p), func(t *testing.T) {
					s.t = t
					key := c.name
					reason, expected := opts.XFail[key]
					if !expected {
						key += "/" + string(p)
						reason, expected = opts.XFail[key]
					}
					used[key] = true
					verdict(t, s.try(c.run), expected, reason)
				})
			}
		})
	}
	for key := range opts.XFail {
		if !used[key] && !filtered() {
			t.Errorf("XFail has %q, which is no check of this algorithm", key)
		}
	}
}

func verdict(t *testing.T, failures []string, expected bool, reason string) {
	t.Helper()
	switch {
	case expected && reason == "":
		t.Error("this failure is expected without a reason")
	case expected && len(failures) == 0:
		t.Errorf("expected to fail (%s), but passes: remove it from XFail", reason)
	case expected:
		t.Logf("fails as expected: %s\n%s", reason, failures[0])
	default:
		for _, f := range failures {
			t.Error(f)
		}
	}
}

// inputs says which forms of data the algorithm may meet beyond plain numbers.
func (s *suite) allowsMissing() bool    { return !s.caps.Input.Complete() }
func (s *suite) allowsCategories() bool { return s.caps.Input == dataset.Trees }
func isRegression(s *suite) bool        { return !s.problem.IsClassification() }
func isIterative(s *suite) bool         { return s.caps.Iterative }
func allowsMissing(s *suite) bool       { return s.allowsMissing() }
func allowsCategories(s *suite) bool    { return s.allowsCategories() }

package modeltest

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/rng"
)

var determinismChecks = []check{
	{name: "pool", run: (*suite).checkPool},
	{name: "process", run: (*suite).checkProcess},
	{name: "seed", run: (*suite).checkSeed},
	{name: "names", run: (*suite).checkNames},
	{name: "memo", run: (*suite).checkMemo},
}

// checkPool: the bytes of a model do not depend on the number of threads.
func (s *suite) checkPool() {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	d := weighted(s.data("pool", 700))
	want := Encode(s.fit(d))
	for _, width := range []int{1, 2, 8} {
		tr := train(fresh(d))
		tr.Pool = par.New(width)
		if string(Encode(s.fitWith(tr, s.values))) != string(want) {
			s.errorf("a pool of %d gives other bytes than no pool", width)
		}
	}
}

// childVariable holds, in a fresh process started by the suite, the file to which it reports.
const childVariable = "SADI_MODELTEST_REPORT"

// fingerprint is the hash of a model fitted in this process.
func (s *suite) fingerprint() string {
	d := s.data("process", 300)
	f := s.fit(d)
	return fmt.Sprintf("%s %x %x\n", s.problem, sha256.Sum256(Encode(f)), sha256.Sum256(fmt.Append(nil, s.predict(f, d.X))))
}

// reportFingerprints is what Run does in a fresh process.
func reportFingerprints(t *testing.T, path string, newSuite func(testing.TB, sadi.Problem) *suite) {
	t.Helper()
	var b strings.Builder
	s := newSuite(t, "")
	for _, p := range s.caps.Problems {
		s := newSuite(t, p)
		for _, failure := range s.try(func(s *suite) { b.WriteString(s.fingerprint()) }) {
			t.Error(failure)
		}
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkProcess: a fresh process gives the same bytes; it runs this very test with one thread and a variable set.
func (s *suite) checkProcess() {
	root := s.t.Name()
	for range 2 { // without the name of the check and of the problem
		root = root[:strings.LastIndexByte(root, '/')]
	}
	parts := strings.Split(root, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	report := filepath.Join(s.t.TempDir(), "report")
	cmd := exec.Command(os.Args[0], "-test.run="+strings.Join(parts, "/"), "-test.count=1")
	cmd.Env = append(os.Environ(), childVariable+"="+report, "GOMAXPROCS=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.fatalf("a fresh process: %v\n%s", err, out)
	}
	got, err := os.ReadFile(report)
	if err != nil {
		s.fatalf("a fresh process reports nothing: %v", err)
	}
	if !strings.Contains(string(got), s.fingerprint()) {
		s.errorf("a fresh process gives other bytes:\n%swant\n%s", got, s.fingerprint())
	}
}

// checkSeed: another stream changes a stochastic model and no other.
func (s *suite) checkSeed() {
	d := s.data("seed", 200)
	same := string(Encode(s.fit(d)))
	changed := false
	for seed := range uint64(3) {
		tr := train(d)
		tr.Stream = rng.New(100 + seed)
		changed = changed || string(Encode(s.fitWith(tr, s.values))) != same
	}
	if changed != s.caps.Stochastic {
		s.errorf("Caps.Stochastic is %v, but that another seed changes the model is %v", s.caps.Stochastic, changed)
	}
}

func (s *suite) checkNames() {
	d := s.data("names", 80)
	renamed := fresh(d)
	for j := range renamed.X.Features {
		renamed.X.Features[j].Name = fmt.Sprintf("%c renamed", 'z'-j)
		renamed.X.Features[j].Source = "elsewhere"
	}
	s.same("after renaming the features", s.predict(s.fit(renamed), renamed.X), s.predict(s.fit(d), d.X), 0)
}

// checkMemo: what a fit remembers with the matrix serves other weights, targets and values without changing them.
func (s *suite) checkMemo() {
	d := s.data("memo", 120)
	w := weighted(d)
	want := s.predict(s.fit(fresh(w)), d.X)
	s.fit(d)
	s.same("a weighted fit after one without weights", s.predict(s.fit(w), d.X), want, 0)
	reversed := s.data("memo", 120)
	for i, y := range d.Y.Y {
		reversed.Y.Y[len(d.Y.Y)-1-i] = y
	}
	want = s.predict(s.fit(fresh(reversed)), d.X)
	reversed.X = d.X
	s.same("a fit to another target", s.predict(s.fit(reversed), d.X), want, 0)
	for _, p := range s.m.Params() {
		if _, fixed := s.opts.Values[p.Name]; fixed {
			continue
		}
		for _, v := range ends(p) {
			values := s.values.With(p.Name, v)
			want := s.predict(s.fitWith(train(fresh(d)), values), d.X)
			s.same(fmt.Sprintf("a fit with %s = %v", p.Name, v), s.predict(s.fitWith(train(d), values), d.X), want, 0)
		}
	}
}

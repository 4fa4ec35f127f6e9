package profile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/rng"
	"sadi/internal/table"
)

// sketch is a table in the notation of testdata/headers.txt.
func sketch(columns ...string) *table.Table {
	t := &table.Table{Rows: 600}
	for _, item := range columns {
		at := strings.LastIndexByte(item, ':')
		t.Cols = append(t.Cols, made(item[:at], item[at+1:], t.Rows, rng.New(2).Child(item)))
	}
	return t
}

func rankTargets(t *testing.T, tab *table.Table, opt TargetOptions) []Candidate {
	t.Helper()
	found, err := Targets(context.Background(), tab, mustDescribe(t, tab), opt)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i, c := range found {
		sum += c.Confidence
		if c.Confidence < 0 || math.IsNaN(c.Confidence) || i > 0 && c.Confidence > found[i-1].Confidence || c.Why == "" || c.Problem == "" {
			t.Errorf("candidate %d: %+v", i, c)
		}
	}
	if sum >= 1 {
		t.Errorf("confidences add up to %v", sum)
	}
	return found
}

func TestTargetsLeavesOut(t *testing.T) {
	tab := sketch("id:u", "code:U", "when:d", "text:t", "one:i1", "words:h", "a:n", "b:n")
	tab.Cols = append(tab.Cols, labels("never twice", 600, 600))
	for _, c := range rankTargets(t, tab, TargetOptions{Ignore: []string{"b"}}) {
		if c.Column != "a" && c.Column != "words" {
			t.Errorf("%q is a candidate", c.Column)
		}
	}
	if found := rankTargets(t, sketch("id:u", "when:d", "text:t"), TargetOptions{}); len(found) != 0 {
		t.Errorf("got %v, want none", found)
	}
	if found := rankTargets(t, sketch("a:n", "b:n", "customer_id:i40"), TargetOptions{}); found[0].Column == "customer_id" {
		t.Errorf("an identifier that repeats comes first: %v", found)
	}
	if found := rankTargets(t, sketch("a:n"), TargetOptions{}); Clear(found) {
		t.Errorf("sure of the only column: %v", found)
	}
}

func TestTargetsAsksTheQuickModel(t *testing.T) {
	tab := sketch("a:n", "b:n", "c:n", "d:f")
	before := rankTargets(t, tab, TargetOptions{})
	if before[0].Column != "d" || Clear(before) {
		t.Fatalf("without a model: %v", before)
	}
	var asked []string
	skill := func(good float64) Skill {
		return func(_ context.Context, target string, p sadi.Problem) (float64, error) {
			asked = append(asked, target)
			if target == "d" && p == sadi.Binary {
				return good, nil
			}
			return 0.1, nil
		}
	}
	after := rankTargets(t, tab, TargetOptions{Skill: skill(0.95)})
	if !Clear(after) || after[0].Column != "d" || !strings.Contains(after[0].Why, "0.95") {
		t.Errorf("a good model: %v", after)
	}
	if len(asked) != skillTries {
		t.Errorf("asked of %v, want %d columns", asked, skillTries)
	}
	if low := rankTargets(t, tab, TargetOptions{Skill: skill(0)}); low[0].Confidence >= before[0].Confidence {
		t.Errorf("a model without skill: %v", low)
	}
	failing := func(context.Context, string, sadi.Problem) (float64, error) { return 0, errors.New("no") }
	if same := rankTargets(t, tab, TargetOptions{Skill: failing}); !slices.Equal(same, before) {
		t.Errorf("a failing model changes %v to %v", before, same)
	}
	asked = nil
	rankTargets(t, sketch("a:n", "b:n", "target:f"), TargetOptions{Skill: skill(1)})
	if len(asked) != 0 {
		t.Errorf("asked of %v though one is sure", asked)
	}
	ctx, stop := context.WithCancel(context.Background())
	stopping := func(context.Context, string, sadi.Problem) (float64, error) { stop(); return 0, ctx.Err() }
	if _, err := Targets(ctx, tab, mustDescribe(t, tab), TargetOptions{Skill: stopping}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cause", err)
	}
}

func TestClear(t *testing.T) {
	for _, c := range []struct {
		confidence []float64
		want       bool
	}{{nil, false}, {[]float64{ConfidenceBar}, true}, {[]float64{0.59}, false}, {[]float64{0.6, 0.39}, true}, {[]float64{0.6, 0.41}, false}} {
		var found []Candidate
		for i, v := range c.confidence {
			found = append(found, Candidate{Column: fmt.Sprint(i), Confidence: v})
		}
		if got := Clear(found); got != c.want {
			t.Errorf("Clear(%v) = %v", c.confidence, got)
		}
	}
}

func TestInspect(t *testing.T) {
	tab := sketch("id:u", "a:n", "b:c3", "churn:b")
	p, err := Inspect(context.Background(), tab, Options{})
	if err != nil || p.Target == nil || p.Target.Column != "churn" || p.Target.Problem != sadi.Binary || p.Target.Given {
		t.Fatalf("%+v, %v", p, err)
	}
	p, err = Inspect(context.Background(), tab, Options{Target: "a", Task: sadi.Regression})
	if err != nil || p.Target.Column != "a" || p.Target.Problem != sadi.RegressionValue || !p.Target.Given {
		t.Errorf("%+v, %v", p.Target, err)
	}
	p, err = Inspect(context.Background(), tab, Options{Ignore: []string{"churn"}})
	if err != nil || p.Target != nil {
		t.Errorf("%+v, %v", p.Target, err)
	}
	_, err = Inspect(context.Background(), tab, Options{Target: "Churn"})
	if sadi.CodeOf(err) != sadi.NotFound || !strings.Contains(err.Error(), `did you mean "churn"`) {
		t.Errorf("got %v", err)
	}
	if _, err = Inspect(context.Background(), tab, Options{Target: "b", Task: sadi.Regression}); sadi.CodeOf(err) != sadi.BadData {
		t.Errorf("got %v", err)
	}
}

package param

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"sadi"
)

func example() Set {
	return Set{
		{Name: "rate", Aliases: []string{"eta"}, Kind: Float, Lo: 0, Hi: 1, Default: 0.1, Desc: "Rate.", Tune: &Tune{Lo: 0.01, Hi: 1, Log: true, Cheap: 0.5}},
		{Name: "rounds", Kind: Int, Lo: 1, Hi: 1000, Default: 100, Desc: "Rounds.", Tune: &Tune{Lo: 10, Hi: 1000, Log: true, Cheap: 10}},
		{Name: "exact", Kind: Bool, Default: false, Desc: "Exact."},
		{Name: "criterion", Kind: Choice, Choices: []string{"gini", "entropy"}, Default: "gini", Desc: "Criterion.", Tune: &Tune{}},
		{Name: "order", Kind: Text, Default: "", Desc: "Order."},
	}
}

func TestComplete(t *testing.T) {
	if err := example().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ given, want string }{
		{`{}`, `{"criterion":"gini","exact":false,"order":"","rate":0.1,"rounds":100}`},
		{`{"eta":1,"rounds":1000,"exact":true,"criterion":"entropy","order":"(1,-1)"}`, `{"criterion":"entropy","exact":true,"order":"(1,-1)","rate":1,"rounds":1000}`},
		{`{"rate":0,"rounds":1}`, `{"criterion":"gini","exact":false,"order":"","rate":0,"rounds":1}`},
	} {
		var given map[string]any
		if err := json.Unmarshal([]byte(c.given), &given); err != nil {
			t.Fatal(err)
		}
		v, err := example().Complete(given)
		if err != nil {
			t.Errorf("%s: %v", c.given, err)
			continue
		}
		if got := v.Key(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.given, got, c.want)
		}
		// Each value has its own type, or these panic.
		_, _, _, _, _ = v.Float("rate"), v.Int("rounds"), v.Bool("exact"), v.Choice("criterion"), v.Text("order")
	}
}

func TestCompleteRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		value any
		say   []string
	}{
		{"rate", 1.5, []string{"rate", "a number from 0 to 1", "1.5"}},
		{"eta", -1, []string{"rate", "-1"}},
		{"rate", math.NaN(), []string{"rate", "NaN"}},
		{"rate", math.Inf(1), []string{"rate", "Inf"}},
		{"rate", "0.5", []string{"rate"}},
		{"rate", nil, []string{"rate"}},
		{"rounds", 0, []string{"rounds", "a whole number from 1 to 1000", "0"}},
		{"rounds", 1001, []string{"1001"}},
		{"rounds", 2.5, []string{"rounds", "2.5"}},
		{"rounds", true, []string{"rounds", "true"}},
		{"exact", 1, []string{"exact", "true or false"}},
		{"criterion", "mae", []string{"criterion", "one of gini, entropy", "mae"}},
		{"order", 1, []string{"order", "a text of at most 65536 bytes", "1"}},
		{"order", strings.Repeat("x", 65537), []string{"order", "a text"}},
		{"order", "\xff", []string{"order", "a text"}},
		{"depth", 1, []string{`no parameter "depth"`, "rate, rounds, exact, criterion, order"}},
	} {
		v, err := example().Complete(map[string]any{c.name: c.value})
		if v != nil || sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("%s = %v: got %v and error %v, want code %s", c.name, c.value, v, err, sadi.BadUsage)
			continue
		}
		for _, word := range c.say {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s = %v: the error does not say %q: %v", c.name, c.value, word, err)
			}
		}
	}
	if _, err := example().Complete(map[string]any{"rate": 0.2, "eta": 0.3}); err == nil {
		t.Error("a parameter given by its name and by an alias is accepted")
	}
}

func TestValidateFinds(t *testing.T) {
	for name, change := range map[string]func(Set){
		"empty name":               func(s Set) { s[0].Name = "" },
		"doubled name":             func(s Set) { s[1].Name = "rate" },
		"alias that is a name":     func(s Set) { s[1].Aliases = []string{"exact"} },
		"no description":           func(s Set) { s[2].Desc = "" },
		"default out of range":     func(s Set) { s[0].Default = 2.0 },
		"default of another kind":  func(s Set) { s[3].Default = 1 },
		"whole default of a float": func(s Set) { s[0].Default = 1 },
		"float default of an int":  func(s Set) { s[1].Default = 100.0 },
		"cheap start out of range": func(s Set) { s[0].Tune.Cheap = 2.0 },
		"cheap start of an int":    func(s Set) { s[1].Tune.Cheap = 10.0 },
		"search for a text":        func(s Set) { s[4].Tune = &Tune{} },
		"search beyond the range":  func(s Set) { s[0].Tune.Hi = 2 },
		"empty search":             func(s Set) { s[1].Tune.Lo = 1000 },
		"logarithm of 0":           func(s Set) { s[0].Tune.Lo = 0 },
	} {
		s := example()
		change(s)
		if s.Validate() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestWithCopies(t *testing.T) {
	a := example().Defaults()
	b := a.With("rate", 0.7)
	if a.Float("rate") != 0.1 || b.Float("rate") != 0.7 || b.Int("rounds") != 100 {
		t.Errorf("got %v and %v", a, b)
	}
	if a.Key() == b.Key() || a.Key() != example().Defaults().Key() {
		t.Errorf("keys %s and %s", a.Key(), b.Key())
	}
}

func TestTunedAndLookup(t *testing.T) {
	if got := example().Tuned().names(); strings.Join(got, " ") != "rate rounds criterion" {
		t.Errorf("tuned: %v", got)
	}
	if p, ok := example().Lookup("eta"); !ok || p.Name != "rate" {
		t.Errorf("eta: got %q, %v", p.Name, ok)
	}
	if _, ok := example().Lookup("none"); ok {
		t.Error("a parameter that is not there is found")
	}
	for k, want := range map[Kind]string{Float: "float", Int: "int", Bool: "bool", Choice: "choice", Text: "text"} {
		if got := k.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

package profile

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/rng"
	"sadi/internal/table"
)

func guards(t *testing.T, tab *table.Table, target string, opt GuardOptions) []Guardrail {
	t.Helper()
	var p sadi.Problem
	if target != "" {
		var err error
		if p, _, err = InferProblem(tab.Column(target), sadi.Auto); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Guardrails(context.Background(), tab, mustDescribe(t, tab), target, p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// outline is code, column and ! for a column that is left out.
func outline(found []Guardrail) []string {
	var out []string
	for _, g := range found {
		s := g.Severity + " " + g.Code + " " + g.Column
		if g.Drop {
			s += "!"
		}
		out = append(out, s)
	}
	return out
}

// derived is a column that is computed from another.
func derived(name string, kind table.Kind, from *table.Column, f func(i int, v float64) float64) *table.Column {
	c := &table.Column{Name: name, Kind: kind}
	for i := range from.Len() {
		v := 0.0
		if from.Kind.Numeric() {
			v = from.Nums[i]
		} else {
			v = float64(from.Codes[i])
		}
		c.Nums = append(c.Nums, f(i, v))
	}
	return c
}

func TestGuardrails(t *testing.T) {
	base := func(more ...*table.Column) *table.Table {
		tab := sketch("a:n", "b:n", "y:f")
		tab.Cols = append(tab.Cols, more...)
		return tab
	}
	y := base().Column("y")
	a := base().Column("a")
	rare := func(n int) *table.Column {
		return derived("y", table.Integer, a, func(i int, _ float64) float64 {
			if i < n {
				return 1
			}
			return 0
		})
	}
	copied := func(c *table.Column, name string) *table.Column { d := *c; d.Name = name; return &d }
	with := func(c *table.Column) *table.Table {
		tab := sketch("a:n", "b:n")
		tab.Cols = append(tab.Cols, c)
		return tab
	}
	renamedY := wordColumn("alive", table.Boolean, func() (v []string) {
		for i := range y.Len() {
			v = append(v, []string{"sunk", "afloat"}[y.Codes[i]])
		}
		return v
	}())
	for _, c := range []struct {
		name   string
		tab    *table.Table
		target string
		opt    GuardOptions
		want   []string
	}{
		{"nothing", base(), "y", GuardOptions{}, nil},
		{"constant", base(cycle("c", 600, 1, 4)), "y", GuardOptions{}, []string{"info constant_column c!"}},
		{"empty", base(numbers("e", table.Number, slices.Repeat([]float64{nan}, 600)...)), "y", GuardOptions{}, []string{"warning empty_column e!"}},
		{"constant with gaps", base(derived("g", table.Number, a, func(i int, _ float64) float64 { return []float64{1, nan}[i%2] })), "y", GuardOptions{},
			[]string{"info mostly_missing g"}},
		{"almost all missing", base(derived("g", table.Number, a, func(i int, v float64) float64 {
			if i%30 > 0 {
				return nan
			}
			return v
		})), "y", GuardOptions{}, []string{"warning mostly_missing g"}},
		{"nearly constant", base(derived("k", table.Integer, a, func(i int, _ float64) float64 { return float64(max(i, 595) - 595) })), "y", GuardOptions{},
			[]string{"info nearly_constant k"}},
		{"row numbers", base(made("n", "u", 600, rng.New(0))), "y", GuardOptions{}, []string{"warning id_like n!"}},
		{"years are no row numbers", base(copied(made("n", "u", 600, rng.New(0)), "year")), "y", GuardOptions{}, nil},
		{"shuffled row numbers", base(derived("n", table.Integer, a, func(i int, _ float64) float64 { return float64(i * 7 % 600) })), "y", GuardOptions{},
			[]string{"warning id_like n!"}},
		{"named identifier", base(derived("PID", table.Integer, a, func(i int, _ float64) float64 { return float64(i*i + 5e8) })), "y", GuardOptions{},
			[]string{"warning id_like PID!"}},
		{"unique measurement", base(derived("m", table.Number, a, func(i int, _ float64) float64 { return math.Sin(float64(i)) })), "y", GuardOptions{}, nil},
		{"unique whole measurement", base(derived("m", table.Integer, a, func(i int, _ float64) float64 { return math.Round(1e9 * math.Sin(float64(i))) })), "y", GuardOptions{}, nil},
		{"codes", base(made("key for all", "U", 600, rng.New(0))), "y", GuardOptions{}, []string{"warning id_like key for all!"}},
		{"words that do not repeat", base(wordColumn("w", table.Category, func() (v []string) {
			for i := range 600 {
				v = append(v, strings.Repeat("x", i%50+1)+fmt.Sprint(i))
			}
			return v
		}())), "y", GuardOptions{}, []string{"warning near_unique w!"}},
		{"free text", base(made("s", "t", 600, rng.New(0))), "y", GuardOptions{}, []string{"info near_unique s"}},
		{"many categories", base(labels("h", 600, 150)), "y", GuardOptions{}, []string{"warning high_cardinality h"}},
		{"groups", base(cycle("customer_id", 600, 60, 1000)), "y", GuardOptions{}, []string{"info group_column customer_id"}},
		{"groups that are used", base(cycle("customer_id", 600, 60, 1000)), "y", GuardOptions{Group: "customer_id"}, nil},
		{"dates in order", base(made("d", "d", 600, rng.New(0))), "y", GuardOptions{}, []string{"info time_order d"}},
		{"dates that are used", base(made("d", "d", 600, rng.New(0))), "y", GuardOptions{Time: "d"}, nil},
		{"ignored", base(cycle("c", 600, 1, 4)), "y", GuardOptions{Ignore: []string{"c"}}, nil},
		{"same column", base(copied(a, "c")), "y", GuardOptions{}, []string{"warning duplicate_column c!"}},
		{"renamed column", base(made("c", "c3", 600, rng.New(5)), derived("k", table.Integer, made("c", "c3", 600, rng.New(5)), func(_ int, v float64) float64 { return 9 - v })), "y", GuardOptions{},
			[]string{"info recoded_column k"}},
		{"target as it is", base(copied(y, "z")), "y", GuardOptions{}, []string{"critical target_copy z!"}},
		{"target as numbers", base(derived("z", table.Integer, y, func(_ int, v float64) float64 { return v })), "y", GuardOptions{}, []string{"critical target_copy z!"}},
		{"target renamed", base(renamedY), "y", GuardOptions{}, []string{"critical target_leak alive"}},
		{"target in a number", base(derived("z", table.Number, y, func(i int, v float64) float64 { return v*10 + float64(i%7) })), "y", GuardOptions{}, []string{"critical target_leak z"}},
		{"target in other units", with(derived("cents", table.Number, a, func(_ int, v float64) float64 { return 100*v + 3 })), "a", GuardOptions{}, []string{"critical target_leak cents"}},
		{"good but not perfect", base(derived("z", table.Number, y, func(i int, v float64) float64 { return v*10 + float64(i*7%13) })), "y", GuardOptions{}, nil},
		{"rare class", with(rare(25)), "y", GuardOptions{}, []string{"warning class_imbalance y"}},
		{"small class", with(rare(9)), "y", GuardOptions{}, []string{"warning small_class y"}},
		{"single row of a class", with(rare(1)), "y", GuardOptions{}, []string{"critical small_class y"}},
		{"target with gaps", with(derived("y", table.Integer, a, func(i int, _ float64) float64 { return []float64{0, 1, nan}[i%3] })), "y", GuardOptions{}, []string{"warning target_missing y"}},
		{"no target", with(rare(1)), "", GuardOptions{}, []string{"info nearly_constant y"}},
		{"repeated rows", tableOf(cycle("a", 600, 7, 0), cycle("b", 600, 7, 0.5), labels("c", 600, 5)), "c", GuardOptions{}, []string{"warning duplicate_rows ", "info recoded_column b"}},
		{"few rows", tableOf(halves(60), cycle("y", 60, 3, 0)), "y", GuardOptions{}, []string{"warning few_rows "}},
		{"nothing to learn from", tableOf(made("id", "u", 600, rng.New(0)), cycle("y", 600, 3, 0)), "y", GuardOptions{}, []string{"critical no_features ", "warning id_like id!"}},
	} {
		found := guards(t, c.tab, c.target, c.opt)
		if got := outline(found); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if again := guards(t, c.tab, c.target, GuardOptions{Ignore: c.opt.Ignore, Group: c.opt.Group, Time: c.opt.Time, Pool: par.New(3)}); !slices.Equal(again, found) {
			t.Errorf("%s: another pool gives %v", c.name, again)
		}
		for _, g := range found {
			if !slices.Contains(Codes(), g.Code) || g.Text == "" || strings.HasSuffix(g.Text, ".") {
				t.Errorf("%s: %+v", c.name, g)
			}
		}
	}
}

func TestGuardrailsRefuses(t *testing.T) {
	tab := sketch("a:n", "y:f")
	if _, err := Guardrails(context.Background(), tab, mustDescribe(t, tab), "Y", sadi.Binary, GuardOptions{}); sadi.CodeOf(err) != sadi.NotFound {
		t.Errorf("got %v", err)
	}
	if _, err := Guardrails(context.Background(), tab, mustDescribe(t, tab), "a", sadi.Binary, GuardOptions{}); sadi.CodeOf(err) != sadi.BadData {
		t.Errorf("got %v", err)
	}
}

// TestCodes pins what stands in manifests.
func TestCodes(t *testing.T) {
	want := "empty_column constant_column nearly_constant mostly_missing id_like near_unique high_cardinality duplicate_column recoded_column " +
		"group_column time_order duplicate_rows few_rows no_features target_missing class_imbalance small_class target_leak target_copy"
	if got := strings.Join(Codes(), " "); got != want {
		t.Errorf("got %s", got)
	}
}

func TestColumnSkill(t *testing.T) {
	n := 4000
	r := rng.New(9).Rand()
	x, noise := &table.Column{Kind: table.Number}, &table.Column{Kind: table.Number}
	y := make([]float64, n)
	kept := make([]int, n)
	for i := range n {
		x.Nums = append(x.Nums, r.Float64())
		noise.Nums = append(noise.Nums, r.Float64())
		kept[i] = i
	}
	regression := func(f func(i int) float64) float64 {
		for i := range y {
			y[i] = f(i)
		}
		return amountSkill(x, y, kept)
	}
	if got := regression(func(i int) float64 { return math.Exp(3 * x.Nums[i]) }); got < leakSkill {
		t.Errorf("a function of the column: %v", got)
	}
	if got := regression(func(i int) float64 { return 1e300 * x.Nums[i] }); got < leakSkill {
		t.Errorf("huge numbers: %v", got)
	}
	// Half of the variance is noise: R² is 1/2.
	if got := regression(func(i int) float64 { return x.Nums[i] + noise.Nums[i] }); got < 0.25 || got > 0.55 {
		t.Errorf("half noise: %v, want near 0.5 or below", got)
	}
	if got := regression(func(i int) float64 { return noise.Nums[i] }); got != 0 {
		t.Errorf("noise: %v, want 0", got)
	}
	if got := regression(func(int) float64 { return 3 }); got != 0 {
		t.Errorf("constant: %v, want 0", got)
	}
}

package table

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sadi"
)

// sample has a column of every kind; its second row is missing everywhere.
func sample() *Table {
	nan := math.NaN()
	return &Table{Rows: 3, Cols: []*Column{
		{Name: "price", Kind: Number, Why: "it has a decimal point", Format: "1.234,5", Nums: []float64{-1.5, nan, 0}},
		{Name: "rooms", Kind: Integer, Nums: []float64{3, nan, 4}},
		{Name: "garden", Kind: Boolean, Codes: []int32{1, -1, 0}, Levels: []string{"no", "sí"}},
		{Name: "city", Kind: Category, Codes: []int32{1, -1, 0}, Levels: []string{"Cádiz", "Vigo"}},
		{Name: "sold", Kind: DateTime, Format: "dd/mm/yyyy", Nums: []float64{86400, nan, 0}},
		{Name: "note", Kind: Text, Codes: []int32{0, -1, 1}, Levels: []string{"a long word", "another"}},
	}}
}

// The names stand in schemas, manifests and model files.
func TestKindsArePinned(t *testing.T) {
	want := map[Kind]string{Number: "number", Integer: "integer", Boolean: "boolean", Category: "category", DateTime: "datetime", Text: "text"}
	if len(want) != len(kindNames) {
		t.Fatalf("%d kinds, want %d", len(kindNames), len(want))
	}
	for k, name := range want {
		if k.String() != name {
			t.Errorf("%d is called %q, want %q", k, k, name)
		}
		if back, err := ParseKind(name); err != nil || back != k {
			t.Errorf("%q is read as %v, %v", name, back, err)
		}
		var read Kind
		if b, err := json.Marshal(k); err != nil || string(b) != `"`+name+`"` || json.Unmarshal(b, &read) != nil || read != k {
			t.Errorf("%v as JSON is %s and comes back as %v (%v)", k, b, read, err)
		}
	}
	if got := Kind(9).String(); got != "kind(9)" {
		t.Errorf("a kind that is none is called %q", got)
	}
	for _, name := range []string{"", "Number", "float", "kind(9)"} {
		if k, err := ParseKind(name); err == nil {
			t.Errorf("%q is read as %v", name, k)
		}
		var k Kind
		if err := k.UnmarshalText([]byte(name)); err == nil {
			t.Errorf("%q is unmarshalled as %v", name, k)
		}
	}
}

func TestNumericKindsHaveNums(t *testing.T) {
	for _, c := range sample().Cols {
		if c.Kind.Numeric() != (c.Nums != nil) || c.Kind.Numeric() == (c.Codes != nil) {
			t.Errorf("%s: numeric is %v", c.Kind, c.Kind.Numeric())
		}
	}
}

func TestColumnsOfEveryKind(t *testing.T) {
	words := map[string][]string{"garden": {"sí", "", "no"}, "city": {"Vigo", "", "Cádiz"}, "note": {"a long word", "", "another"}}
	for _, c := range sample().Cols {
		if c.Len() != 3 {
			t.Errorf("%s: %d rows, want 3", c.Name, c.Len())
		}
		for i, want := range []bool{false, true, false} {
			if c.Missing(i) != want {
				t.Errorf("%s: row %d missing is %v", c.Name, i, c.Missing(i))
			}
		}
		for i, want := range words[c.Name] {
			if got := c.Label(i); got != want {
				t.Errorf("%s: row %d is %q, want %q", c.Name, i, got, want)
			}
		}
	}
	for _, k := range []Kind{Number, Text} {
		if n := (&Column{Kind: k}).Len(); n != 0 {
			t.Errorf("an empty %s column has %d rows", k, n)
		}
	}
}

func TestColumnIsFoundByItsExactName(t *testing.T) {
	tab := sample()
	for i, c := range tab.Cols {
		if tab.Column(c.Name) != tab.Cols[i] {
			t.Errorf("%q is not column %d", c.Name, i)
		}
	}
	for _, name := range []string{"", "Price", "price ", "pric"} {
		if c := tab.Column(name); c != nil {
			t.Errorf("%q finds %q", name, c.Name)
		}
	}
}

// text is row i as a person would write it; "" = missing.
func text(c *Column, i int) string {
	switch {
	case c.Missing(i):
		return ""
	case c.Kind.Numeric():
		return strconv.FormatFloat(c.Nums[i], 'g', -1, 64)
	}
	return c.Label(i)
}

func TestTakeKeepsTheOrdersThatAreAskedFor(t *testing.T) {
	tab := sample()
	names, rows := []string{"note", "price", "garden", "sold"}, []int{2, 0, 0, 1}
	got := tab.Take(names, rows)
	if got.Rows != 4 || len(got.Cols) != 4 {
		t.Fatalf("%d rows of %d columns", got.Rows, len(got.Cols))
	}
	for j, c := range got.Cols {
		from := tab.Column(names[j])
		if c.Name != names[j] || c.Kind != from.Kind || c.Why != from.Why || c.Format != from.Format || c.Len() != 4 {
			t.Errorf("column %d is %+v", j, c)
		}
		for i, row := range rows {
			if text(c, i) != text(from, row) {
				t.Errorf("%s: place %d is %q, want %q", c.Name, i, text(c, i), text(from, row))
			}
		}
	}
	if none := tab.Take(names, []int{}); none.Rows != 0 || none.Cols[0].Len() != 0 || none.Cols[1].Len() != 0 {
		t.Errorf("no rows are %d", none.Rows)
	}
	got.Column("price").Nums[0], got.Column("garden").Codes[0] = 77, 1
	same(t, tab, sample())
}

func TestPermutedExchangesOneColumnOnly(t *testing.T) {
	for _, name := range []string{"price", "city"} {
		tab, perm := sample(), []int{1, 2, 0}
		got := tab.Permuted(name, perm)
		for j, c := range got.Cols {
			for i := range 3 {
				from := i
				if c.Name == name {
					from = perm[i]
				}
				if text(c, i) != text(tab.Cols[j], from) {
					t.Errorf("%s: row %d of %s is %q", name, i, c.Name, text(c, i))
				}
			}
			if c.Name != name && c != tab.Cols[j] {
				t.Errorf("%s: %s was copied for nothing", name, c.Name)
			}
		}
		same(t, tab, sample())
	}
}

// same checks that two tables hold the same.
func same(t *testing.T, got, want *Table) {
	t.Helper()
	for j, c := range want.Cols {
		for i := range want.Rows {
			if text(got.Cols[j], i) != text(c, i) {
				t.Errorf("row %d of %s is %q, want %q", i, c.Name, text(got.Cols[j], i), text(c, i))
			}
		}
	}
}

func TestSchemaListsTheColumnsInOrder(t *testing.T) {
	tab := sample()
	s := tab.Schema()
	if len(s) != len(tab.Cols) {
		t.Fatalf("%d fields, want %d", len(s), len(tab.Cols))
	}
	for i, c := range tab.Cols {
		if want := (Field{Name: c.Name, Kind: c.Kind, Why: c.Why, Format: c.Format}); s[i] != want {
			t.Errorf("field %d is %+v, want %+v", i, s[i], want)
		}
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"name":"price","kind":"number","why":"it has a decimal point","format":"1.234,5"},{"name":"rooms","kind":"integer"}`; !strings.Contains(string(b), want) {
		t.Errorf("the schema as JSON is %s, want in it %s", b, want)
	}
	var back Schema
	if err := json.Unmarshal(b, &back); err != nil || !slices.Equal(back, s) {
		t.Errorf("it comes back as %+v (%v)", back, err)
	}
}

func TestNoColumnAdvises(t *testing.T) {
	many := &Table{}
	for _, name := range strings.Split("a b c d e f g h i j k l m", " ") {
		many.Cols = append(many.Cols, &Column{Name: strings.Repeat(name, 6)})
	}
	for _, c := range []struct {
		tab        *Table
		name, says string
	}{
		{sample(), "prise", `did you mean "price"?`},
		{sample(), "PRICE", `did you mean "price"?`},
		{sample(), "quantum", "the columns are price, rooms, garden, city, sold, note"},
		{many, "zzzzzz", "llllll, …"},
	} {
		err := c.tab.NoColumn(c.name)
		if err.Code != sadi.NotFound || !strings.Contains(err.Message, `"`+c.name+`"`) || !strings.Contains(err.Hint, c.says) {
			t.Errorf("%q: got %q with the code %q, want it to say %q", c.name, err, err.Code, c.says)
		}
	}
	if hint := many.NoColumn("zzzzzz").Hint; strings.Contains(hint, "mmmmmm") {
		t.Errorf("a long list is not cut: %s", hint)
	}
	if many.Cols[12].Name != "mmmmmm" {
		t.Error("the error has changed the table")
	}
}

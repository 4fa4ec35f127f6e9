package csvio

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/table"
)

func TestBare(t *testing.T) {
	for _, test := range []struct{ tok, number, unit string }{
		{"5 €", "5", "€"}, {"€5", "5", "€"}, {"- $ 1,200.50", "-1,200.50", "$"}, {"$-3", "-3", "$"}, {"us$ 7", "7", "US$"},
		{"1 234,5 €", "1 234,5", "€"}, {"12%", "12", "%"}, {"36.6 °C", "36.6", "°C"}, {"12 m²", "12", "m²"}, {"80 km/h", "80", "km/h"},
		{"(5)", "-5", ""}, {"(5 €)", "-5", "€"}, {"5-", "-5", ""}, {"−5 %", "-5", "%"}, {"5 EUR", "5", "EUR"}, {"3.", "", ""},
		{"5", "", ""}, {"$5 €", "", ""}, {"kg", "", ""}, {"10 or more", "", ""}, {"5+", "", ""}, {"12:30", "12.500000", "hh:mm"}, {"9:05:30", "9.091667", "hh:mm"},
		{"12:15 am", "0.250000", "hh:mm"}, {"1:30 PM", "13.500000", "hh:mm"}, {"105:15", "105.250000", "hh:mm"}, {"3:1", "", ""}, {"12:60", "", ""},
		{"13:00 pm", "", ""}, {"10:20:30:40", "", ""}, {"(-5)", "", ""},
		{"z95823", "", ""}, {"1.2.3.4 x", "", ""}, {"--5", "", ""}, {"()", "", ""}, {"$", "", ""}, {"9 kilometers", "", ""},
	} {
		number, unit, ok := bare([]byte(test.tok))
		if string(number) != test.number || unit != test.unit || ok != (test.number != "") {
			t.Errorf("%q: got %q %q %v, want %q %q", test.tok, number, unit, ok, test.number, test.unit)
		}
	}
}

// numbered is a column of n numbers, some of them replaced.
func numbered(n int, replaced map[int]string) string {
	var b strings.Builder
	b.WriteString("n;v\n")
	for i := range n {
		cell, ok := replaced[i]
		if !ok {
			cell = strconv.Itoa(i + 1000)
		}
		b.WriteString("0;" + cell + "\n")
	}
	return b.String()
}

func TestStrays(t *testing.T) {
	for _, test := range []struct {
		name   string
		text   string
		want   table.Kind
		strays int
	}{
		{"one note among many numbers", numbered(200, map[int]string{7: "see below"}), table.Integer, 1},
		{"one note among few numbers", numbered(40, map[int]string{7: "see below"}), table.Category, 0},
		{"notes in more than 1 %", numbered(200, map[int]string{7: "x", 8: "y", 9: "z"}), table.Category, 0},
		{"another unit", numbered(200, map[int]string{7: "12 kg"}), table.Integer, 1},
	} {
		tab, rep := read(t, test.text, Options{})
		c := tab.Column("v")
		if c.Kind != test.want {
			t.Errorf("%s: got %s (%s), want %s", test.name, c.Kind, c.Why, test.want)
		}
		if got := rep.repaired(CodeStrays); got != test.strays {
			t.Errorf("%s: got %d strays, want %d", test.name, got, test.strays)
		}
		if test.strays > 0 && (!c.Missing(7) || c.Missing(6)) {
			t.Errorf("%s: row 8 must be missing, and no other", test.name)
		}
	}
	dates := "n;v\n" + strings.Repeat("0;28/02/2024\n", 150) + "0;31/02/2024\n"
	tab, rep := read(t, dates, Options{})
	if c := tab.Column("v"); c.Kind != table.DateTime || !c.Missing(150) || rep.repaired(CodeStrays) != 1 {
		t.Errorf("a day that does not exist: got %s (%s), %+v", c.Kind, c.Why, rep.Repairs)
	}
}

// TestUnitsUnderSchema holds that a file to predict is read as the one that taught the model.
func TestUnitsUnderSchema(t *testing.T) {
	schema := table.Schema{{Name: "v", Kind: table.Number, Format: "1.234,5"}}
	for _, text := range []string{"v;n\n1.200,50 €;1\n3 €;2\n", "v;n\n1.200,50;1\n3;2\n"} {
		tab, _ := read(t, text, Options{Schema: schema})
		if got, want := show(tab), "v number: 1200.5 3\n"; got != want {
			t.Errorf("%q: got %s want %s", text, got, want)
		}
	}
	if v, err := ParseCell(schema[0], "1.200,50 €"); err != nil || v != 1200.5 {
		t.Errorf("a cell: got %v %v", v, err)
	}
}

func TestLenientStream(t *testing.T) {
	schema := table.Schema{{Name: "v", Kind: table.Number}, {Name: "d", Kind: table.DateTime}}
	open := func(text string, lenient bool) (*table.Table, *Report, error) {
		s, err := Open(context.Background(), put(t, text), Options{Schema: schema, Lenient: lenient})
		if err != nil {
			return nil, nil, err
		}
		defer s.Close()
		tab, err := s.Next(100)
		if err != nil {
			return nil, nil, err
		}
		return tab, s.Report(), nil
	}
	const text = "v,d\n1,2024-01-01\nerror,2024-01-02\n3,soon\n4,2024-01-04\n"
	if _, _, err := open(text, false); sadi.CodeOf(err) != sadi.SchemaMismatch {
		t.Errorf("strict: got %v, want an error", err)
	}
	tab, rep, err := open(text, true)
	if err != nil {
		t.Fatal(err)
	}
	want := lines("v number: 1 . 3 4", "d datetime: 2024-01-01T00:00:00 2024-01-02T00:00:00 . 2024-01-04T00:00:00")
	if got := show(tab); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := rep.repaired(CodeStrays); got != 2 {
		t.Errorf("got %d strays, want 2: %+v", got, rep.Repairs)
	}
	_, _, err = open("v,d\n1,2024-01-01\nx,2024-01-02\ny,2024-01-03\n", true)
	if sadi.CodeOf(err) != sadi.SchemaMismatch || !strings.Contains(err.Error(), `"x" is no number`) {
		t.Errorf("mostly words: got %v, want an error that names the first", err)
	}
}

package csvio

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"sadi/internal/par"
	"sadi/internal/table"
)

func TestTitleLines(t *testing.T) {
	const body = "name;price;sold\r\nx;7,5;1\r\ny;8,5;2\r\nz;9;3\r\n"
	want := lines(`name category: "x" "y" "z"`, "price number: 7.5 8.5 9", "sold integer: 1 2 3")
	for name, test := range map[string]struct {
		above string
		lines int
	}{
		"nothing":             {"", 0},
		"a line of text":      {"Sales of 2024\r\n", 1},
		"a row of a sheet":    {"Sales;;\r\n03/02/2009;;\r\n;;\r\n", 3},
		"a line and a gap":    {"Sales of 2024\r\n\r\n", 1},
		"comments":            {"# made by a program\r\n# version 3\r\n", 2},
		"names of two levels": {";Figures;\r\n", 1},
	} {
		tab, rep := read(t, test.above+body, Options{})
		if got := show(tab); got != want {
			t.Errorf("%s: got\n%swant\n%s", name, got, want)
		}
		if got := rep.repaired(CodeTitle); got != test.lines {
			t.Errorf("%s: %d lines above the header, want %d", name, got, test.lines)
		}
	}
	for name, text := range map[string]string{
		"a name for the first column only": "a;;\nx;y;z\nu;y;w\n",
		"rows with gaps":                   "a;b;c\n1;;\n2;;\n3;x;y\n",
		"a row of names below values":      "1;;\nx;y;z\n",
	} {
		if tab, rep := read(t, text, Options{}); tab.Rows != strings.Count(text, "\n")-1 && tab.Rows != strings.Count(text, "\n") || rep.repaired(CodeTitle) > 0 && name != "a row of names below values" {
			t.Errorf("%s: %d rows, %+v", name, tab.Rows, rep.Repairs)
		}
	}
}

func TestTitleUnderSchema(t *testing.T) {
	s, err := Open(context.Background(), put(t, "Sales;;\n;;\na;b;c\n1;x;y\nword;x;y\n"), Options{Pool: par.New(2), Schema: table.Schema{{Name: "b", Kind: table.Category}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tab, err := s.Next(10)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(tab), lines(`b category: "x" "x"`); got != want {
		t.Errorf("got %swant %s", got, want)
	}
}

func TestRepeatedHeader(t *testing.T) {
	part := "a,b\r\n1,x\r\n2,y\r\n"
	tab, rep := read(t, part+part+part, Options{})
	if got, want := show(tab), lines("a integer: 1 2 1 2 1 2", `b category: "x" "y" "x" "y" "x" "y"`); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := rep.repaired(CodeRepeated); got != 2 {
		t.Errorf("got %d headers, want 2", got)
	}
	tab, rep = read(t, "word\nx\nword\ny\n", Options{})
	if tab.Rows != 3 && tab.Rows != 4 || rep.repaired(CodeRepeated) != 0 {
		t.Errorf("one column: %d rows, %+v", tab.Rows, rep.Repairs)
	}
}

func TestTotalsRow(t *testing.T) {
	rows := func(format string) string {
		var b strings.Builder
		for i := range 12 {
			fmt.Fprintf(&b, format, i+1)
		}
		return b.String()
	}
	for _, test := range []struct {
		name, text string
		rows       int
		column     string
		levels     int // of it; -1 = it has numbers
	}{
		{"the sum", "region,sales\n" + rows("r%d,10\n") + "Total,120\n", 12, "region", 12},
		{"the other cells empty", "region,channel,sales\n" + rows("r%d,web,10\n") + "TOTAL:,,130\n", 12, "region", 12},
		{"where years stand", "year,channel,sales\n" + rows("20%02d,web,10\n") + "Total,,120\n", 12, "year", -1},
		{"no sum", "region,sales\n" + rows("r%d,10\n") + "Total,77\n", 13, "region", 13},
		{"a category", "region,sales\n" + rows("r%d,10\n") + "Total,10\nTotal,130\n", 14, "region", 13},
		{"not the last", "region,sales\nTotal,120\n" + rows("r%d,10\n"), 13, "region", 13},
	} {
		tab, rep := read(t, test.text, Options{})
		checkTable(t, tab)
		c := tab.Column(test.column)
		levels := len(c.Levels)
		if c.Kind.Numeric() {
			levels = -1
		}
		if tab.Rows != test.rows || rep.Rows != test.rows || levels != test.levels {
			t.Errorf("%s: got %d rows, %d levels, want %d and %d: %s", test.name, tab.Rows, levels, test.rows, test.levels, show(tab))
		}
	}
}

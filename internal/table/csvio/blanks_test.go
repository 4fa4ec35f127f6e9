package csvio

import (
	"fmt"
	"strings"
	"testing"
)

func TestColumnsPartedByBlanks(t *testing.T) {
	want := lines("a integer: 1 20 3", "b number: 1.5 2.5 3.5", `c category: "x" "y z" "x"`)
	for name, text := range map[string]string{
		"aligned":       "  a   b   c\n  1 1.5   x\n 20 2.5   \"y z\"\n  3 3.5   x\n",
		"single blanks": "a b c\n1 1.5 x\n20 2.5 \"y z\"\n3 3.5 x\n",
		"blanks and CR": "a b c \r\n1 1.5 x \r\n20 2.5 \"y z\" \r\n3 3.5 x \r\n",
	} {
		tab, rep := read(t, text, Options{})
		if got := show(tab); got != want {
			t.Errorf("%s: got\n%swant\n%s%+v", name, got, want, rep.Findings)
		}
	}
	tab, _ := read(t, "\"x\" \"y\"\n\"1\" 5 6\n\"2\" 7 8\n\"3\" 9 1\n", Options{}) // as R writes it
	if got, want := show(tab), lines("c1 integer: 1 2 3", "x integer: 5 7 9", "y integer: 6 8 1"); got != want {
		t.Errorf("names of rows: got\n%swant\n%s", got, want)
	}
	tab, _ = read(t, "name\nJohn Smith\nMary Jones\nPaul Brown\n", Options{})
	if len(tab.Cols) != 1 || tab.Rows != 3 {
		t.Errorf("full names: got %d columns", len(tab.Cols))
	}
	var b strings.Builder
	b.WriteString("n    m\n")
	for i := range 200000 {
		fmt.Fprintf(&b, "%d      %d\n", i, i%7)
	}
	tab, _ = read(t, b.String(), Options{})
	if len(tab.Cols) != 2 || tab.Rows != 200000 || tab.Cols[0].Nums[199999] != 199999 {
		t.Errorf("beyond the head: %d columns, %d rows", len(tab.Cols), tab.Rows)
	}
}

package csvio

import (
	"fmt"
	"strings"
	"testing"

	"sadi/internal/table"
)

// column is a file with one column called v beside a numbered one, so that the delimiter is clear.
func column(delim string, cells ...string) string {
	var b strings.Builder
	b.WriteString("n" + delim + "v\n")
	for i, c := range cells {
		fmt.Fprintf(&b, "%d%s%s\n", i, delim, c)
	}
	return b.String()
}

func TestTypes(t *testing.T) {
	for _, test := range []struct {
		name, text, want, why, format string
	}{
		{"whole", column(",", "1", "-2", "+3"), "integer: 1 -2 3", "whole number", ""},
		{"whole with decimals", column(",", "1.0", "2.00", "3"), "integer: 1 2 3", "some are written with decimals", ""},
		{"leading zeros", column(",", "007", "0"), "integer: 7 0", "whole number", ""},
		{"decimals", column(",", ".5", "1.", "-0.25"), "number: 0.5 1 -0.25", "number", ""},
		{"exponents", column(",", "1e3", "2.5E-1", "1e+2"), "number: 1000 0.25 100", "number", ""},
		{"large whole", column(",", "9007199254740992", "9007199254740994"), "integer: 9.007199254740992e+15 9.007199254740994e+15", "", ""},
		{"too long whole", column(",", "9007199254740993", "1"), `category: "9007199254740993" "1"`, "lose some", ""},
		{"long whole that fits", column(",", "100000000000000000000", "1"), "integer: 1e+20 1", "", ""},
		{"beyond", column(",", "1e400", "1"), "integer: . 1", "", ""},
		{"not hexadecimal", column(",", "0x10", "0x1p4"), `category: "0x10" "0x1p4"`, "", ""},
		{"not underscores", column(",", "1_000", "2_000"), `category: "1_000" "2_000"`, "", ""},
		{"thousands, comma", column(";", "1,234.5", "12", "1,234,567"), "number: 1234.5 12 1.234567e+06", "", "1,234.5"},
		{"thousands, point", column(";", "1.234,5", "12", "1.234.567"), "number: 1234.5 12 1.234567e+06", "", "1.234,5"},
		{"thousands, blank", column(";", "1 234.5", "12 345", "1 234 567"), "number: 1234.5 12345 1.234567e+06", "", "1 234.5"},
		{"thousands, no-break blank", column(";", "1\u00a0234,5", "12\u202f345", "7"), "number: 1234.5 12345 7", "", "1 234,5"},
		{"thousands, apostrophe", column(",", "1'234.5", "12'345"), "number: 1234.5 12345", "", "1'234.5"},
		{"bad groups", column(";", "1,23,456", "12"), `category: "1,23,456" "12"`, "", ""},
		{"group that begins with 0", column(";", "0.123.456", "12"), `category: "0.123.456" "12"`, "", ""},
		{"quoted thousands in a comma file", column(",", `"1,234"`, `"12,345"`), "integer: 1234 12345", "part thousands", "1,234.5"},
		{"three decimals in a semicolon file", column(";", "1,234", "12,345"), "number: 1.234 12.345", "read as decimals", "1234,5"},
		{"three decimals after a point", column(",", "1.234", "12.345"), "number: 1.234 12.345", "read as decimals", ""},
		{"zero before the comma", column(";", "0,234", "12,345"), "number: 0.234 12.345", "", "1234,5"},
		{"contradiction", column(";", "1.5", "2,5"), `category: "1.5" "2,5"`, "contradict", ""},
		{"mostly numbers", column(",", "1", "2", "3", "x"), `category: "1" "2" "3" "x"`, `3 of 4 values are numbers, but others are not, such as "x" in row 4`, ""},
		{"currency", column(",", "$1", "$2"), "integer: 1 2", "", ""},
		{"currency behind", column(";", "1.200,50 €", "3 €", "-2,5 €"), "number: 1200.5 3 -2.5", "", "1.234,5"},
		{"two currencies", column(",", "$1", "3 €"), `category: "$1" "3 €"`, "", ""},
		{"percent", column(",", "11%", "0", "12.5 %"), "number: 11 0 12.5", "", ""},
		{"a percent sign here and there", column(",", "11%", "0.5", "12%"), `category: "11%" "0.5" "12%"`, "", ""},
		{"unit", column(",", "19.7 kg", "NA", "3 kg"), "number: 19.7 . 3", "", ""},
		{"negative as accounts write it", column(";", "(1.234,50)", "2,5", "7,25-"), "number: -1234.5 2.5 -7.25", "", "1.234,5"},
		{"times of the day", column(",", "13:30", "NA", "9:45"), "number: 13.5 . 9.75", "", ""},
		{"whole hours", column(";", "13:00", "9:00"), "integer: 13 9", "", ""},
		{"floors", column(",", "12A", "12B", "7C"), `category: "12A" "12B" "7C"`, "", ""},
		{"thousands in a semicolon file", column(";", "113.750", "1.200"), "integer: 113750 1200", "its points part thousands", "1.234,5"},

		{"date", column(",", "2024-02-29", "1969-12-31"), "datetime: 2024-02-29T00:00:00 1969-12-31T00:00:00", "yyyy-mm-dd", ""},
		{"no date, as databases write it", column(",", "2024-02-29", "0000-00-00", "2024-03-01"), "datetime: 2024-02-29T00:00:00 . 2024-03-01T00:00:00", "", ""},
		{"no such date", column(",", "2023-02-29", "2024-01-01"), `category: "2023-02-29" "2024-01-01"`, "", ""},
		{"month", column(",", "1949-01", "1949-12"), "datetime: 1949-01-01T00:00:00 1949-12-01T00:00:00", "", ""},
		{"timestamps", column(",", "2012-01-01T06:16:41Z", "2012-01-01 06:16", "2012-01-01T06:16:41.5+02:00", "2012-01-01 06:16:41 -0330"),
			"datetime: 2012-01-01T06:16:41 2012-01-01T06:16:00 2012-01-01T04:16:41 2012-01-01T09:46:41", "", ""},
		{"day first", column(",", "1/2/2024", "13/02/2024 10:30"), "datetime: 2024-02-01T00:00:00 2024-02-13T10:30:00", "first number goes beyond 12", "dd/mm/yyyy"},
		{"month first", column(",", "1/2/2024", "02/13/2024 1:05 PM"), "datetime: 2024-01-02T00:00:00 2024-02-13T13:05:00", "second number goes beyond 12", "mm/dd/yyyy"},
		{"ambiguous", column(",", "1/2/2024", "3/4/2024"), "datetime: 2024-02-01T00:00:00 2024-04-03T00:00:00", "ambiguous", "dd/mm/yyyy"},
		{"contradicting dates", column(",", "13/2/2024", "2/13/2024"), `category: "13/2/2024" "2/13/2024"`, "contradict", ""},
		{"dashes and points", column(",", "13-02-2024", "14.02.2024"), "datetime: 2024-02-13T00:00:00 2024-02-14T00:00:00", "", "dd/mm/yyyy"},
		{"two digits of a year", column(",", "13/02/24", "14/02/24"), "datetime: 2024-02-13T00:00:00 2024-02-14T00:00:00", "", "dd/mm/yyyy"},
		{"two digits of a year and dashes", column(",", "24-02-13", "24-02-14"), `category: "24-02-13" "24-02-14"`, "", ""},
		{"month as a word", column(",", "3-May-2008", "4-dic-2008"), "datetime: 2008-05-03T00:00:00 2008-12-04T00:00:00", "", ""},
		{"year 0", column(",", "0000-01-01", "2024-01-01"), `category: "0000-01-01" "2024-01-01"`, "", ""},
		{"first and last year", column(",", "0001-01-01", "9999-12-31"), "datetime: 0001-01-01T00:00:00 9999-12-31T00:00:00", "", ""},
		{"numbers and dates", column(",", "2024-01-01", "5"), `category: "2024-01-01" "5"`, "", ""},

		{"true and false", column(",", "true", "False", "TRUE"), `boolean: "TRUE" "False" "TRUE"`, "", ""},
		{"sí y no", column(",", "sí", "no", "no"), `boolean: "sí" "no" "no"`, "", ""},
		{"SI y NO", column(",", "SI", "NO", ""), `boolean: "SI" "NO" .`, "", ""},
		{"verdadero", column(",", "verdadero", "falso"), `boolean: "verdadero" "falso"`, "", ""},
		{"letters", column(",", "y", "n", "-"), `boolean: "y" "n" .`, "", ""},
		{"t and f", column(",", "T", "F"), `boolean: "T" "F"`, "", ""},
		{"two pairs", column(",", "yes", "false"), `category: "yes" "false"`, "", ""},
		{"one word", column(",", "yes", "yes"), `category: "yes" "yes"`, "", ""},
		{"a third word", column(",", "yes", "no", "unknown"), `category: "yes" "no" "unknown"`, "", ""},
		{"zero and one", column(",", "0", "1"), "integer: 0 1", "", ""},

		{"None is a word", column(",", "None", "Stone", ""), `category: "None" "Stone" .`, "", ""},
		{"dash is a word", column(",", "-", "x", "NA"), `category: "-" "x" .`, "", ""},
		{"None among numbers", column(",", "None", "1", "unknown"), "integer: . 1 .", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			tab, rep := read(t, test.text, Options{})
			checkTable(t, tab)
			c := tab.Column("v")
			if got := strings.TrimPrefix(show(&table.Table{Cols: []*table.Column{c}}), "v "); got != test.want+"\n" {
				t.Errorf("got %swant %s", got, test.want)
			}
			if !strings.Contains(c.Why, test.why) {
				t.Errorf("got reason %q, want %q in it", c.Why, test.why)
			}
			if c.Format != test.format {
				t.Errorf("got format %q, want %q; %+v", c.Format, test.format, rep.Findings)
			}
		})
	}
}

// TestOtherColumnsDecide has a column that could be read in two ways and another that shows how the file writes.
func TestOtherColumnsDecide(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"a;b\n1.234;7,5\n2.345;8,5\n", lines("a integer: 1234 2345", "b number: 7.5 8.5")},
		{"a;b\n1.234;7.5\n2.345;8.5\n", lines("a number: 1.234 2.345", "b number: 7.5 8.5")},
		{"a;b\n1,234;7.5\n2,345;8.5\n", lines("a integer: 1234 2345", "b number: 7.5 8.5")},
		{"a,b\n\"1,234\",\"7,5\"\n\"2,345\",\"8,5\"\n", lines("a number: 1.234 2.345", "b number: 7.5 8.5")},
		{"a,b\n1/2/2024,1/31/2024\n3/4/2024,2/1/2024\n",
			lines("a datetime: 2024-01-02T00:00:00 2024-03-04T00:00:00", "b datetime: 2024-01-31T00:00:00 2024-02-01T00:00:00")},
	} {
		// The same when what decides comes only behind the head.
		for _, head := range []int{0, 8} {
			tab, _ := read(t, test.text, Options{head: head})
			if got := show(tab); got != test.want {
				t.Errorf("%q, head %d: got\n%swant\n%s", test.text, head, got, test.want)
			}
		}
	}
}

func TestTextOrCategory(t *testing.T) {
	var words, sentences, few []string
	for i := range 300 {
		words = append(words, fmt.Sprintf("w%d", i))
		sentences = append(sentences, fmt.Sprintf("the %dth sentence here", i))
		few = append(few, fmt.Sprintf("one of the %d", i%3))
	}
	for _, test := range []struct {
		cells []string
		want  table.Kind
	}{{words, table.Category}, {sentences, table.Text}, {few, table.Category}} {
		tab, _ := read(t, column(",", test.cells...), Options{})
		if c := tab.Column("v"); c.Kind != test.want {
			t.Errorf("%q…: got %s (%s), want %s", test.cells[0], c.Kind, c.Why, test.want)
		}
	}
}

func TestSchema(t *testing.T) {
	const text = "a,b,c,d,e\n1,yes,3/4/2024,5.5,x\n2,maybe,4/5/2024,6,-\n3,0,,NA,NA\n"
	schema := table.Schema{{Name: "c", Kind: table.DateTime, Format: "mm/dd/yyyy"}, {Name: "b", Kind: table.Boolean},
		{Name: "d", Kind: table.Integer}, {Name: "a", Kind: table.Category}, {Name: "e", Kind: table.Text}}
	want := lines("c datetime: 2024-03-04T00:00:00 2024-04-05T00:00:00 .", `b boolean: "yes" . "0"`, "d integer: 5.5 6 .",
		`a category: "1" "2" "3"`, `e text: "x" "-" .`)
	tab, rep := read(t, text, Options{Schema: schema})
	checkTable(t, tab)
	if got := show(tab); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for code, n := range map[string]int{CodeNotBoolean: 1, CodeFractions: 1, CodeExtraColumns: 0, CodeMissing: 2} {
		if got := rep.repaired(code); got != n {
			t.Errorf("%s: got %d, want %d", code, got, n)
		}
	}
	tab, rep = read(t, text, Options{Schema: schema[:1]})
	if len(tab.Cols) != 1 || rep.repaired(CodeExtraColumns) != 4 {
		t.Errorf("got %d columns, %+v", len(tab.Cols), rep.Repairs)
	}
	// The schema decides what the file leaves open, not what it shows.
	schema = table.Schema{{Name: "v", Kind: table.Number, Format: "1234,5"}}
	for text, want := range map[string]string{
		column(";", "1.234"): "v number: 1.234\n", column(";", "1,234"): "v number: 1.234\n", column("|", "1,234"): "v number: 1.234\n",
		column("|", "1.5"): "v number: 1.5\n",
	} {
		tab, _ := read(t, text, Options{Schema: schema})
		if got := show(tab); got != want {
			t.Errorf("%q: got %s want %s", text, got, want)
		}
	}
	// Columns without names in the file have those that reading gives them.
	tab, _ = read(t, "1,x\n2,y\n", Options{Schema: table.Schema{{Name: "c2", Kind: table.Category}}})
	if got, want := show(tab), lines(`c2 category: "x" "y"`); got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

// TestPinned holds the codes of repairs, which are part of the API.
func TestPinned(t *testing.T) {
	const want = "renamed_column unnamed_column trimmed_name missing_token infinite nul_bytes blank_lines trailing_delimiter " +
		"stray_quote broken_encoding trimmed_values extra_columns merged_spellings not_boolean fractions all_missing empty_last_column leading_zeros " +
		"title_lines repeated_header totals_row stray_values"
	if got := strings.Join(RepairCodes(), " "); got != want {
		t.Errorf("got %s", got)
	}
}

package csvio

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/table"
)

// put writes a file.
func put(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read reads a text that must be readable.
func read(t testing.TB, text string, opt Options) (*table.Table, *Report) {
	t.Helper()
	tab, rep, err := Read(context.Background(), put(t, text), opt)
	if err != nil {
		t.Fatalf("%q: %v", cut(text), err)
	}
	return tab, rep
}

func cut(s string) string { return s[:min(len(s), 200)] }

// show is a table as text: a line "name kind: value value …" for each column. A dot stands for missing.
func show(t *table.Table) string {
	var b strings.Builder
	for _, c := range t.Cols {
		fmt.Fprintf(&b, "%s %s:", c.Name, c.Kind)
		for i := range c.Len() {
			switch {
			case c.Missing(i):
				b.WriteString(" .")
			case c.Kind == table.DateTime:
				b.WriteString(" " + time.Unix(int64(c.Nums[i]), 0).UTC().Format("2006-01-02T15:04:05"))
			case c.Kind.Numeric():
				fmt.Fprintf(&b, " %v", c.Nums[i])
			default:
				fmt.Fprintf(&b, " %q", c.Label(i))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// lines joins the lines of an expected table.
func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

// finding is the value found for what, "" if nothing was.
func (r *Report) finding(what string) string {
	for _, f := range r.Findings {
		if f.What == what {
			return f.Value
		}
	}
	return ""
}

// repaired is the count of a repair, 0 if there was none.
func (r *Report) repaired(code string) (n int) {
	for _, f := range r.Repairs {
		if f.Code == code {
			n += f.Count
		}
	}
	return n
}

// checkTable holds a table against the contract of package table.
func checkTable(t testing.TB, tab *table.Table) {
	t.Helper()
	names := map[string]bool{}
	for _, c := range tab.Cols {
		if c.Name == "" || names[c.Name] {
			t.Errorf("the name %q is empty or occurs twice", c.Name)
		}
		names[c.Name] = true
		if c.Len() != tab.Rows {
			t.Errorf("column %q has %d rows of %d", c.Name, c.Len(), tab.Rows)
		}
		if c.Why == "" {
			t.Errorf("column %q has no reason for its kind", c.Name)
		}
		if c.Kind.Numeric() {
			if c.Codes != nil || c.Levels != nil {
				t.Errorf("column %q is %s and has codes", c.Name, c.Kind)
			}
			for i, v := range c.Nums {
				if math.IsInf(v, 0) {
					t.Errorf("column %q is infinite in row %d", c.Name, i)
				}
			}
			continue
		}
		if c.Nums != nil {
			t.Errorf("column %q is %s and has numbers", c.Name, c.Kind)
		}
		used := make([]bool, len(c.Levels))
		for i, k := range c.Codes {
			if k < -1 || int(k) >= len(c.Levels) {
				t.Fatalf("column %q has code %d in row %d, and %d levels", c.Name, k, i, len(c.Levels))
			}
			if k >= 0 {
				used[k] = true
			}
		}
		if c.Kind == table.Boolean {
			if len(c.Levels) != 2 {
				t.Errorf("the boolean %q has %d levels", c.Name, len(c.Levels))
			}
			continue
		}
		for k, level := range c.Levels {
			if !used[k] || k > 0 && level <= c.Levels[k-1] {
				t.Errorf("column %q: level %q is out of order or in no row", c.Name, level)
			}
		}
	}
}

func TestDialects(t *testing.T) {
	const plain = "id,name,score\n1,ana,2.5\n2,luis,3.5\n3,eva,\n"
	same := lines(`id integer: 1 2 3`, `name category: "ana" "luis" "eva"`, `score number: 2.5 3.5 .`)
	replaced := func(old, with string) string { return strings.ReplaceAll(plain, old, with) }
	for _, test := range []struct {
		name, text, want string
		found            map[string]string
	}{
		{"comma", plain, same, map[string]string{"delimiter": ",", "line ends": "LF", "header": "yes", "encoding": "ASCII", "decimal": "point"}},
		{"semicolon", replaced(",", ";"), same, map[string]string{"delimiter": ";"}},
		{"tab", replaced(",", "\t"), same, map[string]string{"delimiter": "tab"}},
		{"pipe", replaced(",", "|"), same, map[string]string{"delimiter": "|"}},
		{"CRLF", replaced("\n", "\r\n"), same, map[string]string{"line ends": "CRLF"}},
		{"CR", replaced("\n", "\r"), same, map[string]string{"line ends": "CR"}},
		{"mixed line ends", "id,name,score\n1,ana,2.5\r\n2,luis,3.5\n3,eva,\n", same, map[string]string{"line ends": "mixed"}},
		{"no end", strings.TrimSuffix(plain, "\n"), same, nil},
		{"byte order mark", "\ufeff" + plain, same, map[string]string{"encoding": "UTF-8"}},
		{"decimal comma", "id;name;score\n1;ana;2,5\n2;luis;3,5\n3;eva;\n", same, map[string]string{"decimal": "comma", "delimiter": ";"}},
		{"decimal comma, quoted", "id,name,score\n1,ana,\"2,5\"\n2,luis,\"3,5\"\n3,eva,\n", same, map[string]string{"decimal": "comma", "delimiter": ","}},
		{"all quoted", "\"id\",\"name\",\"score\"\n\"1\",\"ana\",\"2.5\"\n\"2\",\"luis\",\"3.5\"\n\"3\",\"eva\",\"\"\n", same, map[string]string{"quote": `"`}},
		{"single quotes", "id,name,score\n1,'ana',2.5\n2,'luis',3.5\n3,'eva',\n", same, map[string]string{"quote": `'`}},
		{"blanks before quotes", "id, name, score\n1, \"ana\", 2.5\n2, \"luis\", 3.5\n3, \"eva\", \n", same, map[string]string{"quote": `"`}},
		{"announced delimiter", "sep=;\n" + replaced(",", ";"), same, map[string]string{"delimiter": ";"}},
		{"announced odd delimiter", "sep=^\r\n" + replaced(",", "^"), same, map[string]string{"delimiter": "^"}},
		{"blank lines", "\n\nid,name,score\n\n1,ana,2.5\n   \n2,luis,3.5\n3,eva,\n\n", same, nil},
		{"trailing delimiters", "id,name,score,\n1,ana,2.5,\n2,luis,3.5,\n3,eva,,\n", same, nil},
		{"trailing in the rows", "id,name,score\n1,ana,2.5,\n2,luis,3.5\n3,eva,,,\n", same, nil},
		{"trailing in the header", "id,name,score,\n1,ana,2.5\n2,luis,3.5\n3,eva,\n", same, nil},
		{"no header", "1,ana,2.5\n2,luis,3.5\n3,eva,\n",
			lines(`c1 integer: 1 2 3`, `c2 category: "ana" "luis" "eva"`, `c3 number: 2.5 3.5 .`), map[string]string{"header": "no"}},
		{"no header, words", "p,x\nq,x\np,y\nq,y\n", lines(`c1 category: "p" "q" "p" "q"`, `c2 category: "x" "x" "y" "y"`), map[string]string{"header": "no"}},
		{"counting header", "0,1,2\n5.5,6.5,x\n1.5,2.5,y\n", lines(`0 number: 5.5 1.5`, `1 number: 6.5 2.5`, `2 category: "x" "y"`), map[string]string{"header": "yes"}},
		{"years as names", "country,2019,2020,2021\nES,1.5,2.5,3\nFR,2.5,3.5,4\n",
			lines(`country category: "ES" "FR"`, `2019 number: 1.5 2.5`, `2020 number: 2.5 3.5`, `2021 integer: 3 4`), map[string]string{"header": "yes"}},
		{"words with header", "a,b\nx,y\nz,w\n", lines(`a category: "x" "z"`, `b category: "y" "w"`), map[string]string{"header": "yes"}},
		{"doubled quotes and line breaks", "a,b\n\"x \"\"y\"\"\",\"1\n2\"\n\"p,q\",\"3\r\n4\"\n",
			lines(`a category: "x \"y\"" "p,q"`, `b category: "1\n2" "3\r\n4"`), nil},
		{"backslash", "a,b\n\"x \\\"y\\\", z\",1\n\"p\\\\\",2\n", lines(`a category: "x \"y\", z" "p\\"`, `b integer: 1 2`), map[string]string{"quote": `" with \`}},
		{"quotes that are text", "size\tkind\n\"5\tx\n\"6\ty\n7\"\tx\n", lines(`size category: "\"5" "\"6" "7\""`, `kind category: "x" "y" "x"`), map[string]string{"quote": "none"}},
		{"quotes inside", "size,kind\n5\" pipe,x\n6\" pipe,y\n", lines(`size category: "5\" pipe" "6\" pipe"`, `kind category: "x" "y"`), nil},
		{"one column", "v\n7.5\n8\n", lines(`v number: 7.5 8`), map[string]string{"delimiter": "none"}},
		{"one column, decimal comma", "v\n7,5\n8,25\n9,1\n3,3\n4,1\n", lines(`v number: 7.5 8.25 9.1 3.3 4.1`), map[string]string{"delimiter": "none", "decimal": "comma"}},
		{"one column of sentences", "text\nhello, world\nwithout\n", lines(`text category: "hello, world" "without"`), map[string]string{"delimiter": "none"}},
		{"one row", "a,b\n1,x\n", lines(`a integer: 1`, `b category: "x"`), nil},
		{"one row, no header", "1,2.5\n", lines(`c1 integer: 1`, `c2 number: 2.5`), map[string]string{"header": "no"}},
		{"semicolons and commas", "Fecha;Temp\n13/01/1981;20,7\n14/01/1981;17,9\n",
			lines(`Fecha datetime: 1981-01-13T00:00:00 1981-01-14T00:00:00`, `Temp number: 20.7 17.9`), map[string]string{"delimiter": ";", "decimal": "comma", "dates": "dd/mm/yyyy"}},
		{"semicolons and commas, no header", "13/01/1981;20,7\n14/01/1981;17,9\n",
			lines(`c1 datetime: 1981-01-13T00:00:00 1981-01-14T00:00:00`, `c2 number: 20.7 17.9`), map[string]string{"delimiter": ";", "header": "no"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			tab, rep := read(t, test.text, Options{})
			checkTable(t, tab)
			if got := show(tab); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
			for what, want := range test.found {
				if got := rep.finding(what); got != want {
					t.Errorf("%s: got %q, want %q", what, got, want)
				}
			}
			for _, f := range rep.Findings {
				if f.Value == "" || f.Why == "" {
					t.Errorf("finding without value or reason: %+v", f)
				}
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	const text = "año,señal\n1,ñandú\n2,café\n"
	want := lines(`año integer: 1 2`, `señal category: "ñandú" "café"`)
	latin := func(s string) string {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r))
		}
		return string(b)
	}
	wide := func(s string, low, high int) string {
		var b []byte
		for _, r := range s {
			pair := [2]byte{}
			pair[low], pair[high] = byte(r), byte(r>>8)
			b = append(b, pair[:]...)
		}
		return string(b)
	}
	for _, test := range []struct{ name, text, encoding string }{
		{"UTF-8", text, "UTF-8"},
		{"UTF-8 with mark", "\xef\xbb\xbf" + text, "UTF-8"},
		{"Latin-1", latin(text), "Windows-1252"},
		{"UTF-16LE", wide("\ufeff"+text, 0, 1), "UTF-16LE"},
		{"UTF-16BE", wide("\ufeff"+text, 1, 0), "UTF-16BE"},
		{"UTF-16LE without mark", wide(text, 0, 1), "UTF-16LE"},
		{"UTF-16BE without mark", wide(text, 1, 0), "UTF-16BE"},
	} {
		tab, rep := read(t, test.text, Options{})
		if got := show(tab); got != want {
			t.Errorf("%s: got\n%swant\n%s", test.name, got, want)
		}
		if got := rep.finding("encoding"); got != test.encoding {
			t.Errorf("%s: got %s", test.name, got)
		}
	}
	tab, _ := read(t, "a,b\n1,\x80 5 \x93x\x94\n", Options{})
	if got, want := tab.Cols[1].Levels[0], "€ 5 “x”"; got != want {
		t.Errorf("Windows-1252: got %q, want %q", got, want)
	}
	tab, rep := read(t, "a,b\n1,ñ é ü\n2,\xf1\n", Options{})
	if got, want := show(tab), lines(`a integer: 1 2`, `b category: "ñ é ü" "ñ"`); got != want || rep.repaired(CodeBroken) != 1 {
		t.Errorf("broken UTF-8: got\n%s and %+v", got, rep.Repairs)
	}
	// A pair and a half: U+1F600, then a lone surrogate.
	tab, rep = read(t, "\xff\xfea\x00\n\x00\x3d\xd8\x00\xde\n\x00\x3d\xd8\n\x00", Options{})
	if got, want := show(tab), lines(`a category: "😀" "`+"\ufffd"+`"`); got != want || rep.repaired(CodeBroken) != 1 {
		t.Errorf("surrogates: got\n%s and %+v", got, rep.Repairs)
	}
}

// TestLateEncoding has its first byte above 127 far behind the head.
func TestLateEncoding(t *testing.T) {
	opt := Options{head: 64, chunk: 64}
	for _, test := range []struct{ late, encoding, want string }{
		{"\xf1and\xfa", "Windows-1252", "ñandú"}, {"ñandú", "UTF-8", "ñandú"},
	} {
		tab, rep := read(t, "a,b\n"+strings.Repeat("1,x\n", 100)+"2,"+test.late+"\n", opt)
		if got := tab.Cols[1].Label(100); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
		if got := rep.finding("encoding"); got != test.encoding {
			t.Errorf("got %q, want %q", got, test.encoding)
		}
	}
	// The head has a sequence that UTF-8 allows by accident; the rest says otherwise.
	tab, _ := read(t, "a,b\n1,\xc3\xa9\n"+strings.Repeat("1,x\n", 100)+"2,\xf1\xf1\xf1\n", opt)
	if got, want := tab.Cols[1].Label(0), "Ã©"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBadInput(t *testing.T) {
	garbage := make([]byte, 4000)
	for i := range garbage {
		garbage[i] = byte(i * 7919 >> 3)
	}
	for _, test := range []struct {
		name, text string
		opt        Options
		code       sadi.Code
		message    string // a part of it
	}{
		{"empty", "", Options{}, sadi.BadData, "the file is empty"},
		{"mark only", "\xef\xbb\xbf", Options{}, sadi.BadData, "the file is empty"},
		{"blank lines only", "\n \n\r\n", Options{}, sadi.BadData, "nothing but empty lines"},
		{"header only", "a,b,c\n", Options{}, sadi.BadData, "a header and no rows"},
		{"header only, no end", "a,b,c", Options{}, sadi.BadData, "a header and no rows"},
		{"binary", string(garbage), Options{}, sadi.BadData, "the file is no text"},
		{"zip", "PK\x03\x04\x14\x00\x00\x00", Options{}, sadi.BadData, "ZIP archive or an Excel"},
		{"parquet", "PAR1\x15\x04\x15", Options{}, sadi.BadData, "Parquet"},
		{"too few", "a,b,c\n1,2,3\n4,5\n6,7,8\n", Options{}, sadi.BadData, "line 3, row 2); look"},
		{"too few, how many", "a,b,c\n1,2,3\n4,5\n6,7,8\n", Options{}, sadi.BadData, "the row has 2 fields where 3 are expected"},
		{"too many", "a,b,c\n1,2,3\n\n4,5,6\n6,7,8,9\n", Options{}, sadi.BadData, "line 5, row 3"},
		{"too many, how many", "a,b,c\n1,2,3\n6,7,8,9,10\n", Options{}, sadi.BadData, "the row has 5 fields where 3 are expected"},
		{"lines in quotes count", "a,b,c\n\"1\n1\",2,3\n6,7\n", Options{}, sadi.BadData, "line 4, row 2"},
		{"JSON lines", `{"a":1,"b":"x"}` + "\n" + `{"a":2,"b":"y"}` + "\n", Options{}, sadi.BadData, "JSON"},
		{"web page", "\n<!DOCTYPE html>\n<html><body>404, not found</body></html>", Options{}, sadi.BadData, "a web page"},
		{"open quote", "a,b\n1,x\n2,\"y\n3,z\n4,w,v\n", Options{}, sadi.BadData, "never closed"},
		{"open quote in the header", "a,\"b\n1,2\n3,4,5\n", Options{}, sadi.BadData, "never closed"},
		{"long open quote in the header", "a,\"b\n" + strings.Repeat("1,2\n3,4,5\n", 1<<18), Options{}, sadi.LimitExceeded, "more than 1048576 bytes"},
		{"long field", "a,b\n1,x\n2," + strings.Repeat("y", 10<<20) + "\n", Options{}, sadi.LimitExceeded, "a field has 10485760 bytes"},
		{"long field in the header", "a," + strings.Repeat("y", 10<<20) + "\n1,2\n", Options{}, sadi.LimitExceeded, "a field has 10485760 bytes"},
		{"long open quote", "a,b\n1,x\n2,\"" + strings.Repeat("y\n", 5<<20), Options{}, sadi.LimitExceeded, "a field has more than"},
		{"too many columns", "a,b,c\n1,2,3\n", Options{MaxCols: 2}, sadi.LimitExceeded, "3 fields, more than 2"},
		{"too many bytes", "a,b,c\n1,2,3\n1,2,3\n", Options{MaxBytes: 10}, sadi.LimitExceeded, "longer than 10 bytes"},
		{"cut gzip", "\x1f\x8b\x08\x00\x00", Options{}, sadi.BadData, "damaged or cut off"},
		{"damaged zstd", "\x28\xb5\x2f\xfd\x00\x00\x00\x00\x00\x00", Options{}, sadi.BadData, "damaged or cut off"},
		{"column missing", "a,Agee\n1,2\n", Options{Schema: table.Schema{{Name: "age", Kind: table.Number}, {Name: "a"}}}, sadi.SchemaMismatch, `"age" (the nearest is "Agee")`},
		{"column asked for twice", "a\n1\n", Options{Schema: table.Schema{{Name: "a"}, {Name: "a"}}}, sadi.BadUsage, "twice"},
		{"word among numbers", "a,b\n1,2\n3,x y\n", Options{Schema: table.Schema{{Name: "b", Kind: table.Number}}}, sadi.SchemaMismatch, `row 2, column "b"`},
		{"word among dates", "a,b\n1,2024-05-05\n3,x\n", Options{Schema: table.Schema{{Name: "b", Kind: table.DateTime}}}, sadi.SchemaMismatch, `"x" is no date`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := Read(context.Background(), put(t, test.text), test.opt)
			var e *sadi.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, which is no *sadi.Error", err)
			}
			if e.Code != test.code || !strings.Contains(e.Error(), test.message) {
				t.Errorf("got %s %q, want %s with %q", e.Code, cut(e.Error()), test.code, test.message)
			}
			if e.Where == "" && test.code != sadi.BadUsage {
				t.Errorf("%v does not say where", e)
			}
		})
	}
	dir := t.TempDir()
	for path, code := range map[string]sadi.Code{filepath.Join(dir, "none.csv"): sadi.NotFound, dir: sadi.BadUsage, "-": sadi.BadUsage} {
		if _, _, err := Read(context.Background(), path, Options{}); sadi.CodeOf(err) != code {
			t.Errorf("%s: got %v, want %s", path, err, code)
		}
	}
}

func TestRepairs(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		codes            map[string]int
	}{
		{"names", "a,,a,a_2,\" b \",a\n1,2,3,4,5,6\n",
			lines("a integer: 1", "c2 integer: 2", "a_3 integer: 3", "a_2 integer: 4", "b integer: 5", "a_4 integer: 6"),
			map[string]int{CodeRenamed: 2, CodeUnnamed: 1, CodeTrimmedName: 1}},
		{"NUL bytes", "a,b\n1,x\x00y\n\x002,z\n", lines("a integer: 1 2", `b category: "xy" "z"`), map[string]int{CodeNUL: 2}},
		{"missing words", "a,b,c\n1,NA,x\n-,2024-01-01,-\n?,none,None\n3,,?\n", lines("a integer: 1 . . 3", "b datetime: . 2024-01-01T00:00:00 . .", `c category: "x" "-" "None" .`),
			map[string]int{CodeMissing: 5}},
		{"infinity", "a\n1\ninf\n-Infinity\n1e999\n2.5\n", lines("a number: 1 . . . 2.5"), map[string]int{CodeInfinite: 3}},
		{"all missing", "a,b\n1,\n2,NA\n", lines("a integer: 1 2", "b number: . ."), map[string]int{CodeAllMissing: 2, CodeMissing: 1}},
		{"blank lines", "\na\n\n1\n \n", lines("a integer: 1"), map[string]int{CodeBlankLines: 3}},
		{"trailing", "a,b\n1,2,\n3,4\n", lines("a integer: 1 3", "b integer: 2 4"), map[string]int{CodeTrailing: 1}},
		{"last column", "a,b,\n1,2,\n3,4,\n", lines("a integer: 1 3", "b integer: 2 4"), map[string]int{CodeEmptyLastName: 1, CodeUnnamed: 1}},
		{"stray quote", "a,b\n1,\"x\"y\n2,\"z\"\n", lines("a integer: 1 2", `b category: "xy" "z"`), map[string]int{CodeStrayQuote: 1}},
		{"trimmed", "a,b\n1, x\n2,x \n3,x\n", lines("a integer: 1 2 3", `b category: "x" "x" "x"`), map[string]int{CodeTrimmed: 2}},
		{"leading zeros", "a,b\n007,0.5\n\"08\",-01.5\n0,00.5\n", lines("a integer: 7 8 0", "b number: 0.5 -1.5 0.5"), map[string]int{CodeLeadingZeros: 3}},
		{"spellings", "a,b\n1,Yes\n2,no\n3,yes\n4,yes\n", lines("a integer: 1 2 3 4", `b boolean: "yes" "no" "yes" "yes"`), map[string]int{CodeSpellings: 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			tab, rep := read(t, test.text, Options{})
			checkTable(t, tab)
			if got := show(tab); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
			for code, want := range test.codes {
				if got := rep.repaired(code); got != want {
					t.Errorf("%s: got %d, want %d; %+v", code, got, want, rep.Repairs)
				}
			}
			total := 0
			for _, n := range test.codes {
				total += n
			}
			sum := 0
			for _, r := range rep.Repairs {
				sum += r.Count
				if r.Text == "" {
					t.Errorf("a repair without text: %+v", r)
				}
			}
			if sum != total {
				t.Errorf("got repairs %+v, want %v", rep.Repairs, test.codes)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	if _, _, err := Read(ctx, put(t, "a\n1\n"), Options{Pool: par.New(2)}); err != cause {
		t.Errorf("got %v, want the cause", err)
	}
}

// TestChangedFile changes a file between two passes.
func TestChangedFile(t *testing.T) {
	path := put(t, "a,b\n1,2\n")
	r, err := newReading(path, Options{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	if _, err := r.pass(t.Context(), r.plans); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"a,b\n1,3\n", "a\n1\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := r.pass(t.Context(), r.plans); sadi.CodeOf(err) != sadi.BadData {
			t.Errorf("got %v", err)
		}
	}
}

func TestSources(t *testing.T) {
	for _, start := range []string{"BZh91AY&SY\x00", "%PDF-1.7", "\xff\xfe\x00\x00a"} {
		if _, _, err := Read(t.Context(), put(t, start), Options{}); sadi.CodeOf(err) != sadi.BadData {
			t.Errorf("%q: got %v", start, err)
		}
	}
	for _, text := range []string{"BZh,b\n1,2\n", "PAR1,PAR2\n1,2\n", "Obj,b\n1,2\n"} { // names, not signatures
		tab, _ := read(t, text, Options{})
		if len(tab.Cols) != 2 {
			t.Errorf("%q: got %d columns", text, len(tab.Cols))
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"Age", "fare_paid", "sex", "cabin no."}
	for want, near := range map[string]string{"age": "Age", "farepaid": "fare_paid", "Cabin_No": "cabin no.", "zzz": "", "sexo": "sex"} {
		if got := nearest(want, names, nil); got != near {
			t.Errorf("%s: got %q, want %q", want, got, near)
		}
	}
}

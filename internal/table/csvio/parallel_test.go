package csvio

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/par"
	"sadi/internal/rng"
	"sadi/internal/table"
)

// mixed is a text with every kind of column, quoted line breaks, and columns whose first rows mislead.
func mixed(rows int, delim, decimal string) string {
	r := rng.New(3).Child("mixed").Rand()
	number := func(digits int) string {
		s := strings.Replace(strconv.FormatFloat(r.NormFloat64()*100, 'f', digits, 64), ".", decimal, 1)
		if decimal == delim {
			return `"` + s + `"`
		}
		return s
	}
	var b strings.Builder
	b.WriteString(strings.Join([]string{"id", "amount", "late number", "late word", "late decimals", "sparse", "city", "flag", "when",
		"note", "late date", "unique", "long"}, delim) + "\n")
	for i := range rows {
		late := i > rows/2
		pick := func(early, then string) string {
			if late {
				return then
			}
			return early
		}
		cells := []string{
			strconv.Itoa(i),
			number(2),
			pick("", number(3)),
			pick(strconv.Itoa(r.IntN(100)), []string{"7", "x"}[r.IntN(2)]),
			pick(strconv.Itoa(r.IntN(100)), number(1)),
			pick("", []string{"", "some \"\"odd\"\" words\nin lines", "other"}[r.IntN(3)]),
			[]string{"Madrid", "São Paulo", "\"Washington" + delim + " D.C.\"", " Roma", "NA"}[r.IntN(5)],
			[]string{"yes", "no", ""}[r.IntN(3)],
			fmt.Sprintf("%02d/%02d/2024", 1+r.IntN(28), 1+r.IntN(12)),
			fmt.Sprintf("\"a note of %d words\nand %d lines\"", r.IntN(1000), i),
			pick("01/02/2024", "02/28/2024"),
			fmt.Sprintf("u%07d", r.IntN(10000000)),
			[]string{"9007199254740993", "12"}[r.IntN(2)],
		}
		if strings.Contains(cells[5], "\n") {
			cells[5] = `"` + cells[5] + `"`
		}
		b.WriteString(strings.Join(cells, delim) + []string{"\n", "\r\n"}[r.IntN(2)])
		if r.IntN(50) == 0 {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// same compares two tables, NaN equal to itself.
func same(a, b *table.Table) error {
	if a.Rows != b.Rows || len(a.Cols) != len(b.Cols) {
		return fmt.Errorf("%d × %d, and %d × %d", a.Rows, len(a.Cols), b.Rows, len(b.Cols))
	}
	for j, x := range a.Cols {
		y := b.Cols[j]
		if x.Name != y.Name || x.Kind != y.Kind || x.Why != y.Why || x.Format != y.Format {
			return fmt.Errorf("column %+v, and %+v", x, y)
		}
		equal := slices.EqualFunc(x.Nums, y.Nums, func(v, w float64) bool { return math.Float64bits(v) == math.Float64bits(w) })
		if !equal || !slices.Equal(x.Codes, y.Codes) || !slices.Equal(x.Levels, y.Levels) {
			return fmt.Errorf("the values of column %q differ", x.Name)
		}
	}
	return nil
}

// TestWorkersAndChunksDoNotShow reads the same file in many ways.
func TestWorkersAndChunksDoNotShow(t *testing.T) {
	for name, text := range map[string]string{"comma": mixed(400, ",", "."), "semicolon": mixed(400, ";", ","), "quoted": mixed(400, ",", ",")} {
		path := put(t, text)
		var first *table.Table
		var report string
		chunks := []int{0, 1, 100, 1001, 10007}
		if testing.Short() {
			chunks = []int{0, 100}
		}
		for _, width := range []int{1, 2, 8} {
			for _, chunk := range chunks {
				// The types do not depend on the head either, as long as the delimiter is found in it.
				for _, head := range []int{0, 2000} {
					tab, rep, err := Read(context.Background(), path, Options{Pool: par.New(width), chunk: chunk, head: head})
					if err != nil {
						t.Fatal(err)
					}
					rep.Findings = slices.DeleteFunc(rep.Findings, func(f Finding) bool { return f.What == "delimiter" || f.What == "quote" || f.What == "header" })
					b, err := json.Marshal(rep)
					if err != nil {
						t.Fatal(err)
					}
					if first == nil {
						first, report = tab, string(b)
						checkTable(t, tab)
						var kinds []string
						for _, c := range tab.Cols {
							kinds = append(kinds, c.Kind.String())
						}
						want := "integer number number category number category category boolean datetime text datetime category category"
						if got := strings.Join(kinds, " "); got != want {
							t.Errorf("%s: got %s, want %s", name, got, want)
						}
						continue
					}
					if err := same(tab, first); err != nil {
						t.Errorf("%s: %d workers, chunk %d, head %d: %v", name, width, chunk, head, err)
					}
					if string(b) != report {
						t.Errorf("%s: %d workers, chunk %d, head %d: report\n%s\nwant\n%s", name, width, chunk, head, b, report)
					}
				}
			}
		}
	}
}

// TestFirstFaultWins has two bad rows; the error is about the first one, whoever comes to it first.
func TestFirstFaultWins(t *testing.T) {
	rows := strings.Repeat("1,2\n", 1000)
	path := put(t, "a,b\n"+rows+"1,2,3\n"+rows+"1\n"+rows)
	for range 20 {
		_, _, err := Read(context.Background(), path, Options{Pool: par.New(8), chunk: 64})
		if want := "line 1002, row 1001"; err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("got %v, want %s", err, want)
		}
	}
}

// TestManyWords lets dictionaries grow and give up.
func TestManyWords(t *testing.T) {
	r := rng.New(4).Child("words").Rand()
	rows := 120_000
	if testing.Short() {
		rows = 40_000
	}
	var b strings.Builder
	b.WriteString("id,unique,some,prefix\n")
	var unique, some, prefix []string
	for i := range rows {
		u := fmt.Sprintf("u%d%s", r.Uint64(), strings.Repeat("é", r.IntN(4)))
		s := strconv.FormatUint(uint64(r.IntN(20000)), 36) + "."
		p := fmt.Sprintf("https://example.org/items/%d", r.IntN(60000))
		unique, some, prefix = append(unique, u), append(some, s), append(prefix, p)
		fmt.Fprintf(&b, "%d,%s,%s,%s\n", i, u, s, p)
	}
	for _, width := range []int{1, 3} {
		tab, _ := read(t, b.String(), Options{Pool: par.New(width), chunk: 100_000})
		checkTable(t, tab)
		for name, want := range map[string][]string{"unique": unique, "some": some, "prefix": prefix} {
			c := tab.Column(name)
			for i, w := range want {
				if c.Label(i) != w {
					t.Fatalf("%s, row %d: got %q, want %q", name, i, c.Label(i), w)
				}
			}
		}
	}
}

// TestStreamIsRead reads blocks of every size and compares them with the whole table.
func TestStreamIsRead(t *testing.T) {
	ctx := context.Background()
	for _, delim := range []string{",", ";"} {
		path := put(t, mixed(300, delim, map[string]string{",": ".", ";": ","}[delim]))
		whole, _, err := Read(ctx, path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		schema := whole.Schema()
		slices.Reverse(schema)
		whole, report, err := Read(ctx, path, Options{Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		want := show(whole)
		for _, size := range []int{1, 7, 100, 1000} {
			for _, width := range []int{1, 3} {
				s, err := Open(ctx, path, Options{Schema: schema, Pool: par.New(width), chunk: 500})
				if err != nil {
					t.Fatal(err)
				}
				got, rows := gather(t, s, size)
				if got != want || rows != whole.Rows {
					t.Fatalf("blocks of %d by %d: %d rows\n%s\nwant\n%s", size, width, rows, cut(got), cut(want))
				}
				r := s.Report()
				if r.SHA256 != report.SHA256 || r.Bytes != report.Bytes || r.Rows != report.Rows || r.Cols != report.Cols {
					t.Errorf("got report %+v, want %+v", r, report)
				}
				for _, code := range RepairCodes() {
					// What occurs once in a table may occur in every block.
					if a, b := r.repaired(code), report.repaired(code); a != b && code != CodeSpellings {
						t.Errorf("blocks of %d: %s: got %d, want %d", size, code, a, b)
					}
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// gather shows all blocks of a stream as one table.
func gather(t *testing.T, s *Stream, size int) (text string, rows int) {
	t.Helper()
	var columns []strings.Builder
	for {
		block, err := s.Next(size)
		if block == nil {
			if err == nil || sadi.CodeOf(err) != sadi.Internal { // io.EOF is no *sadi.Error
				t.Fatalf("got %v at the end", err)
			}
			break
		}
		checkTable(t, block)
		if block.Rows > size {
			t.Fatalf("a block of %d rows, want at most %d", block.Rows, size)
		}
		if columns == nil {
			columns = make([]strings.Builder, len(block.Cols))
		}
		for j, c := range block.Cols {
			line := show(&table.Table{Cols: []*table.Column{c}})
			head := fmt.Sprintf("%s %s:", c.Name, c.Kind)
			if rows == 0 {
				columns[j].WriteString(head)
			}
			columns[j].WriteString(strings.TrimSuffix(strings.TrimPrefix(line, head), "\n"))
		}
		rows += block.Rows
	}
	var b strings.Builder
	for j := range columns {
		b.WriteString(columns[j].String() + "\n")
	}
	return b.String(), rows
}

func TestStreamErrors(t *testing.T) {
	ctx := context.Background()
	schema := table.Schema{{Name: "b", Kind: table.Number}}
	rows := strings.Repeat("1,2.5\n", 500)
	for _, test := range []struct {
		text, want string
		code       sadi.Code
	}{
		{"a,c\n1,2\n", `lacks 1 needed column: "b"`, sadi.SchemaMismatch},
		{"a,b\n" + rows + "1,x\n" + rows + "1,y\n", `"x" is no number`, sadi.SchemaMismatch},
		{"a,b\n" + rows + "1,x\n" + rows, `line 502, row 501, column "b"`, sadi.SchemaMismatch},
		{"a,b\n" + rows + "1,\"2,5\"\n" + rows, `line 502, row 501, column "b"`, sadi.SchemaMismatch},
		{"a,b\n" + rows + "1,2,3\n" + rows, "line 502, row 501", sadi.BadData},
	} {
		for _, width := range []int{1, 3} {
			s, err := Open(ctx, put(t, test.text), Options{Schema: schema, Pool: par.New(width), chunk: 100, head: 100})
			for err == nil {
				_, err = s.Next(10)
			}
			if sadi.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %s %v, want %s %q", sadi.CodeOf(err), err, test.code, test.want)
			}
			if s != nil {
				if _, again := s.Next(10); again != err {
					t.Errorf("after %v came %v", err, again)
				}
				s.Close()
			}
		}
	}
	if _, err := Open(ctx, put(t, "a\n1\n"), Options{}); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("without a schema: got %v", err)
	}
	s, err := Open(ctx, put(t, "b\n"), Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, rows := gather(t, s, 5); rows != 0 {
		t.Errorf("got %d rows %s of a header", rows, got)
	}
}

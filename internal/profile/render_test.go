package profile

import (
	"bytes"
	"context"
	"flag"
	"os"
	"strings"
	"testing"

	"sadi/internal/table"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden")

func rendered(t *testing.T, p *Profile, opt TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, p, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sample(t *testing.T) *Profile {
	t.Helper()
	tab := sketch("customer_id:u", "joined:d", "age:i40", "balance:n", "Año de la última visita al establecimiento:i12", "city:c30", "notes:t", "churn:b")
	tab.Cols = append(tab.Cols, cycle("const", 600, 1, 7), derived("churn score", table.Number, tab.Column("churn"), func(i int, v float64) float64 { return v + float64(i%9)/10 }))
	tab.Cols[3].Nums[5] = nan
	p, err := Inspect(context.Background(), tab, Options{Target: "churn"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTextGolden(t *testing.T) {
	got := rendered(t, sample(t), TextOptions{Width: 96})
	const file = "testdata/text.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTextKeepsToTheWidth(t *testing.T) {
	p := sample(t)
	p.Target = nil
	for _, width := range []int{0, 1, 60, 80, 120, 300} {
		limit := max(width, 60)
		if width == 0 {
			limit = 100
		}
		for _, line := range strings.Split(rendered(t, p, TextOptions{Width: width}), "\n") {
			if columns(line) > limit {
				t.Errorf("width %d: %d columns: %s", width, columns(line), line)
			}
			if strings.TrimRight(line, " ") != line || strings.Contains(line, "\x1b") {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
	if colored := rendered(t, p, TextOptions{Color: true}); !strings.Contains(colored, "\x1b[31m") {
		t.Error("no colour though asked for")
	}
}

func TestTextOfNothing(t *testing.T) {
	got := rendered(t, &Profile{}, TextOptions{})
	for _, want := range []string{"0 rows, 0 columns", "nothing was found", "--target COLUMN"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestTextReportsTheWriter(t *testing.T) {
	if err := Text(fullDisk{}, sample(t), TextOptions{}); err != os.ErrClosed {
		t.Errorf("got %v", err)
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"a\nb\tc", 5, "a b c"}, {"\xff\xfe", 5, "��"}, {"", 3, ""}, {strings.Repeat("ñ", 100), 5, "ññññ…"}} {
		if got := shorten(c.in, c.n); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestNumbersForPeople(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s", n, got)
		}
	}
	for share, want := range map[float64]string{0: "0 %", 1: "100 %", 0.5: "50 %", 0.99999: "99.9 %", 0.001: "0.1 %", 1e-9: "less than 0.01 %"} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %s, want %s", share, got, want)
		}
	}
	for v, want := range map[float64]string{0: "1970-01-01", 86400: "1970-01-02", 1.5: "1970-01-01 00:00:01", -86400: "1969-12-31", 1e300: "1e+300"} {
		if got := formatValue(v, table.DateTime); got != want {
			t.Errorf("formatValue(%v) = %s, want %s", v, got, want)
		}
	}
}

package csvio

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/table"
)

func TestParseCell(t *testing.T) {
	for _, c := range []struct {
		kind   table.Kind
		format string
		text   string
		want   float64
		bad    bool
	}{
		{table.Number, "", " 12.5 ", 12.5, false},
		{table.Number, "", "-1e3", -1000, false},
		{table.Number, "1234,5", "12,5", 12.5, false},
		{table.Number, "1.234,5", "1.234", 1234, false},
		{table.Number, "", "1.234", 1.234, false},
		{table.Number, "", "12,5", 12.5, false},
		{table.Number, "", "NaN", math.NaN(), false},
		{table.Number, "", "", math.NaN(), false},
		{table.Number, "", "1e999", 0, true},
		{table.Integer, "", "twelve", 0, true},
		{table.DateTime, "", "1970-01-02", 86400, false},
		{table.DateTime, "dd/mm/yyyy", "02/01/1970", 86400, false},
		{table.DateTime, "mm/dd/yyyy", "01/02/1970 00:00:01", 86401, false},
		{table.DateTime, "dd/mm/yyyy", "1970-01-02T01:00:00+01:00", 86400, false},
		{table.DateTime, "", "2026-13-45", 0, true},
		{table.Boolean, "", "YES", 1, false},
		{table.Boolean, "", "falso", 0, false},
		{table.Boolean, "", "1", 1, false},
		{table.Boolean, "", "?", math.NaN(), false},
		{table.Boolean, "", "perhaps", 0, true},
	} {
		got, err := ParseCell(table.Field{Name: "x", Kind: c.kind, Format: c.format}, c.text)
		if c.bad != (err != nil) || !c.bad && got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s %q as %q: got %v, %v; want %v, an error %v", c.kind, c.text, c.format, got, err, c.want, c.bad)
		}
	}
	if !MissingWord("") || !MissingWord("NA") || MissingWord("Paris") {
		t.Error("missing words are told wrongly")
	}
}

// TestFolderThatMayNotBeLeft reads through a root that symbolic links can not lead out of.
func TestFolderThatMayNotBeLeft(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	for _, path := range []string{filepath.Join(outside, "secret.csv"), filepath.Join(inside, "a.csv")} {
		if err := os.WriteFile(path, []byte("a;b b;a\n1;x;2\n2;y;3\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(outside, "secret.csv"), filepath.Join(inside, "link.csv")); err != nil {
		t.Skip("no symbolic links here:", err) // Windows without the right to make them
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	got, err := Names("a.csv", Options{FS: root.FS()})
	if err != nil || !slices.Equal(got, []string{"a", "b b", "a_2"}) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, _, err := Read(t.Context(), "a.csv", Options{FS: root.FS()}); err != nil {
		t.Error(err)
	}
	if _, _, err := Read(t.Context(), "link.csv", Options{FS: root.FS()}); sadi.CodeOf(err) != sadi.Unavailable {
		t.Errorf("a link that leads out: %v", err)
	}
}

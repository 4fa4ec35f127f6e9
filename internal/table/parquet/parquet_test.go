package parquet_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/table/parquet"
	"sadi/internal/table/parquet/parquettest"
)

func encode(t *testing.T, columns []parquet.Column) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := parquet.Write(&b, columns); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sample(rows int) []parquet.Column {
	c := []parquet.Column{{Name: "row", Ints: []int64{}}, {Name: "target, ñ `x`", Strings: []string{}}, {Name: "proba_>50K", Floats: []float64{}}, {Name: "a", Floats: []float64{}}}
	words := []string{"No", "Yes", "", "días"}
	for i := range rows {
		c[0].Ints = append(c[0].Ints, int64(i*7-3))
		c[1].Strings = append(c[1].Strings, words[i%len(words)])
		c[2].Floats = append(c[2].Floats, 1/float64(i+1))
		c[3].Floats = append(c[3].Floats, math.Pow(-10, float64(i%300)))
	}
	if rows > 5 {
		c[3].Floats[5] = math.NaN()
		c[0].Ints[2] = math.MinInt64
	}
	return c
}

func TestColumnsComeBack(t *testing.T) {
	for _, rows := range []int{0, 1, 6, 40_000} {
		path := filepath.Join(t.TempDir(), "x.parquet")
		want := sample(rows)
		if err := os.WriteFile(path, encode(t, want), 0o666); err != nil {
			t.Fatal(err)
		}
		got := parquettest.Read(t, path)
		if len(got) != len(want) {
			t.Fatalf("got %d columns", len(got))
		}
		for i := range want {
			g, w := got[i], want[i]
			// %v tells NaN from numbers, and every float64 from every other
			if g.Name != w.Name || fmt.Sprint(g.Floats, g.Ints, g.Strings) != fmt.Sprint(w.Floats, w.Ints, w.Strings) {
				t.Errorf("%d rows: column %q does not come back", rows, w.Name)
			}
		}
	}
}

func TestBytesDependOnTheColumnsAlone(t *testing.T) {
	first := encode(t, sample(40_000))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if !bytes.Equal(first, encode(t, sample(40_000))) {
		t.Error("one thread gives other bytes")
	}
	if text := string(first); strings.Contains(text, "parquet-go") || !strings.Contains(text, "sadi version 1") {
		t.Error("the file tells which library wrote it")
	}
}

func TestWriteRefuses(t *testing.T) {
	for name, columns := range map[string][]parquet.Column{
		"no column": nil, "no name": {{Ints: []int64{1}}}, "a name twice": {{Name: "a", Ints: []int64{1}}, {Name: "a", Floats: []float64{1}}},
		"two types": {{Name: "a", Ints: []int64{1}, Floats: []float64{1}}}, "lengths": {{Name: "a", Ints: []int64{1}}, {Name: "b", Ints: []int64{1, 2}}},
	} {
		if err := parquet.Write(&bytes.Buffer{}, columns); sadi.CodeOf(err) != sadi.Internal {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

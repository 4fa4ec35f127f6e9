package profile

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sadi/internal/rng"
	"sadi/internal/table"
)

type header struct {
	name, target string
	table        *table.Table
}

func readHeaders(t *testing.T) []header {
	t.Helper()
	data, err := os.ReadFile("testdata/headers.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []header
	for n, line := range strings.Split(string(data), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 3 {
			t.Fatalf("line %d: %q", n+1, line)
		}
		h := header{name: parts[0], target: parts[1], table: &table.Table{Rows: 600}}
		for _, item := range strings.Split(parts[2], ", ") {
			at := strings.LastIndexByte(item, ':')
			h.table.Cols = append(h.table.Cols, made(item[:at], item[at+1:], h.table.Rows, rng.New(1).Child(h.name+"/"+item)))
		}
		out = append(out, h)
	}
	return out
}

// made is a column of a kind of testdata/headers.txt with random values.
func made(name, kind string, rows int, s rng.Stream) *table.Column {
	r := s.Rand()
	count, _ := strconv.Atoi(kind[1:])
	nums := func(k table.Kind, value func(i int) float64) *table.Column {
		c := &table.Column{Name: name, Kind: k}
		for i := range rows {
			c.Nums = append(c.Nums, value(i))
		}
		return c
	}
	words := func(k table.Kind, value func(i int) string) *table.Column {
		var v []string
		for i := range rows {
			v = append(v, value(i))
		}
		return wordColumn(name, k, v)
	}
	switch kind[0] {
	case 'n':
		return nums(table.Number, func(int) float64 { return math.Round(r.NormFloat64()*1000) / 100 })
	case 'i':
		if count == 0 {
			count = 90000
		}
		return nums(table.Integer, func(int) float64 { return float64(r.IntN(count)) })
	case 'u':
		return nums(table.Integer, func(i int) float64 { return float64(i + 1) })
	case 'd':
		return nums(table.DateTime, func(i int) float64 { return 1.6e9 + 86400*float64(i) })
	case 'f':
		return words(table.Boolean, func(i int) string { return strconv.Itoa(r.IntN(2)) })
	case 'b':
		return words(table.Boolean, func(i int) string { return []string{"no", "yes"}[r.IntN(2)] })
	case 'c':
		return words(table.Category, func(i int) string { return fmt.Sprintf("level %d", r.IntN(count)) })
	case 'h':
		return words(table.Category, func(i int) string { return fmt.Sprintf("word %d", r.IntN(400)) })
	case 'U':
		return words(table.Category, func(i int) string { return fmt.Sprintf("%04d-AB%c", i, 'A'+i%7) })
	case 't':
		return words(table.Text, func(i int) string { return fmt.Sprintf("some free words %d and %d", i, r.IntN(99)) })
	}
	panic("unknown kind " + kind)
}

// wordColumn is a column of words, sorted as a table has them.
func wordColumn(name string, kind table.Kind, values []string) *table.Column {
	c := &table.Column{Name: name, Kind: kind}
	for _, v := range values {
		if v != "" {
			c.Levels = append(c.Levels, v)
		}
	}
	slices.Sort(c.Levels)
	c.Levels = slices.Compact(c.Levels)
	for _, v := range values {
		k, ok := slices.BinarySearch(c.Levels, v)
		if !ok {
			k = -1
		}
		c.Codes = append(c.Codes, int32(k))
	}
	return c
}

func TestTargetsOfKnownHeaders(t *testing.T) {
	var clear, targets, silent, quiet, first int
	var squares float64
	headers := readHeaders(t)
	for _, h := range headers {
		cols, err := Describe(context.Background(), h.table, nil)
		if err != nil {
			t.Fatal(err)
		}
		found, err := Targets(context.Background(), h.table, cols, TargetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		best, confidence := "-", 0.0
		if len(found) > 0 {
			best, confidence = found[0].Column, found[0].Confidence
		}
		if h.target == "-" {
			silent++
			if !Clear(found) {
				quiet++
			} else {
				t.Errorf("%s: sure of %q (%.2f: %s), want no target", h.name, best, confidence, found[0].Why)
			}
			squares += confidence * confidence
			continue
		}
		targets++
		right := 0.0
		if best == h.target {
			right = 1
			first++
		}
		squares += (confidence - right) * (confidence - right)
		switch {
		case Clear(found) && best != h.target:
			t.Errorf("%s: sure of %q (%.2f), want %q", h.name, best, confidence, h.target)
		case Clear(found):
			clear++
		default:
			t.Logf("%s: unsure: %v", h.name, found)
		}
	}
	t.Logf("targets: %d of %d first, %d clear; none: %d of %d quiet; Brier score %.3f", first, targets, clear, quiet, silent, squares/float64(len(headers)))
	if got, want := float64(clear)/float64(targets), 0.9; got < want {
		t.Errorf("clear for %.2f of the tables with a target, want at least %.2f", got, want)
	}
	if got, want := squares/float64(len(headers)), 0.06; got > want {
		t.Errorf("Brier score %.3f, want at most %.2f", got, want)
	}
}

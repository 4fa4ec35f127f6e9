package artifact

import (
	"regexp"
	"testing"
	"time"
)

func TestNewID(t *testing.T) {
	now := time.Date(2026, 5, 6, 9, 8, 7, 0, time.FixedZone("", 7200))
	for file, want := range map[string]string{
		"data/incoming/Ventas 2024.csv.gz": "ventas-2024",
		"../..":                            "data",
		"ñandú.csv":                        "and",
		"":                                 "data",
		"a-very-long-name-that-goes-on-and-on-for-ever-and-a-day": "a-very-long-name-that-goes-on-and-on-for",
	} {
		got := NewID(file, now)
		if !regexp.MustCompile(`^20260506-070807-` + want + `-[0-9a-f]{8}$`).MatchString(got) {
			t.Errorf("%q: got %q, want …-%s-…", file, got, want)
		}
	}
	seen := map[string]bool{}
	for range 1000 {
		seen[NewID("a.csv", now)] = true
	}
	if len(seen) < 999 { // two equal ones of a thousand: once in 8,600 runs
		t.Errorf("%d names of 1000 jobs are distinct", len(seen))
	}
}

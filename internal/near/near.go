// Package near finds the names that a mistyped name may have meant.
package near

import (
	"cmp"
	"slices"
	"strings"
)

// longest is the length in bytes beyond which a name is near to none: no name that people type is longer.
const longest = 64

// Names are up to five of the names that are few edits from name or contain it, the nearest first; case does not matter.
// Names that are equally near stay in the order of all.
func Names(name string, all []string) []string {
	key := strings.ToLower(name)
	if key == "" || len(key) > longest {
		return nil
	}
	type found struct {
		name     string
		distance int
	}
	var close []found
	for _, a := range all {
		low := strings.ToLower(a)
		if len(low) > longest {
			continue
		}
		d := edits(key, low)
		if d <= max(1, len(key)/3) || len(key) > 2 && strings.Contains(low, key) {
			close = append(close, found{a, d})
		}
	}
	slices.SortStableFunc(close, func(a, b found) int { return cmp.Compare(a.distance, b.distance) })
	out := make([]string, 0, 5)
	for _, f := range close[:min(len(close), 5)] {
		out = append(out, f.name)
	}
	return out
}

// edits is the number of bytes to insert, delete or replace to make b of a (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

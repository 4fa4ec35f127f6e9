package csvio

import (
	"fmt"
	"strings"

	"sadi"
	"sadi/internal/table"
)

// fieldsOf gives each column of the file its field of the schema, nil for a column that is not needed; the result is
// nil without a schema. order lists the columns of the file in the order of the schema.
func fieldsOf(schema table.Schema, names []string, path string) (fields []*table.Field, order []int, err error) {
	if schema == nil {
		return nil, nil, nil
	}
	if err := missingColumns(schema, names, path); err != nil {
		return nil, nil, err
	}
	at := make(map[string]int, len(names))
	for j, n := range names {
		at[n] = j
	}
	fields = make([]*table.Field, len(names))
	for i := range schema {
		j := at[schema[i].Name]
		if fields[j] != nil {
			return nil, nil, sadi.Errorf(sadi.BadUsage, "the schema names the column %q twice", schema[i].Name)
		}
		fields[j] = &schema[i]
		order = append(order, j)
	}
	return fields, order, nil
}

// missingColumns is the error of a schema that is not met, or nil.
func missingColumns(schema table.Schema, names []string, path string) error {
	have := make(map[string]bool, len(names))
	for _, n := range names {
		have[n] = true
	}
	wanted := make(map[string]bool, len(schema))
	for _, f := range schema {
		wanted[f.Name] = true
	}
	var lacking []string
	for _, f := range schema {
		if have[f.Name] {
			continue
		}
		text := fmt.Sprintf("%q", f.Name)
		if near := nearest(f.Name, names, wanted); near != "" {
			text += fmt.Sprintf(" (the nearest is %q)", near)
		}
		lacking = append(lacking, text)
	}
	if len(lacking) == 0 {
		return nil
	}
	return sadi.Errorf(sadi.SchemaMismatch, "the file lacks %s: %s", plural(len(lacking), "needed column"), list(lacking)).
		At("%s", path).Advise("add or rename columns; the file has %s", list(names))
}

// nearest is the column most like the wanted one, in no use otherwise: equal but for letter case and punctuation, or
// with the fewest edits, at most a third of its length.
func nearest(want string, names []string, wanted map[string]bool) string {
	best, fewest := "", len(want)/3+1
	for _, n := range names {
		if wanted[n] || len(n) > 2*len(want)+2 {
			continue
		}
		edits := editDistance(plainName(want), plainName(n))
		if edits < fewest {
			best, fewest = n, edits
		}
	}
	return best
}

func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-.", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// editDistance is the least number of insertions, deletions and replacements (Wagner and Fischer, 1974).
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		corner := row[0]
		row[0] = i + 1
		for j := range y {
			cost := corner
			if x[i] != y[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, corner+1)
		}
	}
	return row[len(y)]
}

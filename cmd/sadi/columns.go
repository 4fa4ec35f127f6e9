package main

import (
	"os"
	"slices"
	"strings"

	"sadi/internal/table/csvio"
)

// columnList is an option that names columns, separated by commas or given several times. Unlike pflag's lists it takes
// quotes as they are, since names have them.
type columnList struct{ names []string }

func (l *columnList) String() string { return strings.Join(l.names, ",") }

func (l *columnList) Type() string { return "columns" }

// Set adds the names of one option.
func (l *columnList) Set(text string) error {
	l.names = append(l.names, strings.Split(text, ",")...)
	return nil
}

// resolve puts names together again that have commas themselves, as the header of the file shows. A file that can not
// be read leaves them as they are: whoever reads it next says why.
func (l *columnList) resolve(file string) []string {
	if info, err := os.Stat(file); len(l.names) < 2 || err != nil || !info.Mode().IsRegular() {
		return l.names
	}
	columns, err := csvio.Names(file, csvio.Options{})
	if err != nil {
		return l.names
	}
	return joinNames(l.names, columns)
}

// joinNames joins neighbours, the longest run first, that make the name of a column.
func joinNames(pieces, columns []string) []string {
	var out []string
	for len(pieces) > 0 {
		n := len(pieces)
		for n > 1 && !slices.Contains(columns, strings.TrimSpace(strings.Join(pieces[:n], ","))) {
			n--
		}
		name := strings.Join(pieces[:n], ",")
		if !slices.Contains(columns, name) {
			name = strings.TrimSpace(name)
		}
		out = append(out, name)
		pieces = pieces[n:]
	}
	return out
}

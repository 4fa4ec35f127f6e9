// Package table holds typed columns with missing values, as they come from a file and before anything is learned.
//
// A Table is read-only once built. Values are stored by kind:
//
//	Number, Integer   Nums  the value; NaN = missing; never ±Inf
//	DateTime          Nums  seconds since 1970-01-01 UTC; NaN = missing
//	Boolean           Codes 0 = false, 1 = true, -1 = missing; Levels = the two words as written, false first
//	Category, Text    Codes index into Levels, -1 = missing; Levels sorted by bytes, distinct, each used at least once
package table

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"sadi"
	"sadi/internal/near"
)

// Kind is the type of a column.
type Kind uint8

// The kinds of column.
const (
	Number Kind = iota
	Integer
	Boolean
	Category
	DateTime
	Text
)

var kindNames = [...]string{"number", "integer", "boolean", "category", "datetime", "text"}

// String is the kind's name as it stands in schemas and manifests.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ParseKind is the inverse of String.
func ParseKind(s string) (Kind, error) {
	for i, n := range kindNames {
		if n == s {
			return Kind(i), nil
		}
	}
	return 0, fmt.Errorf("unknown column kind %q", s)
}

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the kind's name.
func (k *Kind) UnmarshalText(b []byte) (err error) { *k, err = ParseKind(string(b)); return err }

// Numeric reports whether values of the kind are stored in Nums.
func (k Kind) Numeric() bool { return k == Number || k == Integer || k == DateTime }

// Column is one named, typed column.
type Column struct {
	Name   string
	Kind   Kind
	Why    string // the reason for the kind, one sentence
	Format string // how the file writes the values, where that is not the usual way: "dd/mm/yyyy", "1.234,5"
	Nums   []float64
	Codes  []int32
	Levels []string
}

// Len is the number of rows.
func (c *Column) Len() int {
	if c.Kind.Numeric() {
		return len(c.Nums)
	}
	return len(c.Codes)
}

// Missing reports whether row i has no value.
func (c *Column) Missing(i int) bool {
	if c.Kind.Numeric() {
		return math.IsNaN(c.Nums[i])
	}
	return c.Codes[i] < 0
}

// Label is row i as a word: the level of a category, text or boolean; "" when missing. It panics on a numeric column.
func (c *Column) Label(i int) string {
	if k := c.Codes[i]; k >= 0 {
		return c.Levels[k]
	}
	return ""
}

// Table is columns of equal length.
type Table struct {
	Cols []*Column
	Rows int
}

// Column returns the column called name, or nil.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Cols {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Take is the given rows of the named columns, which must exist, in these orders. Levels are shared with t.
func (t *Table) Take(names []string, rows []int) *Table {
	out := &Table{Rows: len(rows)}
	for _, name := range names {
		out.Cols = append(out.Cols, t.Column(name).take(rows))
	}
	return out
}

func (c *Column) take(rows []int) *Column {
	out := *c
	if c.Kind.Numeric() {
		out.Nums = make([]float64, len(rows))
		for i, r := range rows {
			out.Nums[i] = c.Nums[r]
		}
		return &out
	}
	out.Codes = make([]int32, len(rows))
	for i, r := range rows {
		out.Codes[i] = c.Codes[r]
	}
	return &out
}

// Permuted is the table with the values of one column exchanged among the rows: row i gets the value of row perm[i].
func (t *Table) Permuted(name string, perm []int) *Table {
	out := &Table{Rows: t.Rows, Cols: slices.Clone(t.Cols)}
	for j, c := range t.Cols {
		if c.Name == name {
			out.Cols[j] = c.take(perm)
		}
	}
	return out
}

// NoColumn is the error for a name that no column has: it says which it may mean, or lists those that there are.
func (t *Table) NoColumn(name string) *sadi.Error {
	const most = 12
	var names []string
	for _, c := range t.Cols {
		names = append(names, c.Name)
	}
	err := sadi.Errorf(sadi.NotFound, "there is no column %q", name)
	if close := near.Names(name, names); len(close) > 0 {
		return err.Advise("did you mean %q?", close[0])
	}
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return err.Advise("the columns are %s", strings.Join(names, ", "))
}

// Field is a column's place in a schema.
type Field struct {
	Name   string `json:"name"`             // the name of the column
	Kind   Kind   `json:"kind"`             // its type
	Why    string `json:"why,omitempty"`    // one sentence: the reason for the type
	Format string `json:"format,omitempty"` // how the file writes the values, where that is not the usual way: "dd/mm/yyyy", "1.234,5"
}

// Schema lists the columns of a table in order.
type Schema []Field

// Schema is the schema of the table.
func (t *Table) Schema() Schema {
	s := make(Schema, len(t.Cols))
	for i, c := range t.Cols {
		s[i] = Field{c.Name, c.Kind, c.Why, c.Format}
	}
	return s
}

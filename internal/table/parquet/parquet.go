// Package parquet writes named columns of numbers and words as an Apache Parquet file whose bytes depend on the columns
// alone: no time, no host, no version of a library.
package parquet

import (
	"io"
	"slices"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/snappy"

	"sadi"
)

// Column is one column of a file. At most one of the lists is set; it is the type of the column. NaN stays NaN.
type Column struct {
	Name    string
	Floats  []float64 // DOUBLE
	Ints    []int64   // INT64
	Strings []string  // BYTE_ARRAY, UTF8; without a dictionary, whose run lengths the library finds otherwise on amd64 than elsewhere
}

func (c *Column) rows() int { return max(len(c.Floats), len(c.Ints), len(c.Strings)) }

// pageRows is how many values are handed over at once; it bounds the memory that a conversion takes.
const pageRows = 1 << 14

// portableSnappy is Snappy by an encoder that finds the same matches on every processor; the usual one is assembly that
// differs between them.
type portableSnappy struct{ snappy.Codec }

// Encode compresses src.
func (*portableSnappy) Encode(dst, src []byte) ([]byte, error) {
	return s2.EncodeSnappyBest(dst, src), nil
}

// Write writes the columns in their order as one row group, compressed with Snappy. Columns of different lengths, names
// that are empty or stand twice, and a file without columns are errors.
func Write(w io.Writer, columns []Column) error {
	if err := check(columns); err != nil {
		return err
	}
	schema := parquet.NewSchema("sadi", newRow(columns))
	// The statistics of a page are computed in the order of its values, so they depend on the columns alone too.
	out := parquet.NewWriter(w, schema, parquet.CreatedBy("sadi", "1", "0"), parquet.Compression(&portableSnappy{}))
	for i, column := range out.ColumnWriters() {
		if err := writeColumn(column, &columns[i]); err != nil {
			return err
		}
	}
	return out.Close()
}

func check(columns []Column) error {
	if len(columns) == 0 {
		return sadi.Errorf(sadi.Internal, "a Parquet file needs a column")
	}
	seen := map[string]bool{}
	for _, c := range columns {
		set := 0
		for _, has := range []bool{c.Floats != nil, c.Ints != nil, c.Strings != nil} {
			if has {
				set++
			}
		}
		switch {
		case c.Name == "" || seen[c.Name]:
			return sadi.Errorf(sadi.Internal, "the column name %q is empty or stands twice", c.Name)
		case set > 1:
			return sadi.Errorf(sadi.Internal, "column %q has two types", c.Name)
		case c.rows() != columns[0].rows():
			return sadi.Errorf(sadi.Internal, "column %q has %d rows and column %q %d", c.Name, c.rows(), columns[0].Name, columns[0].rows())
		}
		seen[c.Name] = true
	}
	return nil
}

func writeColumn(w *parquet.ColumnWriter, c *Column) error {
	values := make([]parquet.Value, 0, min(c.rows(), pageRows))
	for lo := 0; lo < c.rows(); lo += pageRows {
		hi := min(lo+pageRows, c.rows())
		values = values[:0]
		for i := lo; i < hi; i++ {
			values = append(values, c.value(i))
		}
		if _, err := w.WriteRowValues(values); err != nil {
			return err
		}
	}
	return nil
}

func (c *Column) value(i int) parquet.Value {
	switch {
	case c.Ints != nil:
		return parquet.Int64Value(c.Ints[i])
	case c.Strings != nil:
		return parquet.ByteArrayValue([]byte(c.Strings[i]))
	}
	return parquet.DoubleValue(c.Floats[i])
}

func (c *Column) node() parquet.Node {
	switch {
	case c.Ints != nil:
		return parquet.Leaf(parquet.Int64Type)
	case c.Strings != nil:
		return parquet.Encoded(parquet.String(), &parquet.Plain)
	}
	return parquet.Leaf(parquet.DoubleType)
}

// row is a group that keeps the order of its columns; parquet.Group sorts them by name.
type row struct {
	parquet.Group
	order map[string]int
}

func newRow(columns []Column) row {
	r := row{parquet.Group{}, map[string]int{}}
	for i := range columns {
		r.Group[columns[i].Name] = columns[i].node()
		r.order[columns[i].Name] = i
	}
	return r
}

// Fields are the columns in the order of the file.
func (r row) Fields() []parquet.Field {
	fields := r.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int { return r.order[a.Name()] - r.order[b.Name()] })
	return fields
}

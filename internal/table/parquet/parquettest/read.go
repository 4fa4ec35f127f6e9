// Package parquettest reads back what package parquet wrote.
package parquettest

import (
	"errors"
	"io"
	"os"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"sadi/internal/table/parquet"
)

// Read reads all columns of a file.
func Read(t *testing.T, path string) []parquet.Column {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := pq.OpenFile(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	var columns []parquet.Column
	for i, field := range file.Root().Columns() {
		c := parquet.Column{Name: field.Name()}
		for _, group := range file.RowGroups() {
			if err := add(&c, field.Type().Kind(), group.ColumnChunks()[i]); err != nil {
				t.Fatal(err)
			}
		}
		columns = append(columns, c)
	}
	return columns
}

func add(c *parquet.Column, kind pq.Kind, chunk pq.ColumnChunk) error {
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		values := make([]pq.Value, page.NumValues())
		if _, err := page.Values().ReadValues(values); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for _, v := range values {
			switch kind {
			case pq.Double:
				c.Floats = append(c.Floats, v.Double())
			case pq.Int64:
				c.Ints = append(c.Ints, v.Int64())
			default:
				c.Strings = append(c.Strings, string(v.ByteArray()))
			}
		}
		pq.Release(page)
	}
}

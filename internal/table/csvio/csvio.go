// Package csvio reads delimited text as typed tables, and says how it understood the file.
//
// Nothing is assumed about a file but that it is text. Its head (the first mebibyte) tells compression, encoding, line
// ends, quote style, delimiter and header. What a column holds is guessed from the head and then held against every
// row: a column whose guess fails is read again, so the types follow from all rows. Workers parse chunks that end where
// a record ends, and pieces are put together in the order of the file, so neither the number of workers nor the size
// of the chunks shows in a table. docs/FORMATS/csv.md has the rules.
package csvio

import (
	"context"
	"io/fs"

	"sadi/internal/par"
	"sadi/internal/table"
)

// The bounds that hold when Options gives none.
const (
	DefaultMaxBytes = 64 << 30 // bytes of text, after unpacking
	DefaultMaxCols  = 100_000
	DefaultMaxField = 1 << 20 // bytes of one cell
)

const (
	defaultChunk = 1 << 20  // bytes of text that a worker parses at a time
	defaultHead  = 1 << 20  // bytes of text that are looked at before parsing
	maxRecord    = 64 << 20 // bytes of one record; more means a quote that is never closed
)

// Options say what to read and how far. The zero value detects everything.
type Options struct {
	// Schema, if given, names the columns to read and their kinds; the order in the file does not matter, further
	// columns are skipped. A Format that fits the file decides between readings that the file alone leaves open.
	Schema   table.Schema
	MaxBytes int64 // bound on the unpacked text in bytes; 0 = DefaultMaxBytes
	MaxCols  int   // bound on the columns; 0 = DefaultMaxCols
	MaxField int   // bound on one cell in bytes; 0 = DefaultMaxField
	// Lenient is for streams: a cell that is no number or date as the schema has it counts as missing and is reported,
	// as long as most cells of its column can be read.
	Lenient bool
	Pool    *par.Pool // workers; nil = one goroutine
	FS      fs.FS     // where the path is looked up, such as a folder that may not be left; nil = the whole system

	chunk, head int // for tests; 0 = the constants above
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxCols <= 0 {
		o.MaxCols = DefaultMaxCols
	}
	if o.MaxField <= 0 {
		o.MaxField = DefaultMaxField
	}
	if o.chunk <= 0 {
		o.chunk = defaultChunk
	}
	if o.head <= 0 {
		o.head = defaultHead
	}
	return o
}

// Names are the names of the file's columns, as Read would give them: only its head is read.
func Names(path string, opt Options) ([]string, error) {
	l, err := lookAt(path, opt.withDefaults(), nil)
	if err != nil {
		return nil, err
	}
	defer l.source.close()
	return l.names, nil
}

// Read reads the whole file at path, plain, .gz or .zst. Errors are *sadi.Error: NotFound (no such file), BadData (the
// file can not be understood; the place is named), LimitExceeded (a bound of opt was passed), SchemaMismatch
// (opt.Schema is not met), Unavailable (the system failed), or the cause of ctx.
func Read(ctx context.Context, path string, opt Options) (*table.Table, *Report, error) {
	opt = opt.withDefaults()
	r, err := newReading(path, opt)
	if err != nil {
		return nil, nil, err
	}
	defer r.close()
	if err := r.run(ctx); err != nil {
		return nil, nil, err
	}
	return r.table(ctx)
}

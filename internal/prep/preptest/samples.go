package preptest

import (
	"encoding/binary"
	"math"
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/prep"
	"sadi/internal/table"
)

// Numbers is a sample of columns of numbers.
func Numbers(cols ...[]float64) *prep.Sample {
	s := prep.Sample{Block: prep.Block{Rows: len(cols[0]), Nums: cols}}
	for j := range cols {
		s.Columns = append(s.Columns, prep.Number(string(rune('a'+j)), "source"))
	}
	return complete(s)
}

// Codes is a sample of one column of codes of levels.
func Codes(labels []string, codes ...float64) *prep.Sample {
	c := prep.Column{Feature: dataset.Feature{Name: "code", Source: "source", Levels: len(labels)}, Labels: labels, Other: -1}
	return complete(prep.Sample{Block: prep.Block{Rows: len(codes), Nums: [][]float64{codes}}, Columns: []prep.Column{c}})
}

// Words is a sample of words, "" = missing.
func Words(words ...string) *prep.Sample { return Column(WordsOf("word", table.Category, words)) }

// Column is a sample of all rows of a table's column.
func Column(c *table.Column) *prep.Sample {
	s := prep.Sample{Block: prep.Block{Rows: c.Len()}, Columns: []prep.Column{prep.Number(c.Name, "source")}}
	if c.Kind.Numeric() {
		s.Nums = [][]float64{c.Nums}
	} else {
		s.Words = &prep.Words{Codes: c.Codes, Levels: c.Levels, Boolean: c.Kind == table.Boolean}
	}
	return complete(s)
}

// Columns are samples of the columns of Mixed that hold numbers, or those that hold words of a kind.
func Columns(kinds ...table.Kind) map[string]*prep.Sample {
	t, _, _ := Mixed(300)
	samples := map[string]*prep.Sample{}
	for _, c := range t.Cols {
		if slices.Contains(kinds, c.Kind) {
			samples[c.Name] = Column(c)
		}
	}
	return samples
}

// rows is a copy of some rows of a block.
func rows(b prep.Block, at []int) prep.Block {
	out := prep.Block{Rows: len(at)}
	if b.Words != nil {
		w := *b.Words
		w.Codes = pick(w.Codes, at)
		out.Words = &w
	}
	for _, col := range b.Nums {
		out.Nums = append(out.Nums, pick(col, at))
	}
	return out
}

func pick[T any](v []T, at []int) []T {
	out := make([]T, len(at))
	for i, r := range at {
		out[i] = v[r]
	}
	return out
}

// clone is a deep copy.
func clone(s *prep.Sample) *prep.Sample {
	c := *s
	all := make([]int, s.Rows)
	for i := range all {
		all[i] = i
	}
	c.Block = rows(s.Block, all)
	if c.Words != nil {
		c.Words.Levels = slices.Clone(c.Words.Levels)
	}
	c.Target.Y = slices.Clone(s.Target.Y)
	return &c
}

// digest tells whether a sample has changed.
func digest(s *prep.Sample) []byte {
	var b []byte
	if s.Words != nil {
		for _, code := range s.Words.Codes {
			b = binary.LittleEndian.AppendUint32(b, uint32(code))
		}
		for _, word := range s.Words.Levels {
			b = append(append(b, word...), 0)
		}
	}
	for _, col := range append(slices.Clone(s.Nums), s.Target.Y) {
		for _, v := range col {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	for _, c := range s.Columns {
		b = append(append(b, c.Name...), byte(c.Levels))
	}
	return append(b, s.Parts...)
}

func equal(a, b [][]float64) bool {
	return slices.EqualFunc(a, b, func(x, y []float64) bool { return slices.EqualFunc(x, y, same) })
}

// same reports whether two numbers have the same bits, up to the kind of NaN.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

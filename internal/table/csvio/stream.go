package csvio

import (
	"context"
	"io"
	"slices"

	"sadi"
	"sadi/internal/table"
)

// Stream reads a file with a known schema block by block, in memory that does not grow with the file. Delimiter,
// encoding, formats of numbers and orders of dates are those of the head of the file.
type Stream struct {
	ctx     context.Context
	opt     Options
	look    *look
	pass    *pass
	verdict verdict
	fields  []*table.Field
	order   []int
	tally   []tally     // of the columns so far
	queue   []*streamed // pieces that are not wholly delivered
	ready   int         // rows in queue
	ended   bool
	err     error
	rows    int    // delivered
	repairs Report // of the blocks
}

// streamed is a piece with the dictionaries of its words.
type streamed struct {
	piece
	used  int // rows that are delivered
	words []*dictionary
	tally []tally
}

// Open begins to read the file at path, "-" being standard input, with the columns and kinds of opt.Schema. Errors are
// those of Read.
func Open(ctx context.Context, path string, opt Options) (*Stream, error) {
	if len(opt.Schema) == 0 {
		return nil, sadi.Errorf(sadi.BadUsage, "a stream needs a schema")
	}
	opt = opt.withDefaults()
	l, err := lookAt(path, opt, nil)
	if err != nil {
		return nil, err
	}
	fields, order, err := fieldsOf(opt.Schema, l.names, path)
	if err != nil {
		l.source.close()
		return nil, err
	}
	plans, v := plans(l.evidence, l.dialect.delim, fields)
	for j := range plans {
		plans[j].lenient = opt.Lenient
	}
	s := &Stream{verdict: v, ctx: ctx, opt: opt, look: l, fields: fields, order: order}
	s.pass = newPass(l, plans, v.preference(), opt)
	for range opt.Pool.Width() {
		s.pass.workers = append(s.pass.workers, newWorker(&s.pass.rules, plans))
	}
	for range plans {
		s.tally = append(s.tally, newTally())
	}
	describeSkipped(&s.repairs, fields, l.names)
	return s, nil
}

// Close closes the file.
func (s *Stream) Close() error {
	s.look.source.close()
	return nil
}

// Report says how the file was understood so far; bytes, digest and counts are those of the whole file once Next has
// returned io.EOF.
func (s *Stream) Report() *Report {
	r := describeText(s.look, s.pass.total, s.pass.high())
	r.Rows, r.Cols = s.rows, len(s.order)
	r.Repairs = append(r.Repairs, s.repairs.Repairs...)
	used, grouped := noFormat, 0
	for j := range s.tally {
		used |= s.tally[j].used
		grouped += s.tally[j].grouped
	}
	describeNumbers(r, s.verdict, used, grouped)
	for _, j := range s.order {
		b := builder{name: s.look.names[j], field: s.fields[j], plan: s.pass.plans[j], read: &readColumn{tally: s.tally[j]}, report: r}
		if b.plan.op == opWord {
			b.countTrimmed()
			continue
		}
		b.countMissing()
		b.report.mend(CodeStrays, b.where(), b.read.strays, "%s not written as the column's numbers or dates are and %s as missing",
			plural(b.read.strays, "value")+" "+are(b.read.strays), counts(b.read.strays))
		b.describe(new(table.Column))
	}
	return r
}

// Next returns up to maxRows rows, fewer only at the end of the file, and io.EOF behind it. Each block has levels of
// its own.
func (s *Stream) Next(maxRows int) (*table.Table, error) {
	if maxRows < 1 {
		return nil, sadi.Errorf(sadi.BadUsage, "a block needs at least one row")
	}
	for s.ready < maxRows && !s.ended && s.err == nil {
		s.err = s.fill()
	}
	if s.err != nil {
		return nil, s.err
	}
	if s.ready == 0 {
		return nil, io.EOF
	}
	t, err := s.block(min(maxRows, s.ready))
	s.err = err
	return t, err
}

// fill parses as many chunks as there are workers.
func (s *Stream) fill() error {
	p := s.pass
	var chunks [][]byte
	for _, w := range p.workers {
		chunk, err := p.chunks.next(w.buf)
		if err != nil {
			return s.look.source.readError(err)
		}
		if w.buf = chunk; len(chunk) == 0 {
			s.ended = true
			break
		}
		chunks = append(chunks, chunk)
	}
	pieces := make([]*streamed, len(chunks))
	err := s.opt.Pool.For(s.ctx, len(chunks), func(i int) { pieces[i] = p.workers[i].stream(chunks[i], p) })
	if err != nil {
		return err
	}
	for i, out := range pieces {
		if out.fault == nil {
			out.fault = s.join(p.workers[i], out)
		}
		if f := out.fault; f != nil {
			return f.place(s.look.source.path, p.total.rows, s.look.bodyLine+p.total.lines, s.look.names)
		}
		p.total.add(&out.piece)
		if out.rows > 0 {
			s.queue = append(s.queue, out)
			s.ready += out.rows
		}
	}
	return nil
}

// stream parses a chunk with tallies and dictionaries of its own.
func (w *worker) stream(chunk []byte, p *pass) *streamed {
	out := &streamed{piece: *p.blank(), words: make([]*dictionary, len(p.plans)), tally: make([]tally, len(p.plans))}
	for j := range w.readers {
		r := &w.readers[j]
		r.tally = newTally()
		if r.op == opWord {
			r.words = new(dictionary)
			out.words[j] = r.words
		}
	}
	w.parse(chunk, &out.piece)
	for j := range w.readers {
		out.tally[j] = w.readers[j].tally
	}
	return out
}

// join adds a piece to what is known of the columns. It returns a fault for the first cell that is not of its column's
// kind, or contradicts the cells before it.
func (s *Stream) join(w *worker, out *streamed) *fault {
	for j := range out.tally {
		before := s.tally[j]
		s.tally[j].add(&out.tally[j])
		if t := &s.tally[j]; w.readers[j].refuted || t.formats == noFormat || t.strays > t.numbers+t.dates {
			return w.misfit(j, s.pass.plans[j], before, s.fields[j].Kind)
		}
	}
	return nil
}

// misfit finds the cell of the worker's chunk that does not fit column j, about which before is known.
func (w *worker) misfit(j int, p plan, before tally, kind table.Kind) *fault {
	b := w.text
	p.lenient = false
	r := newReader(p)
	r.tally = before
	row := 0
	for at := 0; at < len(b); {
		if next, ok := w.dialect.blank(b, at); ok {
			at = next
			continue
		}
		if n := w.header.at(b, at); n > 0 {
			at += n
			continue
		}
		cells, next := w.dialect.record(b, at, nil)
		tok := trim(cells[j].text)
		r.nums = r.nums[:0]
		if r.op == opDate {
			r.date(tok, 0)
		} else {
			r.number(tok, w.prefer, 0)
		}
		if r.refuted {
			return &fault{row: row, line: countTerms(b[:at], w.dialect.term), column: j, err: unfit(string(tok), kind)}
		}
		row++
		at = next
	}
	return &fault{column: j, err: sadi.Errorf(sadi.SchemaMismatch, "the values do not agree on the decimal mark")}
}

// unfit is the error of a cell that is not of the kind that a schema demands.
func unfit(text string, kind table.Kind) *sadi.Error {
	noun := "number"
	if kind == table.DateTime {
		noun = "date"
	}
	return sadi.Errorf(sadi.SchemaMismatch, "%q is no %s, as the schema has it for this column, or not written like the others",
		shorten(text), noun).Advise("correct the value or leave it empty")
}

// block makes a table of the first n rows of the queue.
func (s *Stream) block(n int) (*table.Table, error) {
	read := make([]readColumn, len(s.order))
	for i := range read {
		read[i].tally = newTally()
	}
	rows := 0
	for rows < n {
		q := s.queue[0]
		take := min(n-rows, q.rows-q.used)
		rows += take
		for i, j := range s.order {
			c := &read[i]
			if q.words[j] == nil {
				c.nums = append(c.nums, q.nums[j][q.used:q.used+take]...)
				continue
			}
			if c.dicts == nil {
				c.dicts, c.runs = []*dictionary{new(dictionary)}, []run{{end: n}}
			}
			for _, k := range q.codes[j][q.used : q.used+take] { // the words of this block only
				c.codes = append(c.codes, c.dicts[0].code(q.words[j].word(int(k))))
			}
		}
		if q.used += take; q.used == q.rows {
			s.queue = s.queue[1:]
			s.pass.spare = append(s.pass.spare, &q.piece)
		}
	}
	s.ready -= n
	s.rows += n
	cols := make([]*table.Column, len(s.order))
	reports := make([]Report, len(s.order))
	err := s.opt.Pool.For(s.ctx, len(cols), func(i int) {
		j := s.order[i]
		b := builder{name: s.look.names[j], field: s.fields[j], plan: s.pass.plans[j], read: &read[i], rows: n, report: &reports[i]}
		cols[i] = b.block()
	})
	if err != nil {
		return nil, err
	}
	for _, r := range reports {
		s.repairs.merge(r.Repairs)
	}
	return &table.Table{Cols: cols, Rows: n}, nil
}

// block makes a column of a stream, whose numbers are described once for all blocks.
func (b *builder) block() *table.Column {
	c := &table.Column{Name: b.name, Kind: b.field.Kind, Why: schemaWhy, Nums: b.read.nums}
	if b.plan.op == opWord {
		b.words().build(c)
	}
	return c
}

// merge adds the repairs of a block. Missing words are told apart by their text; of others one text stands for all.
func (r *Report) merge(repairs []Repair) {
	for _, n := range repairs {
		at := slices.IndexFunc(r.Repairs, func(o Repair) bool {
			return o.Code == n.Code && o.Where == n.Where && (o.Text == n.Text || o.Code != CodeMissing)
		})
		if at < 0 {
			r.Repairs = append(r.Repairs, n)
		} else {
			r.Repairs[at].Count += n.Count
		}
	}
}

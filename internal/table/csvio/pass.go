package csvio

import (
	"bytes"
	"context"
	"io"
	"math"
	"sync"

	"sadi"
	"sadi/internal/par"
)

// pass is one walk over the rows of a file, by several workers: each takes the next chunk, parses it, and puts its
// piece where it belongs.
type pass struct {
	look   *look
	rules  rules
	plans  []plan
	chunks *chunker

	taking sync.Mutex // held while a chunk is cut; before putting
	taken  int        // chunks cut
	done   bool       // nothing is left to take

	putting sync.Mutex
	put     int            // pieces in place
	waiting map[int]*piece // pieces whose predecessors are not in place
	spare   []*piece
	total   totals
	columns []gathered
	err     error

	workers []*worker
}

// totals are the counts of a pass.
type totals struct {
	rows, lines, crlf, blank, trailing, stray, repeated int
}

func (t *totals) add(p *piece) {
	t.rows += p.rows
	t.lines += p.lines
	t.crlf += p.crlf
	t.blank += p.blank
	t.trailing += p.trailing
	t.stray += p.stray
	t.repeated += p.repeated
}

// gathered is a column as far as it is read: values, or codes of the dictionary of the worker that read them.
type gathered struct {
	nums  []float64
	codes []int32
	runs  []run // whose codes they are
}

// run is a stretch of rows that ends before end.
type run struct {
	end    int
	worker int
}

func newPass(l *look, plans []plan, prefer *[8]format, opt Options) *pass {
	p := &pass{
		look:    l,
		rules:   rules{dialect: l.dialect, encoding: l.encoding, prefer: prefer, maxField: opt.MaxField, header: l.header},
		plans:   plans,
		waiting: map[int]*piece{},
		columns: make([]gathered, len(plans)),
	}
	text := io.MultiReader(bytes.NewReader(l.head[l.body:]), l.source.text)
	p.chunks = &chunker{text: text, dialect: &p.rules.dialect, size: opt.chunk}
	return p
}

// run reads all rows.
func (p *pass) run(ctx context.Context, pool *par.Pool) error {
	n := pool.Width()
	p.workers = make([]*worker, n)
	for i := range p.workers {
		p.workers[i] = newWorker(&p.rules, p.plans)
	}
	err := pool.For(ctx, n, func(i int) {
		for ctx.Err() == nil && p.step(i) {
		}
	})
	if p.err != nil {
		return p.err
	}
	return err
}

// step lets a worker parse one chunk; it reports whether there may be more.
func (p *pass) step(i int) bool {
	w := p.workers[i]
	chunk, index, ok := p.take(w)
	if !ok {
		return false
	}
	out := p.blank()
	out.worker = i
	w.parse(chunk, out)
	return p.place(out, index)
}

// take cuts the next chunk. A text that can not be read ends the pass once all chunks before are in place.
func (p *pass) take(w *worker) (chunk []byte, index int, ok bool) {
	p.taking.Lock()
	defer p.taking.Unlock()
	if p.done {
		return nil, 0, false
	}
	var err error
	if chunk, err = p.chunks.next(w.buf); err != nil {
		p.done = true
		out := p.blank()
		out.fault = &fault{column: -1, err: asFault(p.look.source.readError(err))}
		p.place(out, p.taken)
		return nil, 0, false
	}
	w.buf = chunk
	if len(chunk) == 0 {
		p.done = true
		return nil, 0, false
	}
	p.taken++
	return chunk, p.taken - 1, true
}

func asFault(err error) *sadi.Error {
	if e, ok := err.(*sadi.Error); ok {
		return e
	}
	return sadi.Errorf(sadi.Unavailable, "%w", err)
}

// blank is a piece to fill.
func (p *pass) blank() *piece {
	p.putting.Lock()
	defer p.putting.Unlock()
	if n := len(p.spare); n > 0 {
		out := p.spare[n-1]
		p.spare = p.spare[:n-1]
		return out
	}
	return &piece{nums: make([][]float64, len(p.plans)), codes: make([][]int32, len(p.plans))}
}

// place appends a piece, and those that waited for it, to the columns; false after a fault.
func (p *pass) place(out *piece, index int) bool {
	p.putting.Lock()
	defer p.putting.Unlock()
	p.waiting[index] = out
	for p.err == nil {
		next, ok := p.waiting[p.put]
		if !ok {
			break
		}
		delete(p.waiting, p.put)
		p.put++
		p.append(next)
		p.spare = append(p.spare, next)
	}
	return p.err == nil
}

func (p *pass) append(out *piece) {
	if f := out.fault; f != nil {
		p.err = f.place(p.look.source.path, p.total.rows, p.look.bodyLine+p.total.lines, p.look.names)
		return
	}
	p.total.add(out)
	if p.total.rows > math.MaxInt32 {
		p.err = sadi.Errorf(sadi.LimitExceeded, "the file has more than %d rows", math.MaxInt32).At("%s", p.look.source.path)
		return
	}
	room := 0
	if p.put == 1 {
		room = p.expectedRows()
	}
	for j := range p.columns {
		c := &p.columns[j]
		if c.nums == nil && len(out.nums[j]) > 0 {
			c.nums = make([]float64, 0, max(room, len(out.nums[j])))
		}
		if c.codes == nil && len(out.codes[j]) > 0 {
			c.codes = make([]int32, 0, max(room, len(out.codes[j])))
		}
		c.nums = append(c.nums, out.nums[j]...)
		if len(out.codes[j]) > 0 {
			c.codes = append(c.codes, out.codes[j]...)
			c.runs = append(c.runs, run{p.total.rows, out.worker})
		}
	}
}

// expectedRows extrapolates from the first piece, so that columns need not grow. The size of a packed file says
// nothing.
func (p *pass) expectedRows() int {
	size := p.look.source.size
	if size <= 0 || p.total.rows == 0 {
		return 0
	}
	read := min(int64(p.chunks.size), size)
	rows := float64(p.total.rows) * float64(size) / float64(read)
	return int(min(rows*1.03, float64(size)/2, math.MaxInt32)) + 16
}

// tally is what all workers have seen of column j, and whether it is refuted.
func (p *pass) tally(j int) (t tally, refuted bool) {
	t = newTally()
	for _, w := range p.workers {
		t.add(&w.readers[j].tally)
		refuted = refuted || w.readers[j].refuted
	}
	return t, refuted
}

// high is what the header and all workers have seen of bytes above 0x7f.
func (p *pass) high() highBytes {
	h := p.look.high
	for _, w := range p.workers {
		h.sequences += w.high.sequences
		h.invalid += w.high.invalid
	}
	return h
}

// dictionaries are those of column j, by worker; nil for a column that is not one of words.
func (p *pass) dictionaries(j int) []*dictionary {
	if p.plans[j].op != opWord {
		return nil
	}
	dicts := make([]*dictionary, len(p.workers))
	for i, w := range p.workers {
		dicts[i] = w.readers[j].words
	}
	return dicts
}

package csvio

import (
	"context"

	"sadi"
	"sadi/internal/table"
)

// reading is one call of Read: passes over the file until every column is read as all of its rows allow.
type reading struct {
	path    string
	opt     Options
	look    *look
	fields  []*table.Field // by column of the file; nil without a schema
	order   []int          // columns of the table in their order; nil = all
	sum     string         // digest of the file at the first pass
	total   totals
	high    highBytes
	plans   []plan
	verdict verdict
	columns []readColumn
}

// readColumn is a column read: what was gathered, by which pass.
type readColumn struct {
	gathered
	tally
	dicts []*dictionary
}

func newReading(path string, opt Options) (*reading, error) {
	if path == "-" {
		return nil, sadi.Errorf(sadi.BadUsage, "a table can not be read from standard input, since it may have to be read twice").
			Advise("write it into a file first")
	}
	r := &reading{path: path, opt: opt}
	return r, r.start(nil)
}

func (r *reading) close() {
	if r.look != nil {
		r.look.source.close()
	}
}

// start looks at the head of the file. enc, if not nil, is the encoding that all of the file has shown to be.
func (r *reading) start(enc *encoding) (err error) {
	r.close()
	if r.look, err = lookAt(r.path, r.opt, enc); err != nil {
		return err
	}
	if r.fields, r.order, err = fieldsOf(r.opt.Schema, r.look.names, r.path); err != nil {
		return err
	}
	r.plans, r.verdict = plans(r.look.evidence, r.look.dialect.delim, r.fields)
	r.columns = make([]readColumn, len(r.plans))
	return nil
}

// run reads until nothing has to be read again. The first pass reads everything as the head suggests; a column that
// does not keep to it is read as words, which loses nothing, and turned into what its words are.
func (r *reading) run(ctx context.Context) error {
	p, err := r.pass(ctx, r.plans)
	if err != nil {
		return err
	}
	if enc := p.high().encoding(); enc != r.look.encoding && r.look.source.unit == "" {
		if err := r.start(&enc); err != nil {
			return err
		}
		if p, err = r.pass(ctx, r.plans); err != nil {
			return err
		}
	}
	r.total, r.high = p.total, p.high()
	if p.total.rows == 0 {
		return sadi.Errorf(sadi.BadData, "the file has a header and no rows").At("%s", r.path).Advise("it needs at least one row")
	}
	if again := r.take(p); again != nil {
		if p, err = r.pass(ctx, again); err != nil {
			return err
		}
		r.take(p)
	}
	if again := r.settle(); again != nil {
		if p, err = r.pass(ctx, again); err != nil {
			return err
		}
		r.take(p)
	}
	return nil
}

// pass walks over the file once. All passes but the first open it anew.
func (r *reading) pass(ctx context.Context, plans []plan) (*pass, error) {
	if r.sum != "" {
		enc := r.look.encoding
		r.close()
		l, err := lookAt(r.path, r.opt, &enc)
		if err != nil {
			r.look = nil
			return nil, err
		}
		l.report = r.look.report
		r.look = l
		if len(l.names) != len(plans) {
			return nil, r.changed()
		}
	}
	p := newPass(r.look, plans, r.verdict.preference(), r.opt)
	if err := p.run(ctx, r.opt.Pool); err != nil {
		return nil, err
	}
	sum := r.look.source.sum()
	if r.sum != "" && sum != r.sum {
		return nil, r.changed()
	}
	r.sum = sum
	return p, nil
}

func (r *reading) changed() error {
	return sadi.Errorf(sadi.BadData, "the file changed while it was read").At("%s", r.path).Advise("read it again when it is complete")
}

// take keeps the columns that a pass has read, and returns plans for those whose guess did not hold.
func (r *reading) take(p *pass) (again []plan) {
	for j := range p.plans {
		if p.plans[j].op == opSkip {
			continue
		}
		t, refuted := p.tally(j)
		if refuted || t.used != noFormat && t.formats == noFormat || p.plans[j].op == opDate && t.orders == noOrder {
			if again == nil {
				again = make([]plan, len(p.plans))
			}
			again[j] = plan{op: opWord, open: true}
			r.plans[j] = again[j]
			continue
		}
		r.columns[j] = readColumn{gathered: p.columns[j], tally: t, dicts: p.dictionaries(j)}
		p.columns[j] = gathered{}
	}
	return again
}

// settle decides again, now from all rows. It returns plans for the columns of numbers or dates that were read in
// another format or order than all rows together suggest, nil if there are none.
func (r *reading) settle() (again []plan) {
	all := make([]evidence, len(r.plans))
	for j := range all {
		all[j] = r.columns[j].evidence(r.plans[j])
		if r.plans[j].op == opSkip {
			all[j] = r.look.evidence[j]
		}
	}
	decided, v := plans(all, r.look.dialect.delim, r.fields)
	r.verdict = v
	for j := range decided {
		old, now := r.plans[j], decided[j]
		differs := old.op == opNumber && !compatible(r.columns[j].used, now.format) || old.op == opDate && old.order != now.order
		if old.op == opWord {
			now.open = old.open
		}
		r.plans[j] = now
		if differs {
			if again == nil {
				again = make([]plan, len(decided))
			}
			again[j] = now
		}
	}
	return again
}

// compatible reports whether numbers read under the used formats have the same values in format f.
func compatible(used formatSet, f format) bool {
	for g := range format(len(marks)) {
		if used.has(g) && !g.sameValues(f) {
			return false
		}
	}
	return true
}

// evidence is what all cells of the column allow it to be.
func (c *readColumn) evidence(p plan) evidence {
	e := newEvidence()
	switch {
	case p.op == opNumber:
		e.numbers, e.formats, e.infinite = c.numbers+c.infinite, c.formats, c.infinite
	case p.op == opDate:
		e.dates, e.orders = c.dates, c.orders
	case p.open:
		for _, d := range c.dicts {
			for i := range d.len() {
				e.add(d.word(i), 1)
			}
		}
	default:
		e.others = 1
	}
	return e
}

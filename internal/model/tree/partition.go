package tree

import (
	"context"
	"unsafe"

	"sadi/internal/isa"
	"sadi/internal/par"
)

// partitionBlock is the number of rows in one task of a partition.
const partitionBlock = 16384

// partition moves the rows of nodes to the sides of their splits and keeps them in ascending order on each.
type partition struct {
	idx  []uint32 // all rows of the tree; a node has idx[lo:hi]
	tmp  []uint32 // as long: a task's rows that go left, from its lo on
	aux  []uint32 // and those that go right; made when needed
	pool *par.Pool

	tasks []partitionTask
}

type partitionTask struct {
	lo, hi int // rows of one node
	bin    []uint8
	left   *[256]uint8
	lefts  int // how many go left
	l, r   int // where they go
}

// cut is a node's rows with the bins and sides of its split, and on return the place where the right side begins.
type cut struct {
	lo, mid, hi int
	bin         []uint8
	left        [256]uint8
}

func (p *partition) run(ctx context.Context, cuts []cut) error {
	p.tasks = p.tasks[:0]
	if len(p.aux) < len(p.idx) {
		p.aux = make([]uint32, len(p.idx))
	}
	total := 0
	for i := range cuts {
		c := &cuts[i]
		total += c.hi - c.lo
		for lo := c.lo; lo < c.hi; lo += partitionBlock {
			p.tasks = append(p.tasks, partitionTask{lo: lo, hi: min(lo+partitionBlock, c.hi), bin: c.bin, left: &c.left})
		}
	}
	pool := p.pool
	if total < smallWork/4 {
		pool = nil
	}
	if err := pool.For(ctx, len(p.tasks), func(i int) { p.part(&p.tasks[i]) }); err != nil {
		return err
	}
	k := 0
	for i := range cuts {
		c := &cuts[i]
		first := k
		c.mid = c.lo
		for ; k < len(p.tasks) && p.tasks[k].lo < c.hi && p.tasks[k].lo >= c.lo; k++ {
			c.mid += p.tasks[k].lefts
		}
		l, r := c.lo, c.mid
		for ; first < k; first++ {
			t := &p.tasks[first]
			t.l, t.r = l, r
			l += t.lefts
			r += t.hi - t.lo - t.lefts
		}
	}
	return pool.For(ctx, len(p.tasks), func(i int) {
		t := &p.tasks[i]
		copy(p.idx[t.l:], p.tmp[t.lo:t.lo+t.lefts])
		copy(p.idx[t.r:], p.aux[t.lo:t.hi-t.lefts])
	})
}

// part parts the task's rows between tmp and aux, where they are written from lo on.
func (p *partition) part(t *partitionTask) {
	rows := p.idx[t.lo:t.hi]
	left, right := p.tmp[t.lo:t.hi], p.aux[t.lo:t.hi]
	l, done := 0, 0
	if inUse >= isa.AVX512 && len(rows) >= 16 {
		done = len(rows) &^ 15
		l = partAVX512(&left[0], &right[0], &rows[0], done, &t.bin[0], t.left)
	}
	if n := (len(rows) - done) &^ 7; inUse >= isa.AVX2 && n > 0 {
		l += partAVX2(&left[l], &right[done-l], &rows[done], n, &t.bin[0], t.left, &firstBits)
		done += n
	}
	t.lefts = l + part(left[l:], right[done-l:], rows[done:], t.bin, t.left)
}

// part writes the rows whose bins are on the left to the front of left and the others to that of right. Every row is
// written to both and counts on one, so there is no branch on the data; nor are there bounds checks, which would take
// half of the time: rows are below len(bin), and left and right are as long as rows.
func part(left, right, rows []uint32, bin []uint8, side *[256]uint8) int {
	if len(rows) == 0 {
		return 0
	}
	_, _ = left[len(rows)-1], right[len(rows)-1]
	b, ll, rr := unsafe.Pointer(&bin[0]), unsafe.Pointer(&left[0]), unsafe.Pointer(&right[0])
	l, r := uintptr(0), uintptr(0)
	for _, row := range rows {
		*(*uint32)(unsafe.Add(ll, l)) = row
		*(*uint32)(unsafe.Add(rr, r)) = row
		s := 4 * uintptr(side[*(*uint8)(unsafe.Add(b, row))])
		l += s
		r += 4 - s
	}
	return int(l / 4)
}

// firstBits gives for each byte the numbers of its bits that are 1, ascending.
var firstBits = func() (table [256][8]uint8) {
	for b := range table {
		k := 0
		for bit := range uint8(8) {
			if b>>bit&1 == 1 {
				table[b][k] = bit
				k++
			}
		}
	}
	return table
}()

package tree

import (
	"context"

	"sadi/internal/par"
)

// partitionBlock is the number of rows in one task of a partition.
const partitionBlock = 16384

// partition moves the rows of nodes to the sides of their splits and keeps them in ascending order on each.
type partition struct {
	idx  []uint32 // all rows of the tree; a node has idx[lo:hi]
	tmp  []uint32 // as long
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
		for k, r := t.r, t.hi-1; r >= t.lo+t.lefts; k, r = k+1, r-1 {
			p.idx[k] = p.tmp[r]
		}
	})
}

// part writes the rows that go left to the front of the task's part of tmp, and the others, backwards, to its end.
// It has no branch on the data.
func (p *partition) part(t *partitionTask) {
	src, dst := p.idx[t.lo:t.hi], p.tmp[t.lo:t.hi]
	l, r := 0, len(dst)-1
	for _, row := range src {
		dst[l] = row
		dst[r] = row
		left := int(t.left[t.bin[row]])
		l += left
		r -= 1 - left
	}
	t.lefts = l
}

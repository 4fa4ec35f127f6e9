package tree

// Where the nodes of a large packed tree stand. A walk through it waits for cache lines, so those that it needs should be few:
// a line has a pair of siblings and the pairs below it that most training rows come to, and lines follow each other
// breadth-first, so that the top of the tree, which every row needs, is in few pages.

const (
	lineNodes = 8       // of a cache line
	linePairs = 4       // of siblings
	deepNodes = 4 << 10 // nodes that a tree may have for its walks to be bound by instructions, not by loads: 32 KB
)

// nodeOrder is the place of each node of a tree among the packed ones; nil = the same.
type nodeOrder []int32

func (o nodeOrder) of(n int32) int32 {
	if o == nil {
		return n
	}
	return o[n]
}

// order is where the nodes of a tree go.
func (t *Tree) order(deep bool) nodeOrder {
	if !deep {
		return nil
	}
	o := make(nodeOrder, len(t.Nodes))
	whole := int32(1) // place of the next full line; those that are not full stand behind all that are
	var parts [][linePairs]int32
	queue := make([]int32, 1, len(t.Nodes)/2)
	for ; len(queue) > 0; queue = queue[1:] {
		line, pairs, rest := t.line(queue[0])
		queue = append(queue, rest...)
		if pairs < linePairs {
			parts = append(parts, line)
			continue
		}
		for _, n := range line {
			o.put(t.Nodes[n].Left, whole)
			whole += 2
		}
	}
	for _, line := range parts {
		for _, n := range line {
			if n >= 0 {
				o.put(t.Nodes[n].Left, whole)
				whole += 2
			}
		}
	}
	return o
}

func (o nodeOrder) put(left, at int32) { o[left], o[left+1] = at, at+1 }

// line chooses the pairs of a cache line, the first one being the children of n: it returns the parents of pairs, −1 where there
// are no more, their count, and the parents of the pairs below that found no room.
func (t *Tree) line(n int32) (line [linePairs]int32, pairs int, rest []int32) {
	line = [linePairs]int32{-1, -1, -1, -1}
	open := make([]int32, 0, 2*linePairs)
	for {
		line[pairs] = n
		pairs++
		for child := t.Nodes[n].Left; child <= t.Nodes[n].Left+1; child++ {
			if t.Nodes[child].Feature >= 0 {
				open = append(open, child)
			}
		}
		if pairs == linePairs || len(open) == 0 {
			return line, pairs, open
		}
		best := 0
		for k := range open {
			if t.Covers != nil && t.Covers[open[k]] > t.Covers[open[best]] {
				best = k
			}
		}
		n = open[best]
		open = append(open[:best], open[best+1:]...)
	}
}

package tree

import "container/heap"

// splitQueue gives the node with the largest gain next, of equals the oldest. Nodes without a split do not enter.
type splitQueue struct {
	nodes *[]node
	open  []int32
}

var _ heap.Interface = (*splitQueue)(nil)

// add puts a node in the queue if it has a split.
func (q *splitQueue) add(n int32) {
	if (*q.nodes)[n].split.feature >= 0 {
		heap.Push(q, n)
	}
}

// next takes the best node out.
func (q *splitQueue) next() int32 { return heap.Pop(q).(int32) }

// Len is the count of nodes in the queue.
func (q *splitQueue) Len() int { return len(q.open) }

// Less orders by gain, then by age.
func (q *splitQueue) Less(i, j int) bool {
	a, b := q.open[i], q.open[j]
	ga, gb := (*q.nodes)[a].split.gain, (*q.nodes)[b].split.gain
	return ga > gb || ga == gb && a < b
}

// Swap is for package heap.
func (q *splitQueue) Swap(i, j int) { q.open[i], q.open[j] = q.open[j], q.open[i] }

// Push is for package heap.
func (q *splitQueue) Push(n any) { q.open = append(q.open, n.(int32)) }

// Pop is for package heap.
func (q *splitQueue) Pop() any {
	last := len(q.open) - 1
	n := q.open[last]
	q.open = q.open[:last]
	return n
}

package tree

// prune cuts a grown tree back to the smallest subtree with the least impurity × weight + alpha × leaves (Breiman et al.
// 1984, chapter 3). Weakest-link pruning, as scikit-learn does it, ends at the same subtree; this finds it in one pass,
// children before parents.
func prune(nodes []node, alpha float64) {
	decrease := make([]float64, len(nodes)) // by all splits that are left at and below a node
	leaves := make([]int, len(nodes))
	for n := len(nodes) - 1; n >= 0; n-- { // children have higher numbers than their parent
		nd := &nodes[n]
		leaves[n] = 1
		if nd.left == 0 {
			continue
		}
		below := nd.split.gain + decrease[nd.left] + decrease[nd.right]
		count := leaves[nd.left] + leaves[nd.right]
		if below <= float64(alpha*float64(count-1)) {
			nd.left, nd.right = 0, 0
			continue
		}
		decrease[n], leaves[n] = below, count
	}
}

// Package tree is the kernel that all tree algorithms share: bins, histograms, splits, growth, and flat trees.
//
// Training works in stages, each in its own file:
//
//	bins.go, quantile.go, category.go   float32 columns → one byte a value: 0 = missing, 1..255 = value bins
//	assign.go                           which bin a value has
//	tiles.go                            the bytes once more, row-major, 32 columns to a tile
//	fixed.go                            gradient pairs → one int64 a row, so that sums do not depend on their order
//	kernel.go, histogram.go             sums for each bin of each column; parent − child = other child
//	split.go, split_category.go         the best cut of a column's bins
//	scan.go                             the same for the plain case, four cuts at a time
//	partition.go, grow.go, leafwise.go  rows move to the children; depth-wise or leaf-wise growth
//	constraints*.go, split_constrained.go  order, interaction, rows and smoothness that a tree must keep
//	boost.go, booster.go                rounds of trees on a loss, early stopping; the fitted booster
//	sample.go, goss.go, dart.go         what a tree sees of rows, columns and earlier trees
//	renew.go, need.go                   leaves by quantiles, limits to steps; the memory that a fit takes
//	response.go, impurity.go            targets in fixed point; Gini, entropy, squared error
//	cart*.go, prune.go                  classification and regression trees by impurity
//	*_amd64.s                           kernels for AVX2, each with its loop in Go beside it
//	forest.go, oob.go, average.go       many of them on resampled rows, the rows that a tree did not see; the fitted forest
//	oblivious*.go, orderedstat.go       trees with one question a level, boosted; ordered statistics of categories
//	flat.go, ensemble.go                trees as arrays: walking them, adding them up
//	packed*.go, predict.go              the same in 8 bytes a node, many rows side by side
//	codec.go, covers.go, assemble.go    writing and reading them; making them of what was learned elsewhere
//	shap*.go, oblivious_shap*.go        what each feature adds to a prediction
//	uses.go                             how much the trees ask each feature
//
// Notation, besides that of package dataset: a bin b, a node's rows idx[lo:hi], gradient g and hessian h of a row, G and
// H their sums. A row with value x goes left when x < threshold.
package tree

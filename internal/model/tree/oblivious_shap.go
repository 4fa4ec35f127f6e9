package tree

import (
	"context"
	"encoding/binary"
	"math/bits"
	"slices"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/par"
)

// Exact Shapley values of oblivious trees. The players of a tree's game are the features of the matrix that its questions
// depend on; BoostOblivious learns trees with no more of them than levels. Values are taken by the definition, over all
// coalitions, which is quick because rows that a tree can not tell apart have the same values.
//
// A statistic of one category is a question to that category. A statistic of several features is a question to all of them:
//
//   - interventional: it is computed from a row that has the known features of x and the others of the background row, so
//     that the values are those of the model as a function of its features, nothing else being assumed;
//   - path-dependent: it is answered when all of its features are known, and otherwise both sides are taken by their share
//     of the training rows, the rule of these values for any question that can not be answered.

var _ model.Explainer = (*Oblivious)(nil)

// mostPlayers bounds the features of a tree that can be explained: 2^20 coalitions.
const mostPlayers = 20

// explainedRows is the number of rows that are explained at a time: what a tree answers is the same for many of them.
const explainedRows = 8 << 10

// Contributions explains margins; see model.Explainer.
func (o *Oblivious) Contributions(ctx context.Context, dst []float64, x, background *dataset.Matrix, pool *par.Pool) error {
	if err := checkExplained(len(o.levels), o.outputs, dst, x, background); err != nil {
		return err
	}
	var others *statisticColumns
	if background != nil {
		var err error
		if others, err = o.statisticColumns(ctx, background, 0, background.Rows, pool); err != nil {
			return err
		}
	}
	games := make([]*obliviousGame, len(o.Trees))
	for k := range games {
		g, err := o.game(&o.Trees[k], others)
		if err != nil {
			return err
		}
		games[k] = g
	}
	stride := len(o.levels) + 1
	for i := range dst {
		if dst[i] = 0; i%stride == stride-1 {
			dst[i] = o.base[i/stride%o.outputs]
		}
	}
	for lo := 0; lo < x.Rows; lo += explainedRows {
		n := min(explainedRows, x.Rows-lo)
		c, err := o.statisticColumns(ctx, x, lo, n, pool)
		if err != nil {
			return err
		}
		part := dst[lo*o.outputs*stride:][:n*o.outputs*stride]
		for _, g := range games {
			if err := g.explain(ctx, part, c, pool); err != nil {
				return err
			}
		}
	}
	return context.Cause(ctx)
}

// OnMargin reports whether the loss has a link; see model.Explainer.
func (o *Oblivious) OnMargin() bool { return !loss.Identity(o.loss) }

// Terms is about the number of terms of each of a thousand rows: for each level its answer and the contributions of a feature,
// and the share of a row in finding the values of the leaves, which takes sums over all coalitions for each.
func (o *Oblivious) Terms() int {
	const rows = 1000
	terms := 0
	for k := range o.Trees {
		depth := len(o.Trees[k].Splits)
		leaves := 1 << depth
		terms += depth*(1+o.outputs) + 2*depth*leaves*o.outputs*min(leaves, rows)/rows
	}
	return terms
}

// statisticColumns is a block of rows with the statistics of each.
type statisticColumns struct {
	rows  int
	cols  [][]float32 // features
	codes [][]float32 // statistics
}

func (c *statisticColumns) column(k int32) []float32 {
	if at := int(k) - len(c.cols); at >= 0 {
		return c.codes[at]
	}
	return c.cols[k]
}

func (o *Oblivious) statisticColumns(ctx context.Context, x *dataset.Matrix, lo, n int, pool *par.Pool) (*statisticColumns, error) {
	c := &statisticColumns{rows: n, codes: make([][]float32, len(o.Statistics))}
	part := &dataset.Matrix{Rows: n, Features: x.Features}
	for _, col := range x.Cols {
		part.Cols = append(part.Cols, col[lo:lo+n])
	}
	c.cols = part.Cols
	err := pool.For(ctx, len(c.codes), func(k int) { c.codes[k] = o.codesOf(part, k) })
	return c, err
}

// obliviousGame is a tree as a game of its features.
type obliviousGame struct {
	o        *Oblivious
	t        *ObliviousTree
	players  []int32  // features, ascending
	own      []uint32 // of each player the levels that ask it alone, as bits
	combined []combinedQuestion
	parts    int // numbers that a view has of the combined questions

	// path-dependent
	level []uint32    // of each level: a bit for its set of features; equal sets have the same, and later levels smaller ones
	share [][]float64 // of each level, for each way there: the share of the training rows that goes right
	known []uint32    // of each coalition of players: the sets of features that it knows all of
	// interventional; nil = path-dependent
	background []rowView

	expected []float64 // the expected outputs
}

// combinedQuestion is a level that asks a statistic of several features.
type combinedQuestion struct {
	level      int
	statistic  *Statistic
	projection *Projection
	threshold  float32
	players    []int // places among the players
}

// rowView is what a tree knows of a row: the answers of all levels, and for each combined question what each of its features
// adds to the key of the projection. Rows with equal views are alike to it.
type rowView struct {
	leaf  uint32
	parts []uint64
	share float64 // of the background rows
}

func (o *Oblivious) game(t *ObliviousTree, background *statisticColumns) (*obliviousGame, error) {
	g := &obliviousGame{o: o, t: t, expected: make([]float64, o.outputs)}
	asked := make([][]int32, len(t.Splits))
	for l := range t.Splits {
		asked[l] = o.asked(&t.Splits[l])
		g.players = append(g.players, asked[l]...)
	}
	slices.Sort(g.players)
	g.players = slices.Compact(g.players)
	if len(g.players) > mostPlayers {
		return nil, sadi.Errorf(sadi.BadUsage, "a tree asks %d features, and its contributions would be sums over all sets of them", len(g.players)).
			Advise("fit with fewer levels (depth) or smaller combinations (max_ctr_complexity)")
	}
	g.own = make([]uint32, len(g.players))
	sets := make([]uint32, len(t.Splits)) // of each level the players it asks, as bits
	for l, features := range asked {
		var places []int
		for _, j := range features {
			at, _ := slices.BinarySearch(g.players, j)
			places = append(places, at)
			sets[l] |= 1 << at
		}
		if len(places) == 1 {
			g.own[places[0]] |= 1 << l
			continue
		}
		st := &o.Statistics[int(t.Splits[l].Column)-len(o.levels)]
		g.combined = append(g.combined, combinedQuestion{l, st, &o.Projections[st.Projection], t.Splits[l].Threshold, places})
		g.parts += len(places)
	}
	if background == nil {
		g.byCovers(sets)
		return g, nil
	}
	views, number := g.views(background)
	g.background = views
	for _, k := range number {
		g.background[k].share += 1 / float64(len(number))
	}
	for _, b := range g.background {
		for c, v := range g.values(b.leaf) {
			g.expected[c] += float64(b.share * float64(v))
		}
	}
	return g, nil
}

func (g *obliviousGame) values(leaf uint32) []float32 {
	return g.t.Values[int(leaf)*g.o.outputs:][:g.o.outputs]
}

// views are the different views of rows, and the number of each row's.
func (g *obliviousGame) views(c *statisticColumns) ([]rowView, []int32) {
	leaf := make([]uint32, c.rows)
	g.o.leaves(leaf, g.t.Splits, c.column)
	number := make([]int32, c.rows)
	var views []rowView
	if g.parts == 0 || g.known != nil {
		first := make([]int32, 1<<len(g.t.Splits)) // number + 1 of each leaf
		for i, n := range leaf {
			if first[n] == 0 {
				views = append(views, rowView{leaf: n})
				first[n] = int32(len(views))
			}
			number[i] = first[n] - 1
		}
		return views, number
	}
	seen := map[string]int32{}
	name := make([]byte, 0, 4+8*g.parts)
	parts := make([]uint64, 0, g.parts)
	for i, n := range leaf {
		name, parts = binary.LittleEndian.AppendUint32(name[:0], n), parts[:0]
		for q := range g.combined {
			for _, at := range g.combined[q].players {
				part := g.combined[q].projection.partOf(g.players[at], c.cols, g.o.levels, i)
				name, parts = binary.LittleEndian.AppendUint64(name, part), append(parts, part)
			}
		}
		k, ok := seen[string(name)]
		if !ok {
			k = int32(len(views))
			seen[string(name)] = k
			views = append(views, rowView{leaf: n, parts: slices.Clone(parts)})
		}
		number[i] = k
	}
	return views, number
}

// explain adds the contributions of the tree to those of rows.
func (g *obliviousGame) explain(ctx context.Context, dst []float64, c *statisticColumns, pool *par.Pool) error {
	views, number := g.views(c)
	k, m, stride := g.o.outputs, len(g.players), len(g.o.levels)+1
	phi := make([][]float64, len(views)) // of each view, for each player, the outputs
	const few = 8
	err := pool.For(ctx, (len(views)+few-1)/few, func(b int) {
		for i := b * few; i < min((b+1)*few, len(views)); i++ {
			phi[i] = make([]float64, m*k)
			if g.known != nil {
				g.solveByCovers(phi[i], views[i].leaf)
			} else {
				g.solve(phi[i], &views[i])
			}
		}
	})
	if err != nil {
		return err
	}
	const block = 1024
	return pool.For(ctx, (c.rows+block-1)/block, func(b int) {
		for i := b * block; i < min((b+1)*block, c.rows); i++ {
			own := phi[number[i]]
			for out := range k {
				row := dst[(i*k+out)*stride:][:stride]
				for at, j := range g.players {
					row[j] += own[at*k+out]
				}
				row[stride-1] += g.expected[out]
			}
		}
	})
}

// addShapley adds the Shapley values of a game, times a factor. worth has k numbers for each coalition of the players, bit i
// being the i-th; phi has k numbers for each feature of the tree.
func addShapley(phi, worth []float64, players []int, k int, factor float64) {
	m := len(players)
	var room [mostPlayers]float64
	weights := room[:m] // of a coalition by its size: s! (m − 1 − s)! / m!
	for s := range weights {
		weights[s] = factor / (float64(m) * binomial(m-1, s))
	}
	for s := range 1 << m {
		size := bits.OnesCount(uint(s))
		without := worth[s*k:][:k]
		for i, at := range players {
			if s>>i&1 == 1 {
				continue
			}
			with := worth[(s|1<<i)*k:][:k]
			out := phi[at*k:][:k]
			for c := range out {
				out[c] += float64(weights[size] * (with[c] - without[c]))
			}
		}
	}
}

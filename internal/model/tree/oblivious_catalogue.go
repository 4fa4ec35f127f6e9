package tree

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"sync"

	"sadi"
	"sadi/internal/dataset"
)

// catalogue knows the columns that trees may ask: features as they are, and statistics of categories.
type catalogue struct {
	set        dataset.Set
	bins       *Bins
	out        *Oblivious
	direct     []int32 // numbers, and categories with few values
	categories []int32 // the others
	encoder    *encoder

	mu        sync.Mutex
	kept      map[string]*projected
	bytes     int // that kept things take
	statistic map[string]int32
}

// keptBytes bounds the memory for what is kept of projections.
const keptBytes = 256 << 20

// projected is a projection of the training rows.
type projected struct {
	Projection
	name  string
	slots []uint32
	size  int

	mu    sync.Mutex
	codes map[*fold][][]uint8 // ordered statistics, for each kind
	keep  bool
}

func newCatalogue(set dataset.Set, bins *Bins, out *Oblivious, maxOneHot int) *catalogue {
	c := &catalogue{set: set, bins: bins, out: out, kept: map[string]*projected{}, statistic: map[string]int32{}}
	for j := range bins.Columns {
		col := &bins.Columns[j]
		values := col.Count
		if col.Missing {
			values++
		}
		switch {
		case col.Constant():
		case col.Levels == 0 || values <= maxOneHot:
			c.direct = append(c.direct, int32(j))
		default:
			c.categories = append(c.categories, int32(j))
		}
	}
	if len(c.categories) > 0 || len(out.Statistics) > 0 {
		c.encoder = newEncoder(set, out.Statistics)
	}
	return c
}

// mostShares bounds the classes that have a statistic of their own; they are the largest.
const mostShares = 8

// newEncoder chooses the kinds of statistics: for a number or two classes the mean with the priors ½, 0 and 1 (of
// combinations with ½ alone), for more classes their shares with the prior 1/K, and for all how frequent a value is. The
// classes of statistics that a model has already, which is continued, are among them.
func newEncoder(set dataset.Set, known []Statistic) *encoder {
	e := &encoder{classes: 1, unit: 1, target: bucketsOf(set), weights: set.Weights}
	switch {
	case set.Y.Problem == sadi.Multiclass:
		e.classes = set.Y.Classes
		counts := make([]int, e.classes)
		for _, c := range e.target {
			counts[c]++
		}
		var order []int32
		for c := range e.classes {
			order = append(order, int32(c))
		}
		slices.SortStableFunc(order, func(a, b int32) int { return counts[b] - counts[a] })
		chosen := order[:min(e.classes-1, mostShares)]
		for i := range known {
			if k := known[i].Target; k >= 0 {
				chosen = append(slices.Clip(chosen), k)
			}
		}
		slices.Sort(chosen)
		chosen = slices.Compact(chosen)
		for _, c := range chosen {
			e.kinds = append(e.kinds, statisticKind{c, 1 / float32(e.classes)})
		}
		e.kinds = append(e.kinds, statisticKind{target: -1})
		e.combos = len(e.kinds)
	default:
		if set.Y.Problem == sadi.RegressionValue {
			e.unit = 1.0 / targetUnits
		}
		e.kinds = []statisticKind{{0, 0.5}, {target: -1}, {0, 0}, {0, 1}}
		e.combos = 2
	}
	return e
}

// of is the number of kinds that there are of a projection.
func (e *encoder) of(p *Projection) int {
	if len(p.Categories)+len(p.Tests) == 1 {
		return len(e.kinds)
	}
	return e.combos
}

// project is a projection of the training rows; nil if it could have too many values.
func (c *catalogue) project(p Projection) *projected {
	if p.room(c.out.levels) == 0 {
		return nil
	}
	name := p.name()
	c.mu.Lock()
	known := c.kept[name]
	c.mu.Unlock()
	if known != nil {
		return known
	}
	q := &projected{Projection: p, name: name, codes: map[*fold][][]uint8{}, slots: make([]uint32, c.set.X.Rows)}
	var keys [obliviousBlock]uint64
	for lo := 0; lo < len(q.slots); lo += len(keys) {
		part := keys[:min(len(keys), len(q.slots)-lo)]
		p.keysOf(part, c.set.X.Cols, c.out.levels, lo)
		for i, k := range part {
			q.slots[lo+i] = uint32(q.keys.add(k))
		}
	}
	q.size = len(q.keys.keys)
	c.mu.Lock()
	defer c.mu.Unlock()
	// Tests change from tree to tree, combinations of categories come again.
	if bytes := 4 * len(q.slots); len(p.Tests) == 0 && c.bytes+bytes <= keptBytes {
		c.bytes += bytes
		c.kept[name] = q
		q.keep = true
	}
	return q
}

// name is equal for equal projections alone.
func (p *Projection) name() string {
	b := []byte{byte(len(p.Categories))}
	for _, j := range p.Categories {
		b = binary.LittleEndian.AppendUint32(b, uint32(j))
	}
	for _, q := range p.Tests {
		b = append(b, '?')
		b = binary.LittleEndian.AppendUint32(b, uint32(q.Column))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(q.Threshold))
	}
	return string(b)
}

// codesIn are the ordered statistics of a projection in a fold, for each kind.
func (c *catalogue) codesIn(q *projected, f *fold) [][]uint8 {
	q.mu.Lock()
	defer q.mu.Unlock()
	if codes := q.codes[f]; codes != nil {
		return codes
	}
	codes := make([][]uint8, c.encoder.of(&q.Projection))
	for k := range codes {
		codes[k] = make([]uint8, len(q.slots))
	}
	c.encoder.ordered(codes, q.slots, q.size, f.order, f.byPlace)
	c.mu.Lock()
	defer c.mu.Unlock()
	if bytes := len(codes) * len(q.slots); !q.keep || c.bytes+bytes <= keptBytes {
		if q.keep {
			c.bytes += bytes
		}
		q.codes[f] = codes
	}
	return codes
}

// split is a question and its answer as the model has it. A statistic that no tree has asked before joins the model.
func (c *catalogue) split(a *answer) ObliviousSplit {
	if a.asks.feature >= 0 {
		return a.test
	}
	q, kind := a.asks.projection, c.encoder.kinds[a.asks.kind]
	name := q.name + "#" + string(binary.LittleEndian.AppendUint32(nil, uint32(a.asks.kind)))
	n, known := c.statistic[name]
	if !known {
		n = int32(len(c.out.Statistics))
		c.statistic[name] = n
		at, known := c.statistic[q.name]
		if !known {
			at = int32(len(c.out.Projections))
			c.statistic[q.name] = at
			c.out.Projections = append(c.out.Projections, q.Projection)
		}
		st := Statistic{Projection: at, Target: kind.target, Prior: kind.prior}
		st.Codes, st.Unseen = c.encoder.whole(kind, q.slots, q.size)
		c.out.Statistics = append(c.out.Statistics, st)
	}
	a.test.Column = int32(len(c.out.levels)) + n
	return a.test
}

// answer is a question with the values that go right.
type answer struct {
	asks question
	test ObliviousSplit // of a feature; of a statistic without its column
}

// bins are bytes of a fold's rows, and right says which of them go right.
func (a *answer) bins(c *catalogue, f *fold, right *[256]uint8) []uint8 {
	if a.asks.feature < 0 {
		for code := range right {
			if float32(code) >= a.test.Threshold {
				right[code] = 1
			}
		}
		return c.codesIn(a.asks.projection, f)[a.asks.kind]
	}
	col := &f.bins.Columns[a.asks.feature]
	if a.test.Equal {
		bin := uint8(0)
		if a.test.Threshold >= 0 {
			bin = col.BinOf[int(a.test.Threshold)]
		}
		right[bin] = 1
		return col.Bin
	}
	for b := 1; b <= col.Count; b++ {
		if col.Lo[b-1] >= a.test.Threshold {
			right[b] = 1
		}
	}
	return col.Bin
}

// answerOf is the answer that a proposal gives.
func answerOf(p *proposal) answer {
	a := answer{asks: p.group.asks[p.column]}
	c := &p.group.columns[p.column]
	a.test.Column = a.asks.feature
	switch {
	case c.Levels > 0:
		a.test.Equal, a.test.Threshold = true, -1
		for code, b := range c.BinOf {
			if int(b) == p.bin && p.bin > 0 {
				a.test.Threshold = float32(code)
			}
		}
	case p.bin == 0:
		a.test.Threshold = float32(math.Inf(-1))
	default:
		a.test.Threshold = c.Threshold(p.bin, p.bin+1)
	}
	return a
}

// directGroup is the features that a fold's trees ask as they are.
func (c *catalogue) directGroup(b *symmetricBooster, f *fold) *columnGroup {
	asks := make([]question, len(f.bins.Columns))
	for j := range asks {
		asks[j].feature = int32(j)
	}
	var tiles []tile
	if len(c.categories) == 0 {
		tiles = f.bins.JointTiles(b.Pool)
	} else {
		tiles = f.bins.makeTiles(nil, f.bins.together(c.direct), b.Pool)
	}
	return newColumnGroup(f.bins.Columns, asks, tiles, b.Pool)
}

// statisticGroup is the statistics of projections, which are all combinations or none.
func (c *catalogue) statisticGroup(ctx context.Context, b *symmetricBooster, f *fold, of []Projection) (*columnGroup, error) {
	kinds := c.encoder.of(&of[0])
	columns := make([]Column, len(of)*kinds)
	asks := make([]question, len(of)*kinds)
	err := b.Pool.For(ctx, len(of), func(i int) {
		q := c.project(of[i])
		if q == nil {
			return
		}
		for k, codes := range c.codesIn(q, f) {
			columns[i*kinds+k] = codeColumn(codes)
			asks[i*kinds+k] = question{feature: -1, projection: q, kind: k}
		}
	})
	if err != nil {
		return nil, err
	}
	own := &Bins{Rows: len(f.leaf), Columns: columns}
	var varying []int32
	for j := range columns {
		if !columns[j].Constant() {
			varying = append(varying, int32(j))
		}
	}
	return newColumnGroup(columns, asks, own.makeTiles(nil, own.together(varying), b.Pool), b.Pool), nil
}

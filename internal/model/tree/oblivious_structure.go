package tree

import (
	"context"
	"math"
	"slices"

	"sadi/internal/elementary"
	"sadi/internal/rng"
)

// structure chooses the splits of one tree on the gradients of a fold.
func (b *symmetricBooster) structure(ctx context.Context, f *fold, seed uint64) ([]answer, []float32, error) {
	s := b.leaves
	part := f.parts[0]
	rows, err := b.drawn.draw(ctx, b, s.idx, b.g[part.at*b.out.outputs:], b.out.outputs, hash(seed, 1, 0))
	if err != nil {
		return nil, nil, err
	}
	if err := b.weigh(ctx, f); err != nil {
		return nil, nil, err
	}
	s.start(rows)
	if err := b.firstGroups(ctx, f); err != nil {
		return nil, nil, err
	}
	noise := b.noise(f)
	random := b.Stream.Child("noise").At(b.iteration).Rand()
	var asked []answer
	var gains []float32
	bases := map[string]*columnGroup{}
	for level := range b.Depth {
		allowed := b.drawColumns(hash(seed, 3, uint64(level)))
		found, err := s.propose(ctx, allowed)
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			break
		}
		best, bestScore := 0, math.Inf(-1)
		for i := range found {
			score := float64(found[i].score * s.unit())
			if noise > 0 {
				score += float64(noise * rng.Normal(random))
			}
			if score > bestScore {
				best, bestScore = i, score
			}
		}
		p := &found[best]
		asked = append(asked, answerOf(p))
		gains = append(gains, float32(p.gain*s.unit()*s.unit()))
		if level == b.Depth-1 {
			break
		}
		if err := s.split(ctx, p); err != nil {
			return nil, nil, err
		}
		if err := b.combine(ctx, f, asked, bases); err != nil {
			return nil, nil, err
		}
	}
	s.finish()
	return asked, gains, nil
}

// finish lets go of all histograms.
func (s *symmetric) finish() {
	for _, g := range s.groups {
		s.release(g)
	}
}

// weigh makes the views of the rows: gradients and weights, times those of the bootstrap, in fixed point.
func (b *symmetricBooster) weigh(ctx context.Context, f *fold) error {
	k := b.out.outputs
	for _, part := range f.parts {
		err := b.Pool.For(ctx, (part.end+rowBlock-1)/rowBlock, func(i int) {
			for r := i * rowBlock; r < min((i+1)*rowBlock, part.end); r++ {
				u := b.drawn.weight(r)
				w := u
				if f.weights != nil {
					w *= f.weights[r]
				}
				at := (part.at + r) * k
				for c := range k {
					b.sg[at+c] = float32(float64(b.g[at+c]) * u)
					b.sh[at+c] = float32(w)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	all := f.rows() * k
	s := b.leaves
	var err error
	if s.fixed, err = newFixed(ctx, b.Pool, pairs{g: b.sg[:all], h: b.sh[:all], stride: 1, factor: 1}); err != nil {
		return err
	}
	s.lambda = max(b.L2*b.meanWeight*s.hScale, 1e-9)
	s.least = b.LeastWeight * b.meanWeight * s.hScale
	if b.LeastWeight <= 1 {
		s.least = 0
	}
	s.views = s.views[:0]
	packed := b.packed
	for _, part := range f.parts {
		from, to := part.at*k, (part.at+part.end)*k
		for c := range k {
			dst := packed[:part.end]
			packed = packed[part.end:]
			if err := s.fixed.pack(ctx, b.Pool, dst, pairs{g: b.sg[from:to], h: b.sh[from:to], at: c, stride: k, factor: 1}); err != nil {
				return err
			}
			if s.ordered {
				s.views = append(s.views, view{dst, 0, part.body}, view{dst, part.body, part.end})
			} else {
				s.views = append(s.views, view{dst, 0, part.end})
			}
		}
	}
	return nil
}

// noise is the deviation of the noise on scores: that of the gradients, fading as the model grows beyond the logarithm of
// the rows.
func (b *symmetricBooster) noise(f *fold) float64 {
	if b.RandomStrength == 0 {
		return 0
	}
	part, k := f.parts[0], b.out.outputs
	sum := 0.0
	for _, g := range b.g[:part.end*k] {
		sum += float64(float64(g) * float64(g))
	}
	left := elementary.Exp(elementary.Log(float64(part.end)) - float64(float64(b.iteration)*b.LearningRate))
	return b.RandomStrength * math.Sqrt(sum/float64(part.end)) * left / (1 + left)
}

// firstGroups enters the columns that compete from the root on.
func (b *symmetricBooster) firstGroups(ctx context.Context, f *fold) error {
	if f.direct == nil {
		f.direct = b.cats.directGroup(b, f)
		if len(b.cats.categories) > 0 {
			var single []Projection
			for _, j := range b.cats.categories {
				single = append(single, Projection{Categories: []int32{j}})
			}
			var err error
			if f.simple, err = b.cats.statisticGroup(ctx, b, f, single); err != nil {
				f.direct = nil
				return err
			}
		}
	}
	b.leaves.enter(f.direct)
	if f.simple != nil {
		b.leaves.enter(f.simple)
	}
	return nil
}

// mostProjections bounds the combinations that enter at a level.
const mostProjections = 64

// combine enters the combinations that the tree's splits suggest (section 4 of the paper): each statistic's projection,
// and all other splits together, with each category that is not in it yet. Those of a base that is gone leave.
func (b *symmetricBooster) combine(ctx context.Context, f *fold, asked []answer, bases map[string]*columnGroup) error {
	if b.MaxCombination < 2 || len(b.cats.categories) == 0 {
		return nil
	}
	var wanted []Projection
	tests := Projection{}
	for i := range asked {
		if q := asked[i].asks.projection; q != nil {
			wanted = append(wanted, q.Projection)
		} else {
			tests.Tests = append(tests.Tests, asked[i].test)
		}
	}
	if len(tests.Tests) > 0 {
		wanted = append(wanted, tests)
	}
	active := map[string]bool{}
	s := b.leaves
	room := mostProjections
	for _, base := range wanted {
		name := base.name()
		if active[name] {
			continue
		}
		active[name] = true
		if bases[name] != nil {
			continue
		}
		of := b.extensions(base, s.groups)
		of = of[:min(len(of), room)]
		room -= len(of)
		if len(of) == 0 {
			continue
		}
		g, err := b.cats.statisticGroup(ctx, b, f, of)
		if err != nil {
			return err
		}
		bases[name] = g
		s.enter(g)
	}
	for name, g := range bases { // the order does not matter: each is on its own
		if !active[name] {
			s.release(g)
			s.groups = slices.DeleteFunc(s.groups, func(x *columnGroup) bool { return x == g })
			delete(bases, name)
		}
	}
	return nil
}

// extensions are a base with one category more each, without those that compete already.
func (b *symmetricBooster) extensions(base Projection, groups []*columnGroup) []Projection {
	length := len(base.Categories)
	if len(base.Tests) > 0 {
		length++
	}
	if length >= b.MaxCombination {
		return nil
	}
	known := map[string]bool{}
	for _, g := range groups {
		for _, a := range g.asks {
			if a.projection != nil {
				known[a.projection.name] = true
			}
		}
	}
	var of []Projection
	for _, j := range b.cats.categories {
		if slices.Contains(base.Categories, j) {
			continue
		}
		p := Projection{Categories: append(slices.Clone(base.Categories), j), Tests: slices.Clone(base.Tests)}
		slices.Sort(p.Categories)
		if !known[p.name()] {
			of = append(of, p)
		}
	}
	return of
}

// drawColumns is the columns that a level may ask, at least one; nil = all.
func (b *symmetricBooster) drawColumns(seed uint64) func(*columnGroup, int) bool {
	if b.ColumnShare <= 0 || b.ColumnShare >= 1 {
		return nil
	}
	limit := uint64(b.ColumnShare * math.MaxUint64 / 2)
	group := map[*columnGroup]uint64{}
	draw := func(g *columnGroup, column int) uint64 { return hash(seed, group[g], uint64(column)) >> 1 }
	least := uint64(math.MaxUint64)
	for i, g := range b.leaves.groups {
		group[g] = uint64(i)
		for _, j := range g.active {
			least = min(least, draw(g, int(j)))
		}
	}
	return func(g *columnGroup, column int) bool { d := draw(g, column); return d < limit || d == least }
}

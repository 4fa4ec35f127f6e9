package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"sadi/internal/dataset"
)

// assemble puts the chains of all columns together, without features that say nothing new.
func assemble(made []result, n int, opt Options) (*Pipeline, *dataset.Matrix) {
	p := &Pipeline{input: opt.Input, pool: opt.Pool}
	m := &dataset.Matrix{Rows: n}
	k := newKeeper(made, opt)
	for i, r := range made {
		step := Step{Column: r.source.name, Kind: r.source.kind}
		if r.drop != "" {
			step.Dropped = append(step.Dropped, r.drop)
		}
		used := false
		for ci, ch := range r.chains {
			places := make([]int, len(ch.columns))
			kept := false
			for j, c := range ch.columns {
				places[j] = -1
				if why := k.refuse(m, i, ci, j); why != "" {
					step.Dropped = append(step.Dropped, c.Name+": "+why)
					continue
				}
				c.Feature.Name = k.unique(c.Feature.Name)
				places[j] = len(m.Cols)
				kept = true
				m.Features = append(m.Features, c.Feature)
				m.Cols = append(m.Cols, ch.values[j])
				step.Features = append(step.Features, c.Feature.Name)
			}
			if kept {
				if !used {
					p.sources = append(p.sources, r.source)
					used = true
				}
				p.chains = append(p.chains, chain{len(p.sources) - 1, ch.steps, places})
				step.Done = append(step.Done, strings.Join(ch.words, ", "))
			}
		}
		p.steps = append(p.steps, step)
	}
	if len(m.Cols) == 0 {
		m.Features = []dataset.Feature{{Name: constantFeature}}
		m.Cols = [][]float32{make([]float32, n)}
	}
	p.features = slices.Clone(m.Features)
	return p, m
}

// keeper decides which features are kept.
type keeper struct {
	made  []result
	sums  [][][]uint64 // a hash of the values of each feature, by column, chain and place
	first map[uint64][]int
	names map[string]bool
}

func newKeeper(made []result, opt Options) *keeper {
	k := &keeper{made: made, sums: make([][][]uint64, len(made)), first: map[uint64][]int{}, names: map[string]bool{}}
	// Hashing can not fail and takes milliseconds, so that it need not end early.
	_ = opt.Pool.For(context.Background(), len(made), func(i int) {
		for _, ch := range made[i].chains {
			sums := make([]uint64, len(ch.values))
			for j, v := range ch.values {
				sums[j] = hash(v)
			}
			k.sums[i] = append(k.sums[i], sums)
		}
	})
	return k
}

// refuse says why a feature is not kept, "" if it is; a kept one becomes the next of m.
func (k *keeper) refuse(m *dataset.Matrix, column, chain, place int) string {
	ch := k.made[column].chains[chain]
	values, levels := ch.values[place], ch.columns[place].Levels
	if constant(values) {
		return "it has one value only in the rows learned from"
	}
	sum := k.sums[column][chain][place]
	for _, j := range k.first[sum] {
		if m.Features[j].Levels == levels && equal(m.Cols[j], values) {
			return fmt.Sprintf("it equals %s in every row", m.Features[j].Name)
		}
	}
	k.first[sum] = append(k.first[sum], len(m.Cols))
	return ""
}

// unique is the name, with a number if another feature has it.
func (k *keeper) unique(name string) string {
	free := name
	for i := 2; k.names[free]; i++ {
		free = fmt.Sprintf("%s (%d)", name, i)
	}
	k.names[free] = true
	return free
}

func constant(v []float32) bool {
	for _, x := range v {
		if !same(x, v[0]) {
			return false
		}
	}
	return true
}

func equal(a, b []float32) bool {
	for i, x := range a {
		if !same(x, b[i]) {
			return false
		}
	}
	return true
}

func same(a, b float32) bool { return a == b || a != a && b != b }

// hash is FNV-1a over the words of 32 bits; numbers that are the same have the same hash.
func hash(v []float32) uint64 {
	h := uint64(14695981039346656037)
	for _, x := range v {
		bits := uint64(math.Float32bits(x + 0)) // −0 + 0 = 0
		if x != x {
			bits = 1 << 32
		}
		h = (h ^ bits) * 1099511628211
	}
	return h
}

package tree

import (
	"context"

	"sadi/internal/par"
)

// tileWidth is the largest number of columns in a tile: a row of it is half a cache line.
const tileWidth = 32

// tile is some columns' bins in row-major order, for the histograms.
type tile struct {
	columns []int32 // features, −1 for a joint column; at most tileWidth
	used    []int   // cells of each column's histogram that are in use
	joints  []joint
	spare   int     // cells of the histograms of the features in joint columns, behind those of the columns
	width   int     // bytes a row: len(columns) rounded up to a multiple of 4, the rest are 0
	bins    []uint8 // n × width and 4 spare bytes
}

// Tiles returns the tiles of all columns that are not constant.
func (b *Bins) Tiles(pool *par.Pool) []tile {
	b.tilesOnce.Do(func() { b.tiles = b.makeTiles(nil, apart(b.varying()), pool) })
	return b.tiles
}

// JointTiles is Tiles with features of few bins joined, for histograms.
func (b *Bins) JointTiles(pool *par.Pool) []tile {
	b.jointOnce.Do(func() {
		all := b.varying()
		if groups := b.together(all); len(groups) < len(all) {
			b.joint = b.makeTiles(nil, groups, pool)
		} else {
			b.joint = b.Tiles(pool)
		}
	})
	return b.joint
}

// varying are the columns that are not constant.
func (b *Bins) varying() (columns []int32) {
	for j := range b.Columns {
		if !b.Columns[j].Constant() {
			columns = append(columns, int32(j))
		}
	}
	return columns
}

// makeTiles lays out groups of columns, each in a byte, using the memory of old where it suffices.
func (b *Bins) makeTiles(old []tile, groups [][]int32, pool *par.Pool) []tile {
	tiles := old[:0]
	for len(groups) > 0 {
		if len(tiles) < cap(tiles) {
			tiles = tiles[:len(tiles)+1]
		} else {
			tiles = append(tiles, tile{})
		}
		t := &tiles[len(tiles)-1]
		n := min(len(groups), tileWidth)
		t.set(b, groups[:n])
		groups = groups[n:]
	}
	const block = 16384
	for k := range tiles {
		t := &tiles[k]
		if need := b.Rows*t.width + 4; cap(t.bins) >= need {
			t.bins = t.bins[:need]
		} else {
			t.bins = onHugePages(make([]uint8, need))
		}
		_ = pool.For(context.Background(), (b.Rows+block-1)/block, func(i int) {
			t.fill(b, i*block, min((i+1)*block, b.Rows))
		})
	}
	return tiles
}

// fill copies the rows lo to hi, a few at a time so that they stay in the first-level cache.
func (t *tile) fill(b *Bins, lo, hi int) {
	const strip = 256
	for ; lo < hi; lo += strip {
		n := min(strip, hi-lo)
		rows := t.bins[lo*t.width:][:n*t.width]
		if len(t.columns) < t.width || len(t.joints) > 0 {
			clear(rows)
		}
		for i := range t.joints {
			t.joints[i].fill(b, rows, t.width, lo, n)
		}
		for c, j := range t.columns {
			if j < 0 {
				continue
			}
			at := c
			for _, v := range b.Columns[j].Bin[lo : lo+n] {
				rows[at] = v
				at += t.width
			}
		}
	}
}

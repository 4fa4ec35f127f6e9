package tree

import (
	"context"

	"sadi/internal/par"
)

// tileWidth is the largest number of columns in a tile: a row of it is half a cache line.
const tileWidth = 32

// tile is some columns' bins in row-major order, for the histograms.
type tile struct {
	columns []int32 // features, ascending; at most tileWidth
	used    []int   // cells of each column's histogram that are in use
	width   int     // bytes a row: len(columns) rounded up to a multiple of 4, the rest are 0
	bins    []uint8 // n × width and 4 spare bytes
}

// Tiles returns the tiles of all columns that are not constant.
func (b *Bins) Tiles(pool *par.Pool) []tile {
	b.tilesOnce.Do(func() {
		var columns []int32
		for j := range b.Columns {
			if !b.Columns[j].Constant() {
				columns = append(columns, int32(j))
			}
		}
		b.tiles = b.makeTiles(nil, columns, pool)
	})
	return b.tiles
}

// makeTiles lays out the given columns, using the memory of old where it suffices.
func (b *Bins) makeTiles(old []tile, columns []int32, pool *par.Pool) []tile {
	tiles := old[:0]
	for len(columns) > 0 {
		if len(tiles) < cap(tiles) {
			tiles = tiles[:len(tiles)+1]
		} else {
			tiles = append(tiles, tile{})
		}
		t := &tiles[len(tiles)-1]
		n := min(len(columns), tileWidth)
		t.columns, t.used = append(t.columns[:0], columns[:n]...), t.used[:0]
		for _, j := range t.columns {
			t.used = append(t.used, b.Columns[j].Count+1)
		}
		columns = columns[n:]
	}
	const block = 16384
	for k := range tiles {
		t := &tiles[k]
		t.width = (len(t.columns) + 3) &^ 3
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
		if len(t.columns) < t.width {
			clear(rows)
		}
		for c, j := range t.columns {
			at := c
			for _, v := range b.Columns[j].Bin[lo : lo+n] {
				rows[at] = v
				at += t.width
			}
		}
	}
}

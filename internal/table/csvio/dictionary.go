package csvio

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// dictionary numbers words in the order in which they come. It is an open hash table whose keys are the words' bytes
// when they fit into one, else a hash; the bytes stand one after the other in an arena. Once most words have turned out
// to be new, looking up is given up: every word gets a number of its own, and ranking finds the equal ones.
type dictionary struct {
	slots  []slot // a power of two of them, at most half in use
	arena  []byte
	ends   []int // of word i in the arena; it begins where the one before ends
	looked int   // words looked up
	unique bool  // no more looking up
}

type slot struct {
	key  uint64 // the word if size ≤ 8, else its hash
	size uint32
	code uint32 // + 1; 0 = free
}

const (
	uniqueAfter = 1 << 15 // words before a dictionary may give up
	uniqueShare = 0.7     // of new words
)

// The seeds keep a file from being made so that its words collide. They decide nothing but the place in a table.
var (
	hashSeed = maphash.MakeSeed()
	mixSeed  = maphash.String(hashSeed, "mix")
)

func (d *dictionary) len() int { return len(d.ends) }

// word is word i.
func (d *dictionary) word(i int) []byte {
	begin := 0
	if i > 0 {
		begin = d.ends[i-1]
	}
	return d.arena[begin:d.ends[i]]
}

// code is the number of a word.
func (d *dictionary) code(word []byte) int32 {
	if 2*len(d.ends) >= len(d.slots) && !d.unique {
		d.grow()
	}
	if d.unique {
		return d.add(word)
	}
	d.looked++
	size := len(word)
	var key uint64
	switch {
	case size > 8:
		key = maphash.Bytes(hashSeed, word)
	case cap(word) >= 8: // the bytes behind the word are loaded and masked
		key = binary.LittleEndian.Uint64(word[:8]) & (1<<(8*uint(size)) - 1)
	default:
		var b [8]byte
		copy(b[:], word)
		key = binary.LittleEndian.Uint64(b[:])
	}
	mask := len(d.slots) - 1
	for at := place(key, size) & mask; ; at = (at + 1) & mask {
		s := &d.slots[at]
		if s.code == 0 {
			c := d.add(word)
			*s = slot{key, uint32(size), uint32(c) + 1}
			return c
		}
		if s.key == key && s.size == uint32(size) && (size <= 8 || string(d.word(int(s.code-1))) == string(word)) {
			return int32(s.code - 1)
		}
	}
}

func place(key uint64, size int) int {
	hi, lo := bits.Mul64(key^mixSeed, 0x9e3779b97f4a7c15+uint64(size)<<1)
	return int((hi ^ lo) >> 1)
}

func (d *dictionary) add(word []byte) int32 {
	d.arena = append(d.arena, word...)
	d.ends = append(d.ends, len(d.arena))
	return int32(len(d.ends) - 1)
}

// grow makes the table larger, or gives it up.
func (d *dictionary) grow() {
	if n := len(d.ends); n >= uniqueAfter && float64(n) > uniqueShare*float64(d.looked) {
		d.unique, d.slots = true, nil
		return
	}
	old := d.slots
	factor := 4
	if len(old) >= 1<<14 {
		factor = 2
	}
	d.slots = make([]slot, max(64, factor*len(old)))
	mask := len(d.slots) - 1
	for _, s := range old {
		if s.code == 0 {
			continue
		}
		at := place(s.key, int(s.size)) & mask
		for d.slots[at].code != 0 {
			at = (at + 1) & mask
		}
		d.slots[at] = s
	}
}

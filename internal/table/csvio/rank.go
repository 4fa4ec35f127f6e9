package csvio

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// entry is a word of one of several dictionaries: words are numbered through all of them.
type entry struct {
	key uint64 // eight bytes behind the prefix that all words share, as a big-endian number
	id  uint32
}

// rank sorts the distinct words of the dictionaries by their bytes. ranks[k][c] is the place of word c of dictionary k
// in levels, whose strings share one arena.
func rank(dicts []*dictionary) (levels []string, ranks [][]int32) {
	ranks = make([][]int32, len(dicts))
	bases := make([]int, len(dicts)+1)
	for k, d := range dicts {
		bases[k+1] = bases[k] + d.len()
		ranks[k] = make([]int32, d.len())
	}
	word := func(id uint32) []byte {
		k := dictionaryOf(id, bases)
		return dicts[k].word(int(id) - bases[k])
	}
	entries := make([]entry, 0, bases[len(dicts)])
	skip := len(sharedPrefix(dicts))
	for k, d := range dicts {
		for c := range d.len() {
			entries = append(entries, entry{sortKey(d.word(c)[skip:]), uint32(bases[k] + c)})
		}
	}
	sortEntries(entries, func(id uint32) []byte { return word(id)[skip:] })

	// The first of equal words is marked by its key, so that words that differ in their keys are not looked at twice.
	size, distinct := 0, 0
	last := entry{}
	for i, e := range entries {
		if i > 0 && e.key == last.key && (!exceedsKey(e.key) || bytes.Equal(word(e.id), word(last.id))) {
			entries[i].key = 0
		} else {
			size += len(word(e.id))
			distinct++
			entries[i].key = 1
		}
		last = e
	}
	var arena strings.Builder
	arena.Grow(size)
	levels = make([]string, 0, distinct)
	for _, e := range entries {
		if e.key == 1 {
			begin := arena.Len()
			arena.Write(word(e.id))
			levels = append(levels, arena.String()[begin:])
		}
		k := dictionaryOf(e.id, bases)
		ranks[k][int(e.id)-bases[k]] = int32(len(levels) - 1)
	}
	return levels, ranks
}

// dictionaryOf is the dictionary that holds word id; dictionary k begins with word bases[k].
func dictionaryOf(id uint32, bases []int) int {
	k := 0
	for int(id) >= bases[k+1] {
		k++
	}
	return k
}

// exceedsKey reports whether a word may be longer than its key.
func exceedsKey(key uint64) bool { return key&0xff != 0 }

// sharedPrefix is the longest beginning of all words.
func sharedPrefix(dicts []*dictionary) []byte {
	var prefix []byte
	first := true
	for _, d := range dicts {
		for c := range d.len() {
			w := d.word(c)
			if first {
				prefix, first = w, false
				continue
			}
			if bytes.HasPrefix(w, prefix) {
				continue
			}
			n := 0
			for n < min(len(w), len(prefix)) && w[n] == prefix[n] {
				n++
			}
			if prefix = prefix[:n]; n == 0 {
				return nil
			}
		}
	}
	return prefix
}

// sortKey is the first eight bytes of a word. Text has no zero bytes, so shorter words come first.
func sortKey(w []byte) uint64 {
	if len(w) >= 8 {
		return binary.BigEndian.Uint64(w)
	}
	var b [8]byte
	copy(b[:], w)
	return binary.BigEndian.Uint64(b[:])
}

// sortEntries sorts by words: a radix sort by key from the last byte to the first, then each run of equal keys by what
// is behind them.
func sortEntries(entries []entry, word func(id uint32) []byte) {
	if len(entries) < 1<<10 {
		slices.SortFunc(entries, func(a, b entry) int {
			if a.key != b.key {
				if a.key < b.key {
					return -1
				}
				return 1
			}
			return bytes.Compare(word(a.id), word(b.id))
		})
		return
	}
	sortKeys(entries)
	for i := 0; i < len(entries); {
		j := i + 1
		for j < len(entries) && entries[j].key == entries[i].key {
			j++
		}
		if exceedsKey(entries[i].key) && j > i+1 { // else the words are equal
			slices.SortFunc(entries[i:j], func(a, b entry) int { return bytes.Compare(word(a.id), word(b.id)) })
		}
		i = j
	}
}

// sortKeys is an LSD radix sort that leaves out the bytes in which all keys agree.
func sortKeys(entries []entry) {
	var counts [8][256]int
	for _, e := range entries {
		for k := range counts {
			counts[k][byte(e.key>>(8*k))]++
		}
	}
	from, to := entries, make([]entry, len(entries))
	for k := range counts {
		if counts[k][byte(from[0].key>>(8*k))] == len(from) {
			continue
		}
		at, sum := &counts[k], 0
		for v, n := range at {
			at[v] = sum
			sum += n
		}
		for _, e := range from {
			v := byte(e.key >> (8 * k))
			to[at[v]] = e
			at[v]++
		}
		from, to = to, from
	}
	if &from[0] != &entries[0] {
		copy(entries, from)
	}
}

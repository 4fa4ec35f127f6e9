package textngram

import (
	"cmp"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"sadi/internal/elementary"
)

// hashBits is the size of the space of terms: few of the words and pairs of a table share a hash among a million.
const hashBits = 20

// maxText bounds the bytes of a text that are read.
const maxText = 1 << 16

// countTerms adds the words of a text, in lower case, and the pairs of neighbouring words to counts. A word is a run of
// letters and digits.
func countTerms(text string, counts map[int32]int) {
	const offset, prime = 2166136261, 16777619 // FNV-1a
	text = text[:min(len(text), maxText)]
	var previous uint32
	words := 0
	var buf [utf8.UTFMax]byte
	hash, inWord := uint32(offset), false
	end := func() {
		counts[fold(hash)]++
		if words > 0 {
			counts[fold((previous^0x5bd1e995)*prime^hash)]++ // the pair; its order matters
		}
		words++
		previous, hash, inWord = hash, offset, false
	}
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if inWord {
				end()
			}
			continue
		}
		inWord = true
		for _, b := range buf[:utf8.EncodeRune(buf[:], unicode.ToLower(r))] {
			hash = (hash ^ uint32(b)) * prime
		}
	}
	if inWord {
		end()
	}
}

// fold mixes 32 bits (the finaliser of MurmurHash3) and keeps hashBits of them.
func fold(h uint32) int32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	h ^= h >> 16
	return int32(h & (1<<hashBits - 1))
}

// newVocabulary keeps the terms that occur in at least two texts and not in nearly all, at most maxTerms of them, those
// in most texts (ties: the smaller hash). As in scikit-learn, idf = ln((1+n)/(1+df)) + 1.
func newVocabulary(docs []map[int32]int) *Fitted {
	df := map[int32]int{}
	for _, doc := range docs {
		for term := range doc {
			df[term]++
		}
	}
	f := &Fitted{}
	for term, n := range df {
		if n >= 2 && 20*n <= 19*len(docs) {
			f.terms = append(f.terms, term)
		}
	}
	slices.SortFunc(f.terms, func(a, b int32) int { return cmp.Or(cmp.Compare(df[b], df[a]), cmp.Compare(a, b)) })
	f.terms = f.terms[:min(len(f.terms), maxTerms)]
	slices.Sort(f.terms)
	for _, term := range f.terms {
		f.idf = append(f.idf, elementary.Log(float64(1+len(docs))/float64(1+df[term]))+1)
	}
	f.place = places(f.terms)
	return f
}

func places(terms []int32) map[int32]int32 {
	place := make(map[int32]int32, len(terms))
	for i, term := range terms {
		place[term] = int32(i)
	}
	return place
}

// entry is the weight of a term in a text.
type entry struct {
	term   int32 // index into terms
	weight float64
}

// weigh is the text as a vector of length 1: (1 + ln tf)·idf of each kept term, ascending by term.
func (f *Fitted) weigh(doc map[int32]int) []entry {
	var v []entry
	for term, n := range doc {
		if at, ok := f.place[term]; ok {
			v = append(v, entry{at, (1 + elementary.Log(float64(n))) * f.idf[at]})
		}
	}
	slices.SortFunc(v, func(a, b entry) int { return cmp.Compare(a.term, b.term) })
	var norm float64
	for _, e := range v {
		norm += float64(e.weight * e.weight)
	}
	if norm = math.Sqrt(norm); norm > 0 {
		for i := range v {
			v[i].weight /= norm
		}
	}
	return v
}

// matrix is the texts as sparse rows.
func (f *Fitted) matrix(docs []map[int32]int) sparse {
	a := sparse{cols: len(f.terms)}
	for _, doc := range docs {
		a.rows = append(a.rows, f.weigh(doc))
	}
	return a
}

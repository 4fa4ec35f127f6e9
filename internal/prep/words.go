package prep

// Words are words of some rows: codes into levels, -1 = missing. Levels are those of the table at hand; they tell words
// of another table apart only by their text.
type Words struct {
	Codes   []int32
	Levels  []string
	Boolean bool // Levels are the table's words for false and true, in this order
}

// Missing and Unseen stand for words that have no place in an index.
const (
	Missing = -1
	Unseen  = -2
)

// Recode writes each row's place in index to dst, or Missing or Unseen.
func (w *Words) Recode(dst []int32, index map[string]int32) {
	place := func(code int32) int32 {
		if at, ok := index[w.Levels[code]]; ok {
			return at
		}
		return Unseen
	}
	if len(dst) < len(w.Levels) { // few rows of many words: look each up
		for i, code := range w.Codes {
			dst[i] = Missing
			if code >= 0 {
				dst[i] = place(code)
			}
		}
		return
	}
	places := make([]int32, len(w.Levels))
	for code := range places {
		places[code] = place(int32(code))
	}
	for i, code := range w.Codes {
		dst[i] = Missing
		if code >= 0 {
			dst[i] = places[code]
		}
	}
}

// Count returns how many rows have each level, and how many have none.
func (w *Words) Count() (levels []int, missing int) {
	levels = make([]int, len(w.Levels))
	for _, code := range w.Codes {
		if code < 0 {
			missing++
		} else {
			levels[code]++
		}
	}
	return levels, missing
}

// Index maps each word to its place.
func Index(words []string) map[string]int32 {
	index := make(map[string]int32, len(words))
	for i, s := range words {
		index[s] = int32(i)
	}
	return index
}

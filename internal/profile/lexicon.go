package profile

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

//go:embed lexicon.json
var lexiconJSON []byte

// lexicon is what names say, in English and Spanish. Phrases are found with and without the blanks between words.
type lexicon struct {
	targets   map[string]meaning
	feature   map[string]bool
	weight    float64 // of a feature's name
	modifiers map[string]bool
	flags     map[string]bool
	stopwords map[string]bool
	classes   map[string]bool // phrases that mean classes
	ids       map[string]bool
	periods   map[string]bool
}

// meaning is what a phrase says: its weight in nats, and the share that stays when it is the head of a longer name.
type meaning struct {
	phrase string
	weight float64
	part   float64
}

type lexiconFile struct {
	About   string `json:"about"`
	Targets []struct {
		Weight float64  `json:"weight"`
		Part   float64  `json:"part"`
		Words  []string `json:"words"`
	} `json:"targets"`
	Features struct {
		Weight float64  `json:"weight"`
		Words  []string `json:"words"`
	} `json:"features"`
	Modifiers   []string `json:"modifiers"`
	Classes     []string `json:"classes"`
	Flags       []string `json:"flags"`
	Stopwords   []string `json:"stopwords"`
	Identifiers []string `json:"identifiers"`
	Periods     []string `json:"periods"`
}

var names = readLexicon(lexiconJSON)

func readLexicon(data []byte) *lexicon {
	var f lexiconFile
	if err := json.Unmarshal(data, &f); err != nil {
		panic("profile: embedded lexicon: " + err.Error())
	}
	l := &lexicon{
		targets: make(map[string]meaning), feature: phrases(f.Features.Words), weight: f.Features.Weight,
		modifiers: phrases(f.Modifiers), classes: phrases(f.Classes), flags: phrases(f.Flags), stopwords: phrases(f.Stopwords),
		ids: phrases(f.Identifiers), periods: phrases(f.Periods),
	}
	for _, g := range f.Targets {
		for _, w := range g.Words {
			l.targets[strings.ReplaceAll(w, " ", "")] = meaning{w, g.Weight, g.Part}
		}
	}
	return l
}

func phrases(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[strings.ReplaceAll(w, " ", "")] = true
	}
	return m
}

const (
	inside       = 0.6  // of part, when the phrase is not the head of the name
	modified     = 0.25 // with a word such as "previous" or "monthly" beside it
	flagOnly     = 0.7  // the weight of "is …" or "has …" alone
	definitional = 0.8  // from this part on, only modifiers weaken a phrase, not the names of features
	longest      = 5    // words in a phrase
)

// sense is the weight of a column's name as a target's, in nats, and the phrase that gave it ("" = none).
func (l *lexicon) sense(name string) (weight float64, phrase string) {
	all := words(withoutUnit(name))
	if m, ok := l.target(all); ok {
		return m.weight, m.phrase
	}
	ws := l.content(all)
	flag := len(ws) > 1 && l.flags[ws[0]]
	if flag {
		ws = ws[1:]
	}
	if m, ok := l.target(ws); ok {
		return m.weight, m.phrase
	}
	weight, phrase = l.contained(ws)
	switch {
	case weight > 0:
	case len(ws) > 0 && (l.feature[joined(ws)] || l.feature[ws[len(ws)-1]] || l.feature[ws[0]]):
		return l.weight, ""
	case flag:
		return flagOnly, ""
	}
	return weight, phrase
}

// withoutUnit leaves out what stands in brackets at the end: Emissions (g/km).
func withoutUnit(name string) string {
	trimmed := strings.TrimSpace(name)
	for _, pair := range []string{"()", "[]"} {
		if open := strings.IndexByte(trimmed, pair[0]); open > 0 && strings.HasSuffix(trimmed, pair[1:]) {
			return trimmed[:open]
		}
	}
	return name
}

// contained is the best phrase that is a part of the name.
func (l *lexicon) contained(ws []string) (weight float64, phrase string) {
	for from := range ws {
		for to := from + 1; to <= min(len(ws), from+longest); to++ {
			m, ok := l.target(ws[from:to])
			if !ok || len(m.phrase) < 3 {
				continue
			}
			share := m.part
			if from > 0 && to < len(ws) {
				share *= inside
			}
			if others := slices.Concat(ws[:from], ws[to:]); l.weakened(others, m) {
				share *= modified
			}
			if w := m.weight * share; w > weight {
				weight, phrase = w, m.phrase
			}
		}
	}
	return weight, phrase
}

func (l *lexicon) weakened(others []string, m meaning) bool {
	return slices.ContainsFunc(others, func(w string) bool {
		return l.modifiers[w] || l.ids[w] || m.part < definitional && l.feature[w]
	})
}

// target finds the words as a phrase, in the singular too.
func (l *lexicon) target(ws []string) (meaning, bool) {
	word := joined(ws)
	for _, form := range []string{word, strings.TrimSuffix(word, "s"), strings.TrimSuffix(word, "es")} {
		if m, ok := l.targets[form]; ok && (form == word || len(form) > 3) {
			return m, true
		}
	}
	return meaning{}, false
}

// content is the words that say something: no numbers, no articles; all of them when none would stay.
func (l *lexicon) content(ws []string) []string {
	var out []string
	for _, w := range ws {
		if !l.stopwords[w] && (w[0] < '0' || w[0] > '9') {
			out = append(out, w)
		}
	}
	if out == nil {
		return ws
	}
	return out
}

// leadingIDs are the words that name an identifier also as the first of several: codigo cliente, id pedido.
var leadingIDs = map[string]bool{"id": true, "idx": true, "uuid": true, "guid": true, "codigo": true, "clave": true,
	"identificador": true, "identificacion": true, "ref": true, "referencia": true, "nº": true, "dni": true, "nif": true, "unnamed": true}

// names an identifier: the whole name, its last word or, for few words, its first.
func (l *lexicon) identifier(name string) bool {
	ws := l.content(words(name))
	if len(ws) == 0 {
		return false
	}
	return l.ids[joined(ws)] || l.ids[ws[len(ws)-1]] || leadingIDs[ws[0]]
}

// names a point or a length of time, or a rank: whole numbers in a row are natural there.
func (l *lexicon) period(name string) bool {
	return slices.ContainsFunc(words(name), func(w string) bool { return l.periods[w] })
}

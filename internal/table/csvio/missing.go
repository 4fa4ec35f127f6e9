package csvio

// missingToken is a way to write "no value". All of them are missing among numbers and dates; the flags say where else.
type missingToken struct {
	text     string
	booleans bool // among yes and no
	words    bool // in a category, where it can be nothing else
}

// missingTokens; the index is how counts are kept. The first is the empty cell.
var missingTokens = [...]missingToken{
	{"", true, true}, {"NA", true, true}, {"N/A", true, true}, {"NaN", true, true}, {"null", true, true},
	{"?", true, true}, {"#N/A", true, true}, {"#NA", true, true}, {"<NA>", true, true}, {`\N`, true, true},
	{"(null)", true, true}, {"#NULL!", true, true}, {"#DIV/0!", true, true}, {"#VALUE!", true, true},
	{"#REF!", true, true}, {"#NAME?", true, true}, {"#NUM!", true, true},
	{"-", true, false}, {"--", true, false}, {"---", true, false}, {".", true, false}, {"..", true, false},
	{"None", true, false}, {"nil", true, false}, {"-NaN", true, false}, {"??", true, false},
	{"n.a.", false, false}, {"nd", false, false}, {"n.d.", false, false}, {"n/d", false, false}, {"s/d", false, false},
	{"missing", false, false}, {"unknown", false, false}, {"undefined", false, false},
	{"0000-00-00", false, false}, {"0000-00-00 00:00:00", false, false}, {"00/00/0000", false, false},
	{"sin dato", false, false}, {"sin datos", false, false}, {"desconocido", false, false}, {"no disponible", false, false},
}

var (
	anyCase   = map[string]int8{} // by the text in lower case
	exactCase = map[string]int8{} // what is missing in a category, in the usual spellings only
	longest   int
)

func init() {
	for i, t := range missingTokens {
		anyCase[string(lower(nil, []byte(t.text)))] = int8(i)
		longest = max(longest, len(t.text))
		if t.words {
			exactCase[t.text] = int8(i)
		}
	}
	for text, as := range map[string]string{"n/a": "N/A", "nan": "NaN", "NULL": "null", "Null": "null", "NAN": "NaN"} {
		exactCase[text] = exactCase[as]
	}
}

// isMissing is the index of a trimmed token among the missing tokens, letter case aside; -1 if it is none.
func isMissing(tok []byte) int {
	if len(tok) == 0 {
		return 0
	}
	if len(tok) > longest || tok[0] >= '0' && tok[0] <= '9' && !zeroDate(tok) {
		return -1
	}
	var folded [24]byte
	if i, ok := anyCase[string(lower(folded[:0], tok))]; ok {
		return int(i)
	}
	return -1
}

// zeroDate reports whether a token may be the day that databases write where they have none.
func zeroDate(tok []byte) bool { return len(tok) >= 10 && tok[0] == '0' && tok[1] == '0' }

// isMissingWord is the same for a category, where only what can not be a word is missing.
func isMissingWord(tok string) int {
	if len(tok) > longest {
		return -1
	}
	if i, ok := exactCase[tok]; ok {
		return int(i)
	}
	return -1
}

// lower appends tok with ASCII letters in lower case.
func lower(dst, tok []byte) []byte {
	for _, c := range tok {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// trim removes blanks and tabs from both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

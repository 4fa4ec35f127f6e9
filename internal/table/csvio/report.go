package csvio

import "fmt"

// Finding is something that was found out about a file.
type Finding struct {
	What  string `json:"what"`  // compression, encoding, line ends, delimiter, quote, header, decimal, thousands, number format, unit, dates, long numbers, mixed column
	Value string `json:"value"` // what it is
	Why   string `json:"why"`   // one sentence
}

// Repair is something that was mended, or read otherwise than it stands.
type Repair struct {
	Code  string `json:"code"`            // one of the Code… constants
	Where string `json:"where,omitempty"` // `column "age"`; empty = the file
	Text  string `json:"text"`            // one sentence
	Count int    `json:"count"`           // how many cells, lines, columns or bytes
}

// The codes of repairs; the texts are part of the API.
const (
	CodeRenamed       = "renamed_column"     // a name occurred twice
	CodeUnnamed       = "unnamed_column"     // a column had no name
	CodeTrimmedName   = "trimmed_name"       // a name had blanks around it
	CodeMissing       = "missing_token"      // a word that means "no value"
	CodeInfinite      = "infinite"           // an infinite value became missing
	CodeNUL           = "nul_bytes"          // NUL bytes were left out
	CodeBlankLines    = "blank_lines"        // empty lines were skipped
	CodeTrailing      = "trailing_delimiter" // empty fields beyond the last column were dropped
	CodeStrayQuote    = "stray_quote"        // text after a closing quote was kept
	CodeBroken        = "broken_encoding"    // bytes outside the encoding were mended
	CodeTrimmed       = "trimmed_values"     // blanks around words were removed
	CodeExtraColumns  = "extra_columns"      // columns that the schema does not name were skipped
	CodeSpellings     = "merged_spellings"   // yes and Yes count as one word
	CodeNotBoolean    = "not_boolean"        // a word in a boolean column of a schema became missing
	CodeFractions     = "fractions"          // numbers with decimals in an integer column of a schema were kept
	CodeAllMissing    = "all_missing"        // a column without any value
	CodeEmptyLastName = "empty_last_column"  // a nameless and empty last column was dropped
	CodeLeadingZeros  = "leading_zeros"      // 007 is the number 7
	CodeTitle         = "title_lines"        // lines above the header were skipped
	CodeRepeated      = "repeated_header"    // lines that stand again as the header does were left out
	CodeTotals        = "totals_row"         // a last row that sums up the others was left out
	CodeStrays        = "stray_values"       // single cells that are no numbers or dates as all others became missing
)

// RepairCodes lists every code, for documentation and for the test that pins them.
func RepairCodes() []string {
	return []string{CodeRenamed, CodeUnnamed, CodeTrimmedName, CodeMissing, CodeInfinite, CodeNUL, CodeBlankLines,
		CodeTrailing, CodeStrayQuote, CodeBroken, CodeTrimmed, CodeExtraColumns, CodeSpellings, CodeNotBoolean,
		CodeFractions, CodeAllMissing, CodeEmptyLastName, CodeLeadingZeros,
		CodeTitle, CodeRepeated, CodeTotals, CodeStrays}
}

// Report says how a file was understood.
type Report struct {
	Bytes    int64     `json:"bytes"`  // of the file as it lies on disk
	SHA256   string    `json:"sha256"` // of the same bytes, in hexadecimal
	Rows     int       `json:"rows"`
	Cols     int       `json:"cols"` // of the table
	Findings []Finding `json:"findings"`
	Repairs  []Repair  `json:"repairs"`
}

func (r *Report) find(what, value, why string, args ...any) {
	r.Findings = append(r.Findings, Finding{what, value, fmt.Sprintf(why, args...)})
}

// mend notes a repair; a count of 0 is none.
func (r *Report) mend(code, where string, count int, text string, args ...any) {
	if count > 0 {
		r.Repairs = append(r.Repairs, Repair{code, where, fmt.Sprintf(text, args...), count})
	}
}

// plural is "1 cell" or "3 cells".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

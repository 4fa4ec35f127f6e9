package csvio

import (
	"fmt"
	"slices"
)

const (
	titleRecords = 20 // above the header at most
	titleSample  = 50 // records that tell how wide the table is
)

// skipTitle finds the header below the lines that spreadsheets put above it: a title, a date, an empty row of cells. p
// is where the first record begins; the result is where the header does, p if there is nothing to skip. A line is above
// the table if at most half of the columns have a text in it and a whole row of different words follows, none of which stands again below it.
func (l *look) skipTitle(b []byte, p int) int {
	d := &l.dialect
	if d.delim == 0 {
		return p
	}
	var starts, widths, filled []int
	var records [][]string
	for at := p; at < len(b) && len(records) < titleSample; {
		if next, ok := d.blank(b, at); ok {
			at = next
			continue
		}
		cells, next := d.record(b, at, nil)
		if next < 0 {
			break
		}
		record := make([]string, len(cells))
		n := 0
		for j, c := range cells {
			if record[j] = string(trim(l.decode(c.text))); record[j] != "" {
				n++
			}
		}
		starts, widths, filled = append(starts, at), append(widths, len(cells)), append(filled, n)
		records = append(records, record)
		at = next
	}
	width := mostFrequent(widths)
	for i, record := range records[:min(len(records), titleRecords+1)] {
		switch above := filled[i] <= width/2; {
		case above:
			continue
		case i == 0 || i+1 == len(records) || widths[i] != width || !namesOnly(record, width) || standsBelow(record, records[i+1:]):
			return p
		}
		l.report.mend(CodeTitle, "", i, "%s above the header %s skipped, such as %q", plural(i, "line"), were(i), shorten(firstText(records[:i])))
		return starts[i]
	}
	return p
}

// namesOnly reports whether a record can be a header: words in nearly all cells, each another.
func namesOnly(record []string, width int) bool {
	seen := map[string]bool{}
	empty := 0
	for _, text := range record {
		tok := []byte(text)
		switch {
		case text == "":
			empty++
		case seen[text] && len(text) > 1, formatsOf(tok) != noFormat, parseDate(tok).orders != noOrder:
			return false
		}
		seen[text] = true
	}
	return 5*empty <= width
}

// standsBelow reports whether a text of the record stands again in the same column, as names do not.
func standsBelow(record []string, below [][]string) bool {
	for _, r := range below {
		for j := range min(len(r), len(record)) {
			if r[j] != "" && r[j] == record[j] && !slices.Equal(r, record) {
				return true
			}
		}
	}
	return false
}

func firstText(records [][]string) string {
	for _, r := range records {
		for _, text := range r {
			if text != "" {
				return text
			}
		}
	}
	return ""
}

// mostFrequent is the value that occurs most often, the larger of equally frequent ones.
func mostFrequent(values []int) (best int) {
	count := map[int]int{}
	for _, v := range values {
		count[v]++
	}
	for v, n := range count {
		if n > count[best] || n == count[best] && v > best {
			best = v
		}
	}
	return best
}

// repeated is the header as it stands in the file, to know it again where files were put together; nil = no header.
type repeated []byte

// at is the length of the header if it stands again at p, 0 if it does not.
func (h repeated) at(b []byte, p int) int {
	if len(h) == 0 || b[p] != h[0] || len(b)-p < len(h) || string(b[p:p+len(h)]) != string(h) {
		return 0
	}
	return len(h)
}

func describeRepeated(n int) string {
	return fmt.Sprintf("%s again as the header does and %s left out", plural(n, "line")+" "+stand(n), were(n))
}

func stand(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}

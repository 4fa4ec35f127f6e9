package csvio

// evidence is what the cells of a column allow it to be. Sets shrink with every cell, so the order in which cells come
// and how they are parted among workers do not matter.
type evidence struct {
	numbers  int       // that are numbers in some format
	dates    int       // that are dates in some order
	others   int       // that are neither, nor missing in such a column
	formats  formatSet // those that admit every number
	orders   orderSet  // those that admit every date
	infinite int
}

func newEvidence() evidence { return evidence{formats: anyFormat, orders: anyOrder} }

// add counts a trimmed cell that occurs n times.
func (e *evidence) add(tok []byte, n int) {
	if isMissing(tok) >= 0 {
		return
	}
	if set := formatsOf(tok); set != noFormat {
		e.numbers += n
		e.formats &= set
	} else if set := parseDate(tok).orders; set != noOrder {
		e.dates += n
		e.orders &= set
	} else if isInfinity(tok) {
		e.infinite += n
	} else {
		e.others += n
	}
}

// numeric reports whether the column is one of numbers.
func (e *evidence) numeric() bool {
	return e.numbers > 0 && e.dates == 0 && e.others == 0 && e.formats != noFormat
}

// temporal reports whether the column is one of dates.
func (e *evidence) temporal() bool {
	return e.dates > 0 && e.numbers == 0 && e.others == 0 && e.infinite == 0 && e.orders != noOrder
}

// verbal reports whether the column holds words, whatever comes.
func (e *evidence) verbal() bool {
	return e.others > 0 || e.numbers > 0 && !e.numeric() || e.dates > 0 && !e.temporal()
}

// provesPoint and provesComma report whether some number of the column can only be read with that decimal mark.
func (e *evidence) provesPoint() bool { return e.numeric() && e.formats&withComma == 0 }
func (e *evidence) provesComma() bool { return e.numeric() && e.formats&withPoint == 0 }

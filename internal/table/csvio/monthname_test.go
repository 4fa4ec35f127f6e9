package csvio

import (
	"testing"
	"time"
)

func TestNamedAndShortDates(t *testing.T) {
	for text, want := range map[string]string{
		"3-May-2008": "2008-05-03", "03 may 08": "2008-05-03", "may-08": "2008-05-01", "ene-99": "1999-01-01", "May 3, 2008": "2008-05-03",
		"3 de mayo de 2008": "2008-05-03", "2008-May-03": "2008-05-03", "Dic. 2020": "2020-12-01", "29-Feb-2023": "", "3 May": "", "may": "",
		"may 3 4 2008": "", "5 apples": "", "Mayor 2008": "", "de mayo": "", "mayo del 2008": "2008-05-01", "1 sept 2021": "2021-09-01",
		"31/12/68": "2068-12-31", "31/12/69": "1969-12-31", "1/2/08": "2008-02-01", "31-12-08": "", "31.12.08": "2008-12-31",
		"1.2.08": "", "1-2-08": "", "31/12/8": "", "31/12/2008": "2008-12-31", "12-May-08 10:30": "",
	} {
		m := parseDate([]byte(text))
		got := ""
		if m.orders != noOrder {
			got = time.Unix(int64(m.seconds(dayFirst)), 0).UTC().Format("2006-01-02")
			if m.named && m.seconds(monthFirst) != m.seconds(dayFirst) {
				t.Errorf("%q: the order matters", text)
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

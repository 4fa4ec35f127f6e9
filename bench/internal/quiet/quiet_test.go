package quiet

import (
	"math"
	"testing"
)

func TestParse(t *testing.T) {
	a, ok := parse("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3 4 5\n")
	b, _ := parse("cpu  160 0 70 900 60 5 5 0 40 0\n")
	if !ok || a.all != 1000 || math.Abs(b.share(a)-90.0/200) > 1e-12 {
		t.Errorf("got %+v and %+v, a share of %v", a, b, b.share(a))
	}
	for _, text := range []string{"", "cpu", "cpu a b c d e f", "intr 1 2 3 4 5 6"} {
		if _, ok := parse(text); ok {
			t.Errorf("%q was taken", text)
		}
	}
}

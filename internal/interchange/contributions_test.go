package interchange

import (
	"context"
	"math"
	"testing"
)

// TestContributionsAreTheLibraries: TreeSHAP equals pred_contribs of XGBoost and pred_contrib of LightGBM.
func TestContributionsAreTheLibraries(t *testing.T) {
	compared := 0
	for _, c := range records(t) {
		if c.Contribs == nil {
			continue
		}
		m, err := Read(c.bytes())
		if err != nil {
			t.Fatal(err)
		}
		k, d := m.Booster.Outputs(), m.Booster.Features()
		got := make([]float64, len(c.X)*k*(d+1))
		if err := m.Booster.Contributions(context.Background(), got, matrix(m, c.X), nil, nil); err != nil {
			t.Fatal(err)
		}
		at, worst := 0, 0.0
		for _, row := range c.scaled(c.Contribs) {
			for _, want := range row {
				worst = max(worst, math.Abs(got[at]-want)/max(1, math.Abs(want)))
				at++
			}
		}
		if at != len(got) || !(worst <= 1e-5) {
			t.Errorf("%s/%s: %d of %d contributions, the worst is wrong by %v", c.file, c.Name, at, len(got), worst)
		}
		t.Logf("%s/%s: within %.1e", c.file, c.Name, worst)
		compared++
	}
	if compared < 25 {
		t.Errorf("only %d models were compared", compared)
	}
}

package report

import (
	"context"
	"fmt"
	"math"
	"testing"

	"sadi"
	"sadi/internal/evaluate"
	"sadi/internal/manifest"
	"sadi/internal/manifest/manifesttest"
	"sadi/internal/metric"
	"sadi/internal/profile"
	"sadi/internal/rng"
	"sadi/internal/table"
)

// example is a job with a verdict on made-up rows. The model is as good as skill says: 0 is no better than chance.
type example struct {
	m *manifest.Manifest
	r *evaluate.Report
	p *profile.Profile
}

func newExample(t *testing.T, problem sadi.Problem, skill float64) example {
	t.Helper()
	m := manifesttest.Sample(problem)
	d := metric.Data{Problem: problem, Classes: len(m.Determined.Target.Labels)}
	base := d
	random := rng.New(7).Rand()
	for range 1409 {
		noise := random.NormFloat64()
		switch problem {
		case sadi.Binary:
			y := math.Floor(random.Float64() + 0.27)
			d.Y = append(d.Y, y)
			d.Pred = append(d.Pred, 1/(1+math.Exp(-(skill*(2*y-1)+noise-1))))
			base.Pred = append(base.Pred, 0.27)
		case sadi.Multiclass:
			y := random.IntN(3)
			p := [3]float64{1, 1, 1}
			p[y] += skill * math.Exp(noise)
			sum := p[0] + p[1] + p[2]
			d.Y = append(d.Y, float64(y))
			d.Pred = append(d.Pred, p[0]/sum, p[1]/sum, p[2]/sum)
			base.Pred = append(base.Pred, 1./3, 1./3, 1./3)
		default:
			y := 200_000 + 60_000*random.NormFloat64()
			d.Y = append(d.Y, y)
			d.Pred = append(d.Pred, 200_000+(y-200_000)*min(skill, 1)+20_000*noise)
			base.Pred = append(base.Pred, 200_000)
		}
	}
	base.Y = d.Y
	name := map[sadi.Problem]string{sadi.Binary: "roc_auc", sadi.Multiclass: "neg_log_loss", sadi.RegressionValue: "neg_root_mean_squared_error"}[problem]
	scorer, err := metric.Lookup(name, problem)
	if err != nil {
		t.Fatal(err)
	}
	r, err := evaluate.Judge(context.Background(), evaluate.Input{Data: d, Baseline: base, Labels: m.Determined.Target.Labels, Scorer: scorer, Stream: rng.New(1), Resamples: 60})
	if err != nil {
		t.Fatal(err)
	}
	return example{m, r, described(t)}
}

// described is the profile of a table like that of the sample.
func described(t *testing.T) *profile.Profile {
	t.Helper()
	random := rng.New(3).Rand()
	tenure := &table.Column{Name: "tenure", Kind: table.Integer}
	contract := &table.Column{Name: "contract", Kind: table.Category, Levels: []string{"Month-to-month", "One year", "Two year"}}
	id := &table.Column{Name: "customer_id", Kind: table.Text}
	churn := &table.Column{Name: "churn", Kind: table.Boolean, Levels: []string{"No", "Yes"}}
	for i := range 800 {
		tenure.Nums = append(tenure.Nums, math.Floor(math.Abs(random.NormFloat64())*24))
		contract.Codes = append(contract.Codes, []int32{0, 0, 1, 2, -1}[random.IntN(5)])
		id.Codes, id.Levels = append(id.Codes, int32(i)), append(id.Levels, fmt.Sprintf("C%05d", i))
		churn.Codes = append(churn.Codes, int32(random.IntN(4)/3))
	}
	cols, err := profile.Describe(context.Background(), &table.Table{Cols: []*table.Column{tenure, contract, id, churn}, Rows: 800}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &profile.Profile{Rows: 800, Columns: cols}
}

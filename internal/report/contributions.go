package report

import (
	"fmt"

	"sadi/internal/manifest"
)

// contributions are what each column adds to the answers of one member, beside the importances, which are of the ensemble.
type contributions struct {
	Lead Text
	Bars []bar
}

func newContributions(d *manifest.Determined) contributions {
	c := d.Contributions
	if c == nil || len(c.Features) == 0 {
		return contributions{}
	}
	out := contributions{Lead: contributionText(d)}
	most := c.Features[0].Mean
	for _, f := range c.Features[:min(len(c.Features), shownImportances)] {
		width := 0.0
		if most > 0 {
			width = 100 * f.Mean / most
		}
		out.Bars = append(out.Bars, bar{Name: f.Feature, Value: number(f.Mean), Width: width})
	}
	return out
}

// contributionText says what the numbers are of.
func contributionText(d *manifest.Determined) Text {
	c := d.Contributions
	name := fmt.Sprintf("trial %d", c.Trial)
	if c.Trial >= 0 && c.Trial < len(d.Trials) {
		name = d.Trials[c.Trial].Name
	}
	scale := Text{"prediction", "la predicción"}
	if c.Scale == manifest.OnMargin {
		scale = Text{"margin, the sum before it becomes a prediction", "el margen, la suma antes de convertirse en predicción"}
		if d.Target.Problem.IsClassification() {
			scale = Text{"margin (log-odds), the sum before it becomes a probability", "el margen (log-odds), la suma antes de convertirse en probabilidad"}
		}
	}
	return Text{
		fmt.Sprintf("How much each column adds to or takes from the %s: the mean absolute Shapley value (exact, TreeSHAP) on %s rows that no model had seen. These are of %s alone, "+
			"the best member made of trees, and not of the ensemble.", scale.EN, whole(c.Rows), name),
		fmt.Sprintf("Cuánto suma o resta cada columna a %s: el valor de Shapley absoluto medio (exacto, TreeSHAP) en %s filas que ningún modelo había visto. Son solo de %s, "+
			"el mejor miembro hecho de árboles, y no del conjunto.", scale.ES, whole(c.Rows), name)}
}

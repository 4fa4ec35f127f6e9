package report

import (
	"math"
	"slices"
	"strconv"

	"sadi/internal/evaluate"
)

var unit = [2]float64{0, 1}

// rocChart draws the true-positive rate over the false-positive rate, a line for each curve.
func rocChart(curves []evaluate.Curves) chart {
	p, ax, ay := newPlot(small, unit, unit, Text{"ROC curve", "Curva ROC"},
		Text{"negatives taken for positive", "negativos tomados por positivos"}, Text{"positives found", "positivos encontrados"})
	p.line("guide", path(ax, ay, unit[:], unit[:]), Text{"by chance", "al azar"})
	for i, c := range curves {
		x, y := defined(c.ROC.FalsePositive, c.ROC.TruePositive)
		points := path(ax, ay, x, y)
		if len(curves) == 1 && len(x) > 0 {
			p.Areas = []Line{{Points: points + " " + path(ax, ay, []float64{1, 0}, []float64{0, 0})}}
		}
		p.line(lineClass(i), points, curveName(c, len(curves)))
	}
	return chart{p.Label, Text{"What finding more positives costs in false alarms.", "Lo que cuesta en falsas alarmas encontrar más positivos."}, p}
}

// prChart draws the precision over the recall; base is the share of the positives, which chance reaches, or 0 for no line.
func prChart(curves []evaluate.Curves, base float64) chart {
	p, ax, ay := newPlot(small, unit, unit, Text{"Precision and recall", "Precisión y exhaustividad"},
		Text{"recall", "exhaustividad"}, Text{"precision", "precisión"})
	if base > 0 {
		p.line("guide", path(ax, ay, unit[:], []float64{base, base}), Text{"by chance", "al azar"})
	}
	for i, c := range curves {
		x, y := defined(c.PR.Recall, c.PR.Precision)
		p.line(lineClass(i), path(ax, ay, x, y), curveName(c, len(curves)))
	}
	return chart{p.Label, Text{"How many of those taken for positive really are.", "Cuántos de los tomados por positivos lo son de verdad."}, p}
}

// calibrationChart draws observed shares over predicted probabilities, one mark for each group of predictions.
func calibrationChart(curves []evaluate.Curves) chart {
	p, ax, ay := newPlot(small, unit, unit, Text{"Calibration", "Calibración"},
		Text{"predicted probability", "probabilidad predicha"}, Text{"observed share", "proporción observada"})
	p.line("guide", path(ax, ay, unit[:], unit[:]), Text{"perfect", "perfecta"})
	for i, c := range curves {
		x, y := defined(c.Calibration.Predicted, c.Calibration.Observed)
		p.line(lineClass(i), path(ax, ay, x, y), curveName(c, len(curves)))
		for j := range x {
			p.Marks = append(p.Marks, Mark{lineClass(i), ax.at(x[j]), ay.at(y[j])})
		}
	}
	return chart{p.Label, Text{"Whether, of the cases given 70 %, 70 % come true.", "Si, de los casos a los que se da un 70 %, se cumple el 70 %."}, p}
}

// shownCurves is how many classes a drawing has room for.
const shownCurves = 5

func lineClass(i int) string { return "line c" + strconv.Itoa(i) }

func curveName(c evaluate.Curves, n int) Text {
	if n == 1 {
		return Text{"this model", "este modelo"}
	}
	return same(shorten(c.Label, 20))
}

// defined keeps the points that have both coordinates.
func defined(xs, ys []evaluate.Number) (x, y []float64) {
	for i := range min(len(xs), len(ys)) {
		if xs[i].Defined() && ys[i].Defined() {
			x, y = append(x, float64(xs[i])), append(y, float64(ys[i]))
		}
	}
	return x, y
}

// bandChart draws the true value over the predicted one, groups of rows of like prediction: their mean, and the range
// that holds the middle 80 % of them. It is nil when no group has all its numbers.
func bandChart(bands []evaluate.Band) *chart {
	var x, y, low, high []float64
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, b := range bands {
		if !b.Predicted.Defined() || !b.Actual.Defined() || !b.Low.Defined() || !b.High.Defined() {
			continue
		}
		x, y = append(x, float64(b.Predicted)), append(y, float64(b.Actual))
		low, high = append(low, float64(b.Low)), append(high, float64(b.High))
		lo, hi = min(lo, float64(b.Predicted), float64(b.Low)), max(hi, float64(b.Predicted), float64(b.High))
	}
	if len(x) == 0 {
		return nil
	}
	both := widen(lo, hi)
	p, ax, ay := newPlot(large, both, both, Text{"Predicted and true values", "Valores predichos y verdaderos"},
		Text{"predicted value", "valor predicho"}, Text{"true value", "valor verdadero"})
	back, top := slices.Clone(x), slices.Clone(high)
	slices.Reverse(back)
	slices.Reverse(top)
	p.Areas = []Line{{Points: path(ax, ay, x, low) + " " + path(ax, ay, back, top)}}
	p.line("guide", path(ax, ay, both[:], both[:]), Text{"perfect", "perfecto"})
	p.line(lineClass(0), path(ax, ay, x, y), Text{"mean of like predictions", "media de predicciones parecidas"})
	for i := range x {
		p.Marks = append(p.Marks, Mark{lineClass(0), ax.at(x[i]), ay.at(y[i])})
	}
	return &chart{p.Label, Text{"The nearer to the dashed line, the better. The band holds the middle 80 % of the rows.",
		"Cuanto más cerca de la línea discontinua, mejor. La banda contiene el 80 % central de las filas."}, p}
}

// histogramChart draws counts over edges; there is one edge more than counts.
func histogramChart(edges, counts []float64, title, note, xLabel Text) chart {
	most := slices.Max(counts)
	p, ax, ay := newPlot(large, [2]float64{edges[0], edges[len(edges)-1]}, [2]float64{0, max(most, 1) * 1.05}, title, xLabel, Text{"rows", "filas"})
	for i, n := range counts {
		x, top := ax.at(edges[i]), ay.at(n)
		p.Bars = append(p.Bars, Box{x + 0.5, top, max(ax.at(edges[i+1])-x-1, 0.5), p.Frame.Bottom() - top})
	}
	return chart{title, note, p}
}

// confusion is the table of decided and true classes.
type confusion struct {
	Labels []string
	Rows   []confusionRow
	Hidden bool
}

type confusionRow struct {
	Label string
	Cells []cell
}

type cell struct {
	Count, Share string
	Level        int // 0..4, how dark
}

const shownClasses = 12

// newConfusion makes the table from counts[true][decided].
func newConfusion(labels []string, counts [][]evaluate.Number) *confusion {
	n := min(len(labels), len(counts), shownClasses)
	c := &confusion{Hidden: n < len(labels)}
	for _, l := range labels[:n] {
		c.Labels = append(c.Labels, shorten(l, 18))
	}
	for i := range n {
		var sum float64
		for _, v := range counts[i] {
			sum += float64(v)
		}
		row := confusionRow{Label: c.Labels[i]}
		for j := range n {
			share := 0.0
			if sum > 0 {
				share = float64(counts[i][j]) / sum
			}
			row.Cells = append(row.Cells, cell{number(float64(counts[i][j])), percent(share), int(math.Min(4, math.Ceil(share*4)))})
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

// classRow is a line of the report by class.
type classRow struct{ Label, Precision, Recall, F1, Rows string }

package report

import (
	"math"
	"strconv"
	"strings"

	"sadi/internal/elementary"
)

// Plot is a drawing on two axes, in units of its view box; the template "plot" makes it SVG.
type Plot struct {
	Label          Text // for those who do not see it
	XLabel, YLabel Text
	XTicks, YTicks []Tick
	Lines          []Line
	Areas          []Line // polygons
	Bars           []Box
	Marks          []Mark
	Legend         []Line
	Frame          Box
	Width, Height  float64
}

// Tick is a mark on an axis.
type Tick struct {
	At    float64
	Label string
}

// Line is a polyline; Class says how it looks: guide, or line with c0 … c4.
type Line struct {
	Class  string
	Points string
	Name   Text
	X, At  float64 // where its sample begins in the legend, and its height
}

// Box is a rectangle.
type Box struct{ X, Y, W, H float64 }

// Right and Bottom are its far edges.
func (b Box) Right() float64  { return b.X + b.W }
func (b Box) Bottom() float64 { return b.Y + b.H }

// Middle and Centre are its middle, across and down.
func (b Box) Middle() float64 { return b.X + float64(b.W/2) }
func (b Box) Centre() float64 { return b.Y + float64(b.H/2) }

// Mark is a small disc; Class says how it looks.
type Mark struct {
	Class string
	X, Y  float64
}

// axis maps values to a stretch of the drawing.
type axis struct{ lo, hi, from, to float64 }

func (a axis) at(v float64) float64 {
	if a.hi == a.lo {
		return (a.from + a.to) / 2
	}
	return a.from + (a.to-a.from)*(v-a.lo)/(a.hi-a.lo)
}

// ticks are round values of the axis, at most n.
func (a axis) ticks(n int) []Tick {
	step := niceStep((a.hi - a.lo) / float64(n))
	var out []Tick
	if !(step > 0) || math.IsInf(step, 0) {
		return []Tick{{a.at(a.lo), number(a.lo)}}
	}
	first := math.Ceil(a.lo/step - 1e-9)
	for k := range n + 2 { // counted, because first + 1 may be first where values are huge and close together
		v := float64((first + float64(k)) * step)
		tick := Tick{a.at(v), tickLabel(v, step)}
		if v <= a.hi+float64(step*1e-9) && (len(out) == 0 || out[len(out)-1].Label != tick.Label) {
			out = append(out, tick)
		}
	}
	return out
}

// niceStep is the smallest of 1, 2, 5 times a power of ten that is at least x.
func niceStep(x float64) float64 {
	power := elementary.Pow(10, math.Floor(elementary.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func tickLabel(v, step float64) string {
	if math.Abs(v) < step/2 {
		return "0"
	}
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(v) >= unit.size*10 || step >= unit.size {
			return decimals(v/unit.size, step/unit.size) + unit.name
		}
	}
	return decimals(v, step)
}

// decimals writes v with as many digits as step needs.
func decimals(v, step float64) string {
	if abs := math.Abs(v); abs >= 1e6 || abs < 1e-5 {
		return number(v)
	}
	digits := max(0, int(math.Ceil(-elementary.Log10(step)-1e-9)))
	return minus(strconv.FormatFloat(v, 'f', min(digits, 8), 64))
}

// The sizes of a plot: three of the small ones stand in a line, or two of the large ones.
var (
	small = [2]float64{290, 262}
	large = [2]float64{440, 330}
)

// newPlot draws the axes of a plot over the given ranges.
func newPlot(size, x, y [2]float64, label, xLabel, yLabel Text) (*Plot, axis, axis) {
	f := Box{52, 10, size[0] - 52 - 12, size[1] - 10 - 44}
	ax, ay := axis{x[0], x[1], f.X, f.Right()}, axis{y[0], y[1], f.Bottom(), f.Y}
	p := &Plot{Label: label, XLabel: xLabel, YLabel: yLabel, Frame: f, Width: size[0], Height: size[1],
		XTicks: ax.ticks(5), YTicks: ay.ticks(5)}
	return p, ax, ay
}

// path is the points of a polyline.
func path(ax, ay axis, xs, ys []float64) string {
	var b strings.Builder
	for i := range xs {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(px(ax.at(xs[i])) + "," + px(ay.at(ys[i])))
	}
	return b.String()
}

// line adds a polyline; with a name it stands in the legend.
func (p *Plot) line(class string, points string, name Text) {
	l := Line{Class: class, Points: points, Name: name}
	p.Lines = append(p.Lines, l)
	if !name.Empty() {
		l.X, l.At = p.Frame.Right()-18, p.Frame.Bottom()-14-float64(17*len(p.Legend))
		p.Legend = append(p.Legend, l)
	}
}

// widen is the range of values with a little air, never empty.
func widen(lo, hi float64) [2]float64 {
	air := (hi - lo) * 0.04
	if !(air > 0) {
		air = math.Max(math.Abs(lo)*0.05, 0.5)
	}
	return [2]float64{lo - air, hi + air}
}

package mlp

import (
	"math"
	"math/rand/v2"

	"sadi/internal/gemm"
	"sadi/internal/rng"
)

// shape is what a network is made of. Its input is a row of numbers, the first Embedded of which are embedded.
type shape struct {
	Inputs, Embedded int
	Hidden           []int // widths of the layers between
	Outputs          int
	Activation       activation
}

// Frequencies and learned numbers of the embedding of an input.
const (
	waves   = 16
	learned = 3
)

// embedded is the number of columns of the first layer.
func (s *shape) embedded() int { return s.Inputs + s.Embedded*learned }

// group is a range of the parameters that have a learning rate of their own.
type group struct {
	lo, hi int
	rate   float64 // factor on the learning rate
	decays bool    // whether weight decay pulls them to 0
}

// layout says where the parameters of a network stand in one list.
type layout struct {
	shape
	frequency, phase int // Embedded × waves
	mix, offset      int // Embedded × (waves × learned), Embedded × learned
	scale            int // embedded()
	weights, biases  []int
	size             int
	groups           []group
	widths           []int // of the layers, from the embedded input to the outputs
}

// The factors on the learning rate, as in RealMLP-TD.
const (
	scaleRate, biasRate, embeddingRate = 6, 0.1, 0.1
)

func newLayout(s shape) *layout {
	l := &layout{shape: s}
	take := func(n int, rate float64, decays bool) int {
		at := l.size
		l.size += n
		if n > 0 {
			l.groups = append(l.groups, group{at, l.size, rate, decays})
		}
		return at
	}
	l.frequency = take(s.Embedded*waves, embeddingRate, false)
	l.phase = take(s.Embedded*waves, embeddingRate/(2*math.Pi), false) // as an angle
	l.mix = take(s.Embedded*waves*learned, embeddingRate, false)
	l.offset = take(s.Embedded*learned, embeddingRate, false)
	l.scale = take(s.embedded(), scaleRate, false)
	l.widths = append(append([]int{s.embedded()}, s.Hidden...), s.Outputs)
	for i, in := range l.widths[:len(l.widths)-1] {
		out := l.widths[i+1]
		l.weights = append(l.weights, take(in*out, 1, true))
		l.biases = append(l.biases, take(out, biasRate, false))
	}
	return l
}

// sigma is the standard deviation of the first frequencies, in turns for a unit of the input.
const sigma = 0.1

// start draws the first parameters. The last layer is 0, so that learning begins at the constant prediction.
func (l *layout) start(stream rng.Stream) []float32 {
	w := make([]float32, l.size)
	r := stream.Rand()
	normal := func(at, n int, deviation float64) {
		for i := range w[at : at+n] {
			w[at+i] = float32(deviation * rng.Normal(r))
		}
	}
	normal(l.frequency, l.Embedded*waves, sigma)
	uniform := func(at, n int, most float64) {
		for i := range w[at : at+n] {
			w[at+i] = float32(most * (float64(2*float64(r.Float64())) - 1))
		}
	}
	uniform(l.phase, l.Embedded*waves, 0.5)
	uniform(l.mix, l.Embedded*waves*learned, 1/math.Sqrt(waves))
	uniform(l.offset, l.Embedded*learned, 1/math.Sqrt(waves))
	for i := range w[l.scale : l.scale+l.embedded()] {
		w[l.scale+i] = 1
	}
	last := len(l.weights) - 1
	for i := range l.weights[:last] {
		normal(l.weights[i], l.widths[i]*l.widths[i+1], 1)
		normal(l.biases[i], l.widths[i+1], 1)
	}
	return w
}

// factor is what the products of layer i are multiplied with: with it weights of variance 1 keep the variance from layer to
// layer, and a learning rate serves every width (the neural tangent parametrisation).
func (l *layout) factor(i int) float32 {
	return float32(1 / math.Sqrt(float64(max(l.widths[i], 1))))
}

// pass is the room for the rows of a batch on their way through a network, forward and backward.
type pass struct {
	*layout
	room     int         // rows that there is room for
	rows     int         // of the last forward pass
	angles   []float32   // Embedded × rows × waves: then their gradients
	cos, sin []float32   // Embedded × rows × waves
	mixed    []float32   // rows × learned of one input
	plain    []float32   // rows × embedded(): the embedded input before it is scaled
	values   [][]float32 // of each layer, rows × width: what goes into it, and last the outputs
	slopes   [][]float32 // of each hidden layer, the slope of its activation, with dropout
	back     [][]float32 // of each layer, the gradient by its values
	work     gemm.Workspace
}

func newPass(l *layout, rows int, learning bool) *pass {
	p := &pass{layout: l, room: rows}
	n := l.Embedded * rows * waves
	p.angles, p.cos, p.sin = make([]float32, n), make([]float32, n), make([]float32, n)
	p.mixed = make([]float32, rows*learned)
	p.plain = make([]float32, rows*l.embedded())
	for i, width := range l.widths {
		p.values = append(p.values, make([]float32, rows*width))
		if 0 < i && i < len(l.widths)-1 {
			p.slopes = append(p.slopes, make([]float32, rows*width))
		}
		if learning {
			p.back = append(p.back, make([]float32, rows*width))
		}
	}
	return p
}

// forward computes the outputs of rows of inputs, and leaves them in output. With a source of chance it drops the share drop of
// the hidden values and scales up the others.
func (p *pass) forward(w, x []float32, rows int, drop float64, chance *rand.Rand) {
	p.rows = rows
	p.embed(w, x)
	in, scale := p.embedded(), w[p.scale:]
	for i := range rows {
		row, plain := p.values[0][i*in:(i+1)*in], p.plain[i*in:(i+1)*in]
		for j := range row {
			row[j] = plain[j] * scale[j]
		}
	}
	last := len(p.weights) - 1
	for i := range p.weights {
		from, to := p.widths[i], p.widths[i+1]
		out := p.values[i+1][:rows*to]
		a, b := gemm.Of(p.values[i], rows, from), gemm.Of(w[p.weights[i]:], from, to)
		gemm.Mul(gemm.Of(out, rows, to), a, b, p.factor(i), &p.work)
		bias := w[p.biases[i]:][:to]
		if i == last {
			for r := range rows {
				for j, v := range bias {
					out[r*to+j] += v
				}
			}
			break
		}
		p.Activation.apply(out, p.slopes[i][:rows*to], bias)
		if drop > 0 {
			dropOut(out, p.slopes[i][:rows*to], drop, chance)
		}
	}
}

// output are the outputs of the rows.
func (p *pass) output() []float32 { return p.values[len(p.values)-1][:p.rows*p.Outputs] }

// dropOut sets a share of the values to 0, with their slopes, and scales up the others.
func dropOut(values, slopes []float32, share float64, chance *rand.Rand) {
	bar := int64(share * (1 << 16))
	scale := float32(1 / (1 - float64(float64(bar)/(1<<16))))
	slopes = slopes[:len(values)]
	for len(values) > 0 {
		n := min(4, len(values))
		v, s := values[:n], slopes[:n]
		values, slopes = values[n:], slopes[n:]
		bits := chance.Uint64()
		for i := range v {
			// all ones where the value is kept, without a branch that no processor could predict
			keep := ^uint32((int64(bits&0xffff) - bar) >> 63)
			bits >>= 16
			v[i] = math.Float32frombits(math.Float32bits(v[i]*scale) & keep)
			s[i] = math.Float32frombits(math.Float32bits(s[i]*scale) & keep)
		}
	}
}

// gradient writes the gradient of the loss by the parameters to g; that by the outputs of the last forward pass, rows ×
// Outputs, is in outputGradient.
func (p *pass) gradient(g, w, x []float32) {
	rows := p.rows
	for i := len(p.weights) - 1; i >= 0; i-- {
		from, to := p.widths[i], p.widths[i+1]
		back := gemm.Of(p.back[i+1], rows, to)
		if i < len(p.weights)-1 {
			slopes := p.slopes[i][:rows*to]
			for j, s := range slopes {
				back.Data[j] *= s
			}
		}
		sumRows(g[p.biases[i]:][:to], back.Data)
		gemm.Mul(gemm.Of(g[p.weights[i]:], from, to), gemm.Of(p.values[i], rows, from).T(), back, p.factor(i), &p.work)
		gemm.Mul(gemm.Of(p.back[i], rows, from), back, gemm.Of(w[p.weights[i]:], from, to).T(), p.factor(i), &p.work)
	}
	in := p.embedded()
	scale, by := w[p.scale:][:in], g[p.scale:][:in]
	clear(by)
	for i := range rows {
		back, plain := p.back[0][i*in:(i+1)*in], p.plain[i*in:(i+1)*in]
		for j, v := range back {
			by[j] += float32(v * plain[j])
			back[j] = v * scale[j]
		}
	}
	p.embeddingGradient(g, w, x)
}

// outputGradient is the room for the gradient of the loss by the outputs.
func (p *pass) outputGradient() []float32 { return p.back[len(p.back)-1][:p.rows*p.Outputs] }

// sumRows writes the sums of the columns of a matrix.
func sumRows(dst, rows []float32) {
	clear(dst)
	for n := len(dst); len(rows) > 0; rows = rows[n:] {
		for j, v := range rows[:n] {
			dst[j] += v
		}
	}
}

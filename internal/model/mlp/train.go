package mlp

import (
	"context"
	"fmt"
	"math"
	"slices"

	"sadi/internal/dataset"
	"sadi/internal/loss"
	"sadi/internal/model"
	"sadi/internal/num"
	"sadi/internal/rng"
)

// options say how networks learn.
type options struct {
	Hidden       []int
	Activation   activation
	Epochs       int
	Batch        int
	Rate, Decay  float64
	Drop         float64 // share of the hidden values that is dropped
	Smoothing    float64 // of the classes
	MostEmbedded int     // more numbers than this are not embedded
	Schedule     string  // of the learning rate
	Networks     int
	Patience     int // epochs; adaptivePatience, 0 = never, or a count
	Balanced     bool
}

// adaptivePatience ends learning where a wave of coslog4 has stayed well behind those before it.
const adaptivePatience = -1

// trainer is a fit under way.
type trainer struct {
	options
	model.Train
	loss     loss.Loss
	fitted   *Fitted
	x        []float32 // rows × inputs
	y        []float64 // standardised for a regression
	weights  []float64 // of mean 1; nil = all 1
	valid    []float32
	raw      []float64 // of the validation rows: sums over the networks
	networks []*network
}

// network is one of those that learn beside each other.
type network struct {
	*trainer
	stream      rng.Stream
	w, gradient []float32
	optimiser   adam
	pass        *pass
	order       []int // of the rows in this epoch
	steps       int   // done

	safe, best []float32 // w after the last epoch that ended in finite numbers, and after the best
	diverged   bool

	// The batch: its rows, what they should be and weigh, their outputs with the base, and the gradient by those.
	inputs       []float32
	y, weights   []float64
	raw          []float64
	grad, unused []float32 // unused are hessians

	validRaw []float64
}

// fit learns. The rounds are epochs.
func fit(ctx context.Context, train model.Train, o options) (model.Fitted, error) {
	if err := model.CheckTrain(train, dataset.Dense); err != nil {
		return nil, err
	}
	t := &trainer{options: o, Train: train}
	if err := t.prepare(ctx); err != nil {
		return nil, err
	}
	epochs, stopping := o.Epochs, train.Valid != nil && o.Patience != 0
	if train.Rounds > 0 {
		epochs, stopping = train.Rounds, false
	}
	best, bestLoss, waveBest := 0, math.Inf(1), math.Inf(1)
	done := 0
	var trace model.Trace
	for done < epochs {
		if err := t.epoch(ctx, done, stopping); err != nil {
			return nil, err
		}
		done++
		if stopping {
			l := t.validLoss()
			trace.Add(done, l*t.fitted.lossUnit())
			waveBest = min(waveBest, l)
			if l < bestLoss || best == 0 {
				best, bestLoss = done, l
				t.remember()
			}
		}
		if train.Proceed != nil && !train.Proceed(done) {
			break
		}
		if stopping && o.exhausted(done, best, bestLoss, &waveBest) {
			break
		}
	}
	f := t.fitted
	f.rounds = done
	if stopping {
		f.rounds, f.trace = best, trace
	}
	for _, n := range t.networks {
		if stopping {
			f.networks = append(f.networks, n.best)
		} else {
			f.networks = append(f.networks, n.w)
		}
	}
	return f, nil
}

// worse is the part by which a wave of the learning rate may stay behind the best loss before learning is given up: less is chance.
const worse = 1.05

// exhausted reports whether more epochs are not worth their time. waveBest is the best loss in the present wave.
func (o *options) exhausted(done, best int, bestLoss float64, waveBest *float64) bool {
	if o.Patience != adaptivePatience {
		return done-best >= o.Patience
	}
	if o.Schedule != "coslog4" {
		return done-best >= max(o.Epochs/5, 10)
	}
	for _, end := range waveEnds {
		if done == int(math.Ceil(end*float64(o.Epochs))) {
			behind := *waveBest > float64(worse*bestLoss)
			*waveBest = math.Inf(1)
			return behind
		}
	}
	return false
}

// prepare makes the rows, the target and the networks.
func (t *trainer) prepare(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	weights := t.Weights
	if t.Balanced && t.Y.Problem.IsClassification() {
		weights = model.Balance(t.Y, weights, 1)
	}
	rows := present(weights)
	f := &Fitted{problem: t.Y.Problem, features: len(t.X.Cols), outputs: t.Y.Outputs()}
	t.fitted = f
	t.input(rows)
	t.target(rows, weights)
	f.base = t.loss.Init(t.y, t.weights)
	f.layout = newLayout(shape{Inputs: len(f.scaler.Columns), Embedded: f.scaler.Embedded, Hidden: t.Hidden, Outputs: t.loss.Outputs(),
		Activation: t.Activation})
	batch := min(t.Batch, len(t.y))
	for k := range t.Networks {
		stream := t.Stream.Child("network").At(k)
		t.networks = append(t.networks, t.network(f.layout.start(stream.Child("start")), batch, stream))
	}
	if v := t.Valid; v != nil {
		t.valid = make([]float32, v.X.Rows*f.layout.Inputs)
		f.scaler.rows(t.valid, v.X, nil, 0, v.X.Rows)
		t.raw = make([]float64, v.X.Rows*f.layout.Outputs)
	}
	return nil
}

// network is one that begins with the parameters w.
func (t *trainer) network(w []float32, batch int, stream rng.Stream) *network {
	l := t.fitted.layout
	outputs := batch * l.Outputs
	n := &network{trainer: t, w: w, safe: slices.Clone(w), gradient: make([]float32, l.size), stream: stream, pass: newPass(l, batch, true),
		optimiser: adam{m: make([]float32, l.size), v: make([]float32, l.size)}, order: make([]int, len(t.y)),
		inputs: make([]float32, batch*l.Inputs), y: make([]float64, batch),
		raw: make([]float64, outputs), grad: make([]float32, outputs), unused: make([]float32, outputs)}
	if t.weights != nil {
		n.weights = make([]float64, batch)
	}
	return n
}

// present are the rows of a positive weight, nil = all.
func present(weights []float64) []int {
	var rows []int
	for i, w := range weights {
		if w > 0 {
			rows = append(rows, i)
		}
	}
	if len(rows) == len(weights) {
		return nil
	}
	return rows
}

// prepared are the rows of a matrix as networks take them.
type prepared struct {
	scaler *scaler
	x      []float32
}

// input scales the rows; those of the whole matrix are kept with it for other fits.
func (t *trainer) input(rows []int) {
	build := func() any {
		n := t.X.Rows
		if rows != nil {
			n = len(rows)
		}
		s := newScaler(t.X, rows, t.MostEmbedded)
		x := make([]float32, n*len(s.Columns))
		s.rows(x, t.X, rows, 0, n)
		return prepared{s, x}
	}
	var p prepared
	if rows == nil {
		p = t.X.Memo(fmt.Sprintf("mlp/%d", t.MostEmbedded), build).(prepared)
	} else {
		p = build().(prepared)
	}
	t.fitted.scaler, t.x = p.scaler, p.x
}

// target standardises the values and the weights of the rows, and chooses the loss.
func (t *trainer) target(rows []int, weights []float64) {
	y := t.Y.Y
	if rows != nil {
		y = t.Y.Take(rows).Y
	}
	if weights != nil {
		t.weights = make([]float64, len(y))
		for i := range y {
			t.weights[i] = weights[at(rows, i)]
		}
		num.MeanOne(t.weights)
	}
	t.y = y
	t.loss = loss.Default(t.Y.Problem, t.Y.Classes)
	if !t.Y.Problem.IsClassification() {
		t.y = t.fitted.standardise(y, t.weights)
	}
}

func at(rows []int, i int) int {
	if rows == nil {
		return i
	}
	return rows[i]
}

// epoch lets every network learn once from all rows; with validation rows it leaves the sum of their outputs in raw.
func (t *trainer) epoch(ctx context.Context, epoch int, judge bool) error {
	err := t.Pool.For(ctx, len(t.networks), func(k int) {
		n := t.networks[k]
		n.epoch(ctx, epoch)
		if judge {
			n.judge()
		}
	})
	if err != nil || !judge {
		return err
	}
	clear(t.raw)
	for _, n := range t.networks {
		for i, v := range n.validRaw {
			t.raw[i] += v
		}
	}
	return nil
}

// validLoss is the mean loss of the validation rows, in units of the standardised target.
func (t *trainer) validLoss() float64 {
	k := t.loss.Outputs()
	row := make([]float64, k)
	var sum, total float64
	for i, y := range t.Valid.Y.Y {
		w := 1.0
		if t.Valid.Weights != nil {
			w = t.Valid.Weights[i]
		}
		t.fitted.combine(row, t.raw[i*k:(i+1)*k], len(t.networks))
		if !t.Y.Problem.IsClassification() {
			y = t.fitted.standard(y)
		}
		sum += float64(w * t.loss.Value(y, row))
		total += w
	}
	return sum / total
}

func (t *trainer) remember() {
	for _, n := range t.networks {
		n.best = append(n.best[:0], n.w...)
	}
}

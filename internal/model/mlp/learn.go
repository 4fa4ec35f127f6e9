package mlp

import (
	"context"
	"math/rand/v2"
)

// epoch passes over all rows in random order, in batches of nearly equal size. When ctx is done it ends early.
func (n *network) epoch(ctx context.Context, epoch int) {
	if n.diverged {
		return
	}
	chance := n.stream.Child("epoch").At(epoch).Rand()
	shuffle(n.order, chance)
	rows := len(n.order)
	batches := (rows + n.Batch - 1) / n.Batch
	for b := range batches {
		if ctx.Err() != nil {
			return
		}
		n.learn(n.order[b*rows/batches:(b+1)*rows/batches], batches*n.Epochs, chance)
	}
	if finite(n.w) {
		copy(n.safe, n.w)
		return
	}
	// The learning rate was too large for the data: what was learned before it broke stays.
	n.diverged = true
	copy(n.w, n.safe)
}

// shuffle writes a random order of its places.
func shuffle(order []int, chance *rand.Rand) {
	for i := range order {
		j := chance.IntN(i + 1)
		order[i] = order[j]
		order[j] = i
	}
}

// learn takes one step on a batch of rows; all is the number of steps of the whole fit.
func (n *network) learn(rows []int, all int, chance *rand.Rand) {
	d, k := n.fitted.layout.Inputs, n.fitted.layout.Outputs
	for i, r := range rows {
		copy(n.inputs[i*d:(i+1)*d], n.x[r*d:])
		n.y[i] = n.trainer.y[r]
		if n.weights != nil {
			n.weights[i] = n.trainer.weights[r]
		}
	}
	m := len(rows)
	n.pass.forward(n.w, n.inputs, m, float64(n.Drop*flatCos(min(float64(n.steps)/float64(all), 1))), chance)
	n.slope(m, k)
	n.pass.gradient(n.gradient, n.w, n.inputs)
	rate := n.Rate * schedules[n.Schedule].at(n.steps, all)
	decay := n.Decay * schedule(flatCos).at(n.steps, all)
	n.optimiser.step(n.w, n.gradient, n.fitted.layout.groups, rate, decay)
	n.steps++
}

// slope writes the gradient of the mean loss of a batch by its outputs.
func (n *network) slope(rows, k int) {
	base := n.fitted.base
	raw, grad := n.raw[:rows*k], n.grad[:rows*k]
	for i, v := range n.pass.output() {
		raw[i] = bounded(base[i%k] + float64(v))
	}
	y := n.y[:rows]
	var weights []float64
	if n.weights != nil {
		weights = n.weights[:rows]
	}
	n.loss.GradHess(grad, n.unused[:rows*k], y, raw, weights)
	to := n.pass.outputGradient()
	for i, g := range grad {
		if n.Smoothing > 0 {
			g += n.smoothing(i, k)
		}
		to[i] = g / float32(rows)
	}
}

// smoothing is what the gradient of an output gains when a share of the truth is spread over all classes.
func (n *network) smoothing(i, k int) float32 {
	w, y := n.Smoothing, n.y[i/k]
	if n.weights != nil {
		w *= n.weights[i/k]
	}
	switch {
	case k == 1:
		return float32(w * (y - 0.5))
	case int(y) == i%k:
		return float32(w * (1 - 1/float64(k)))
	}
	return float32(-w / float64(k))
}

// judge computes the outputs of the validation rows.
func (n *network) judge() {
	if n.validRaw == nil {
		n.validRaw = make([]float64, len(n.trainer.raw))
	}
	n.fitted.raw(n.validRaw, n.pass, n.w, n.valid)
}

func finite(w []float32) bool {
	for _, v := range w {
		if v-v != 0 {
			return false
		}
	}
	return true
}

package linear

import (
	"context"
	"math"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/elementary"
	"sadi/internal/num"
)

// Logistic minimises, over coefficients and intercepts,
//
//	C·Σ w·loss + Σ (ratio·|β|₁ + ½(1 − ratio)·|β|²)
//
// where loss is −log P(y). Two classes have one predictor, more classes have one each (multinomial). Intercepts bear no
// penalty. The solver is quasiNewton, on the objective divided by C·W.
type Logistic struct {
	C         float64 // +Inf = no penalty
	Ratio     float64 // share of the L1 penalty
	Intercept bool
	Tol       float64 // stops when no entry of the gradient of the mean loss is larger
	MaxIter   int
}

// Solve returns the fitted model. The design must be centred exactly if there is an intercept.
func (l Logistic) Solve(ctx context.Context, d *Design, t dataset.Target) (*Fitted, error) {
	o := newObjective(d, t, l)
	curvature, err := o.curvature(ctx, make([]float64, o.k*o.size))
	if err != nil {
		return nil, err
	}
	q := quasiNewton{
		evaluate: o.evaluate, curvature: curvature, l1: o.l1, tol: l.Tol, maxIter: l.MaxIter,
	}
	if o.k == 1 {
		q.hessian = o.curvature
	}
	gamma, err := q.minimise(ctx, o.start())
	if err != nil {
		return nil, err
	}
	return o.fitted(gamma), nil
}

// objective is the mean loss and the L2 penalty as a function of γ. The variables of a predictor are its intercept,
// then the coefficients of the columns in use.
type objective struct {
	d         *Design
	y         []float64
	classes   int
	k         int   // predictors: 1 for two classes, else K
	use       []int // the columns that are not constant
	intercept bool
	size      int // variables of a predictor: 1 + len(use)
	l1, l2    []float64

	priors []float64   // shares of the classes
	blocks [][]float64 // by block of rows: loss, then the sums that make the gradient
	rows   int         // rows of a block
}

// maxBlocks bounds the partial sums kept by evaluate; the number of blocks depends on the number of rows alone.
const maxBlocks = 64

func newObjective(d *Design, t dataset.Target, l Logistic) *objective {
	o := &objective{d: d, y: t.Y, classes: max(t.Classes, 2), k: 1, intercept: l.Intercept}
	if t.Problem == sadi.Multiclass {
		o.classes = t.Classes
		o.k = t.Classes
	}
	for j, sd := range d.Spread {
		if sd > 0 {
			o.use = append(o.use, j)
		}
	}
	o.size = 1 + len(o.use)
	o.l1, o.l2 = make([]float64, o.k*o.size), make([]float64, o.k*o.size)
	unit := 1 / (l.C * d.Total)
	for p := range o.k {
		for v, j := range o.use {
			sd := d.Spread[j]
			o.l1[p*o.size+1+v] = min(unit*l.Ratio/sd, 1e100)
			o.l2[p*o.size+1+v] = min(unit*(1-l.Ratio)/sd/sd, 1e100)
		}
	}
	o.priors = make([]float64, o.classes)
	for i, y := range o.y {
		o.priors[int(y)] += d.share(i)
	}
	n := len(o.y)
	o.rows = max(2*tile, (n+maxBlocks-1)/maxBlocks)
	o.blocks = make([][]float64, (n+o.rows-1)/o.rows)
	for b := range o.blocks {
		o.blocks[b] = make([]float64, 1+o.k*(1+len(d.Spread)))
	}
	return o
}

// start has all coefficients 0 and the intercepts of the prior shares.
func (o *objective) start() []float64 {
	gamma := make([]float64, o.k*o.size)
	if !o.intercept {
		return gamma
	}
	const rare = 1e-6 // the share of a class that is not there
	if o.k == 1 {
		p := min(max(o.priors[1], rare), 1-rare)
		gamma[0] = elementary.Log(p / (1 - p))
		return gamma
	}
	for p := range o.k {
		gamma[p*o.size] = elementary.Log(max(o.priors[p], rare))
	}
	return gamma
}

// expand is β and b of each predictor.
func (o *objective) expand(gamma []float64) (coef, intercept []float64) {
	full := make([]float64, len(o.d.Spread))
	for p := range o.k {
		g := gamma[p*o.size : (p+1)*o.size]
		for v, j := range o.use {
			full[j] = g[1+v]
		}
		beta, b := o.d.unscale(full)
		coef, intercept = append(coef, beta...), append(intercept, b+g[0])
	}
	return coef, intercept
}

// evaluate returns the objective at γ and writes its gradient. Blocks of rows are summed up in their order.
func (o *objective) evaluate(ctx context.Context, gamma, gradient []float64) (float64, error) {
	coef, intercept := o.expand(gamma)
	n, d := len(o.y), len(o.d.Spread)
	err := o.d.pool.For(ctx, len(o.blocks), func(b int) {
		o.block(o.blocks[b], b*o.rows, min((b+1)*o.rows, n), coef, intercept)
	})
	if err != nil {
		return 0, err
	}
	sum := o.blocks[0]
	for _, part := range o.blocks[1:] {
		num.Axpy(sum, 1, part)
	}
	value := sum[0]
	for p := range o.k {
		part := sum[1+p*(1+d):][:1+d] // Σr, then Σ r·x
		g := gradient[p*o.size : (p+1)*o.size]
		g[0] = 0
		if o.intercept {
			g[0] = part[0]
		}
		for v, j := range o.use {
			g[1+v] = (part[1+j] - float64(part[0]*o.d.Mean[j])) / o.d.Spread[j]
		}
	}
	for v, l := range o.l2 {
		pull := float64(l * gamma[v])
		gradient[v] += pull
		value += float64(0.5 * pull * gamma[v])
	}
	return value, nil
}

// block sums up the rows lo to hi: the loss, and for each predictor the residuals r = share·(p − y) and r·x.
func (o *objective) block(sum []float64, lo, hi int, coef, intercept []float64) {
	clear(sum)
	d := len(o.d.Spread)
	z := make([][]float64, o.k)
	for p := range z {
		z[p] = make([]float64, tile)
	}
	row := make([]float64, o.k)
	for ; lo < hi; lo += tile {
		m := min(tile, hi-lo)
		for p := range z {
			z[p] = z[p][:m]
			for i := range z[p] {
				z[p][i] = intercept[p]
			}
			addProducts(z[p], o.d.X.Cols, lo, coef[p*d:(p+1)*d])
		}
		if o.k == 1 {
			sum[0] += o.binaryResiduals(z[0], lo)
		} else {
			sum[0] += o.softmaxResiduals(z, row, lo)
		}
		for p, r := range z {
			part := sum[1+p*(1+d):][:1+d]
			part[0] += num.Sum(r)
			addDots(part[1:], o.d.X.Cols, lo, r)
		}
	}
}

// binaryResiduals replaces predictors by residuals and returns the loss.
func (o *objective) binaryResiduals(z []float64, lo int) (loss float64) {
	for i, v := range z {
		y, w := o.y[lo+i], o.d.share(lo+i)
		// With e = exp(−|z|) both the loss and the probability come from one exponential.
		e := elementary.Exp(-math.Abs(v))
		p := 1 / (1 + e)
		if v < 0 {
			p = e / (1 + e)
		}
		loss += float64(w * (elementary.Log1p(e) + max(v, 0) - float64(y*v)))
		z[i] = w * (p - y)
	}
	return loss
}

func (o *objective) softmaxResiduals(z [][]float64, row []float64, lo int) (loss float64) {
	for i := range z[0] {
		for p := range row {
			row[p] = z[p][i]
		}
		y, w := int(o.y[lo+i]), o.d.share(lo+i)
		own := row[y]
		loss += float64(w * (num.Softmax(row, row) - own))
		for p, v := range row {
			if p == y {
				v--
			}
			z[p][i] = w * v
		}
	}
	return loss
}

// fitted is the model of γ. Adding the same to all predictors of a softmax changes nothing: without a penalty that
// says otherwise they are made to add up to 0.
func (o *objective) fitted(gamma []float64) *Fitted {
	coef, intercept := o.expand(gamma)
	f := &Fitted{Link: Logit, Coef: coef, Intercept: intercept, Spread: append([]float64(nil), o.d.Spread...)}
	if o.k == 1 {
		return f
	}
	f.Link = Softmax
	center(f.Intercept, o.k)
	if num.MaxAbs(o.l1) == 0 && num.MaxAbs(o.l2) == 0 {
		center(f.Coef, o.k)
	}
	return f
}

// center subtracts from each column of the k × m matrix its mean.
func center(a []float64, k int) {
	m := len(a) / k
	for j := range m {
		mean := 0.0
		for p := range k {
			mean += a[p*m+j] / float64(k)
		}
		for p := range k {
			a[p*m+j] -= mean
		}
	}
}

package svm

import (
	"slices"

	"sadi/internal/model"
	"sadi/internal/param"
)

// maxDegree bounds the degree of the poly kernel.
const maxDegree = 20

// common are the parameters that svc and svr share.
func common(c param.Tune) param.Set {
	return param.Set{
		{Name: "C", Kind: param.Float, Lo: 1e-10, Hi: 1e10, Default: 1.0,
			Desc: "Weight of the errors against the smoothness of the function: larger values follow the rows more closely.",
			Tune: &c},
		{Name: "kernel", Kind: param.Choice, Choices: []string{"rbf", "linear", "poly", "sigmoid"}, Default: "rbf",
			Desc: "Similarity of two rows: rbf exp(−γ|x−z|²), linear x·z, poly (γ·x·z + coef0)^degree, sigmoid tanh(γ·x·z + coef0)."},
		{Name: "degree", Kind: param.Int, Lo: 0, Hi: maxDegree, Default: 3,
			Desc: "Degree of the poly kernel; the others ignore it."},
		{Name: "gamma", Kind: param.Choice, Choices: []string{"scale", "auto", "number"}, Default: "scale",
			Desc: "Unit of γ: scale is 1/(features · variance of all values), auto is 1/features, number is 1."},
		{Name: "gamma_value", Kind: param.Float, Lo: 1e-12, Hi: 1e12, Default: 1.0,
			Desc: "γ in the unit that gamma names: with the gamma number, γ itself. Larger values make similarity end nearer.",
			Tune: &param.Tune{Lo: 0.03, Hi: 10, Log: true}},
		{Name: "coef0", Kind: param.Float, Lo: -1e3, Hi: 1e3, Default: 0.0,
			Desc: "The constant in the poly and sigmoid kernels."},
		{Name: "shrinking", Kind: param.Bool, Default: true,
			Desc: "Whether rows that are settled rest until the others are: faster, with the same result but for tol."},
		{Name: "tol", Kind: param.Float, Lo: 1e-12, Hi: 1, Default: 1e-3,
			Desc: "Stops when the conditions of the optimum are violated by no more."},
		{Name: "max_iter", Kind: param.Int, Lo: -1, Hi: 1_000_000_000, Default: -1,
			Desc: "Steps of the solver after which to stop in any case; −1 = ten million, or a hundred for each row if that is more."},
		{Name: "cache_size", Kind: param.Float, Lo: 1, Hi: 1e6, Default: 400.0,
			Desc: "Megabytes for the similarities of the rows; more may be faster and changes nothing else."},
		{Name: "max_rows", Kind: param.Int, Lo: 0, Hi: 1_000_000_000, Default: 10_000,
			Desc: "Rows to learn from at most: of more, a sample with a share of each class or quantile; 0 = all rows."},
	}
}

var (
	classifierParams = append(common(param.Tune{Lo: 0.01, Hi: 300, Log: true}),
		param.Param{Name: "class_weight", Kind: param.Choice, Choices: []string{"none", "balanced"}, Default: "none",
			Desc: "With balanced, rows are weighted so that every class has the same total weight."})
	regressorParams = slices.Insert(common(param.Tune{Lo: 0.05, Hi: 300, Log: true}), 1,
		param.Param{Name: "epsilon", Kind: param.Float, Lo: 0, Hi: 1e6, Default: 0.1,
			Desc: "Errors up to it do not count; in standard deviations of the target, which also is the unit for C.",
			Tune: &param.Tune{Lo: 0.01, Hi: 0.5, Log: true}})
)

// options are the parameters in the words of the solver.
type options struct {
	c, epsilon float64
	kernel     kernel // gamma in its unit, see kernel.scaled
	unit       string // of gamma
	solver     solverOptions
	cache      int64 // bytes for similarities
	maxRows    int   // to learn from, 0 = all
	balanced   bool
}

func optionsOf(v param.Values) options {
	o := options{
		c: v.Float("C"),
		kernel: kernel{kind: kernelKind(slices.Index(kernelNames[:], v.Choice("kernel"))), degree: v.Int("degree"),
			gamma: v.Float("gamma_value"), coef0: v.Float("coef0")},
		unit:    v.Choice("gamma"),
		solver:  solverOptions{tol: v.Float("tol"), maxIter: v.Int("max_iter"), shrinking: v.Bool("shrinking")},
		cache:   int64(v.Float("cache_size") * (1 << 20)),
		maxRows: v.Int("max_rows"),
	}
	if weight, ok := v["class_weight"]; ok {
		o.balanced = weight == "balanced"
	}
	return o
}

// need is what a fit takes: the similarities, the rows as the sample and in panels (twice where each two classes have their own),
// what the solvers and the machines of each two classes note of every row.
func need(s model.Shape, values param.Values) model.Need {
	o := optionsOf(values)
	n := int64(s.Rows)
	if o.maxRows > 0 {
		n = min(n, int64(o.maxRows))
	}
	const noted = 2 * 128 // bytes of a row, twice for regression
	similarities := max(min(4*n*n, o.cache), 4*n*leastRows)
	return model.Need{Memory: similarities + n*int64(s.Columns)*(4+8+8+8+4) + n*noted*int64(max(s.Threads, 1)) + n*64*int64(s.Outputs)}
}

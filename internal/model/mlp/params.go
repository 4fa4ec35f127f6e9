package mlp

import (
	"math"
	"slices"

	"sadi/internal/model"
	"sadi/internal/param"
)

// params are the parameters of both models.
func params(rate float64) param.Set {
	return param.Set{
		{Name: "n_epochs", Aliases: []string{"epochs", "max_iter"}, Kind: param.Int, Lo: 0, Hi: 100_000, Default: 0,
			Desc: "Passes over the rows; 0 = 256 for few rows, fewer for many. The learning rate and the dropout follow a course over all of them."},
		{Name: "hidden_width", Aliases: []string{"width"}, Kind: param.Int, Lo: 1, Hi: 4096, Default: 128,
			Desc: "Numbers in each hidden layer.",
			Tune: &param.Tune{Lo: 16, Hi: 384, Log: true, Cheap: 32}},
		{Name: "hidden_layers", Aliases: []string{"layers"}, Kind: param.Int, Lo: 0, Hi: 16, Default: 3,
			Desc: "Hidden layers; without one the model is linear in the embedded inputs.",
			Tune: &param.Tune{Lo: 1, Hi: 4}},
		{Name: "learning_rate", Aliases: []string{"lr", "learning_rate_init"}, Kind: param.Float, Lo: 1e-6, Hi: 10, Default: rate,
			Desc: "Largest step of a parameter; the same serves every width.",
			Tune: &param.Tune{Lo: 0.005, Hi: 0.4, Log: true}},
		{Name: "lr_schedule", Kind: param.Choice, Choices: []string{"coslog4", "cosine", "flat_cos", "constant"}, Default: "coslog4",
			Desc: "Course of the learning rate: four waves, each twice as long as the one before; falling as a cosine, all the time or in the second half; or constant."},
		{Name: "batch_size", Kind: param.Int, Lo: 0, Hi: 1 << 16, Default: 0,
			Desc: "Most rows of a step; 0 = chosen from the count of rows, at most 256."},
		{Name: "dropout", Kind: param.Float, Lo: 0, Hi: 0.95, Default: 0.15,
			Desc: "Share of the hidden numbers that a step leaves out; it falls to 0 in the second half.",
			Tune: &param.Tune{Lo: 0, Hi: 0.5}},
		{Name: "weight_decay", Kind: param.Float, Lo: 0, Hi: 100, Default: 0.02,
			Desc: "Pull of the weights to 0, in units of the learning rate; it falls to 0 in the second half.",
			Tune: &param.Tune{Lo: 1e-4, Hi: 1, Log: true}},
		{Name: "activation", Kind: param.Choice, Choices: []string{"mish", "selu", "relu"}, Default: "mish",
			Desc: "The function between the layers: mish is smooth, selu keeps mean and variance (RealMLP takes it for classes), relu is the plainest.",
			Tune: &param.Tune{}},
		{Name: "num_embedding", Aliases: []string{"embedding"}, Kind: param.Choice, Choices: []string{"auto", "pbld", "none"}, Default: "auto",
			Desc: "pbld embeds every number by learned waves beside itself; auto = unless there are more than 100 numbers.",
			Tune: &param.Tune{}},
		{Name: "n_ens", Aliases: []string{"networks"}, Kind: param.Int, Lo: 1, Hi: 100, Default: 1,
			Desc: "Networks that learn from different seeds and are averaged."},
		{Name: "early_stopping_rounds", Kind: param.Int, Lo: -1, Hi: 100_000, Default: -1,
			Desc: "Epochs without a better validation loss after which learning stops; -1 = where a wave of the learning rate has stayed behind those before, " +
				"0 = never. The model keeps the best epoch. Without validation rows it has no effect."},
	}
}

var classifierParams = append(params(0.04),
	param.Param{Name: "label_smoothing", Kind: param.Float, Lo: 0, Hi: 0.9, Default: 0.0,
		Desc: "Share of the truth that is spread over all classes: helps accuracy, harms probabilities."},
	param.Param{Name: "class_weight", Kind: param.Choice, Choices: []string{"none", "balanced"}, Default: "none",
		Desc: "With balanced, rows are weighted so that every class has the same total weight."})

var regressorParams = params(0.2)

// mostEmbedded is the count of numbers above which auto embeds none: the first layer would be the largest by far.
const mostEmbedded = 100

// newOptions are the options of checked values for a count of rows.
func newOptions(v param.Values, rows int, classes bool) options {
	o := options{Hidden: slices.Repeat([]int{v.Int("hidden_width")}, v.Int("hidden_layers")), Epochs: v.Int("n_epochs"), Batch: v.Int("batch_size"),
		Rate: v.Float("learning_rate"), Decay: v.Float("weight_decay"), Drop: v.Float("dropout"), Schedule: v.Choice("lr_schedule"),
		Networks: v.Int("n_ens"), Patience: v.Int("early_stopping_rounds")}
	switch v.Choice("activation") {
	case "selu":
		o.Activation = selu
	case "mish":
		o.Activation = mish
	case "relu":
		o.Activation = relu
	}
	switch v.Choice("num_embedding") {
	case "auto":
		o.MostEmbedded = mostEmbedded
	case "pbld":
		o.MostEmbedded = math.MaxInt
	}
	if o.Epochs == 0 {
		o.Epochs = usualEpochs(rows)
	}
	if o.Batch == 0 {
		o.Batch = usualBatch(rows)
	}
	if classes {
		o.Smoothing, o.Balanced = v.Float("label_smoothing"), v.Choice("class_weight") == "balanced"
	}
	return o
}

// usualEpochs are many for few rows, where an epoch has few steps.
func usualEpochs(rows int) int { return min(max(800_000/max(rows, 1), 24), 256) }

// usualBatch gives few rows more steps.
func usualBatch(rows int) int { return min(max(rows/8, 32), 256) }

// need says what a fit will take; how many of the columns are constant or not embedded is not known before.
func need(s model.Shape, v param.Values) model.Need {
	_, classes := v["class_weight"]
	o := newOptions(v, s.Rows, classes)
	sh := shape{Inputs: s.Columns, Hidden: o.Hidden, Outputs: s.Outputs}
	if s.Columns <= o.MostEmbedded {
		sh.Embedded = s.Columns
	}
	l := newLayout(sh)
	networks := int64(o.Networks)
	values := int64(l.embedded() + 3*s.Columns)
	for _, width := range l.widths {
		values += 3 * int64(width)
	}
	values += 3 * int64(sh.Embedded) * waves
	batch := int64(min(o.Batch, max(s.Rows, 1)))
	memory := 4 * int64(s.Columns) * int64(s.Rows+s.ValidRows)
	memory += 24 * int64(s.Rows)                                         // target, weights, order
	memory += 8 * int64(s.ValidRows) * int64(s.Outputs) * (1 + networks) // outputs
	memory += networks * (6*4*int64(l.size) + 4*batch*values + 16*batch*int64(s.Outputs) + 8*int64(s.Rows))
	return model.Need{Memory: memory + memory/4, Rounds: o.Epochs}
}

package model

// Asker is a Fitted made of trees, which can say how much they ask each feature: d uses.
type Asker interface {
	Uses() []Use
}

// Use is how much trees ask a feature. Splits, Gain and Cover are "weight", "total_gain" and "total_cover" of XGBoost's
// get_score; LightGBM calls the first two "split" and "gain".
type Use struct {
	Splits int     // questions to it
	Gain   float64 // what they add up to, in the unit of the algorithm: the loss for boosters, a share of the decrease of impurity for forests
	Cover  float64 // the hessian or weight of the training rows that came to them
}

// MeanGain is the gain of a question, XGBoost's "gain"; 0 without any.
func (u Use) MeanGain() float64 { return u.mean(u.Gain) }

// MeanCover is the cover of a question, XGBoost's "cover"; 0 without any.
func (u Use) MeanCover() float64 { return u.mean(u.Cover) }

func (u Use) mean(sum float64) float64 {
	if u.Splits == 0 {
		return 0
	}
	return sum / float64(u.Splits)
}

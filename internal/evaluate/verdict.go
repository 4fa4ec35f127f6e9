package evaluate

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"sadi/internal/metric"
)

// fewRows is how many rows make a verdict worth little.
const fewRows = 30

// compare sets the model against the constant answer, by the scorer that decided.
func (s *sample) compare(in Input, model, baseline *metric.Prepared) *Comparison {
	c := &Comparison{Outcome: Unknown, Answer: answer(in), Model: undefined, Baseline: undefined, Gain: undefined, Low: undefined, High: undefined}
	mine, err := model.View().Score(in.Scorer)
	if err == nil {
		c.Model = Number(in.Scorer.Shown(mine))
	} else {
		c.Reason = reason(err)
	}
	theirs, err := baseline.View().Score(in.Scorer)
	if err == nil {
		c.Baseline = Number(in.Scorer.Shown(theirs))
	} else {
		c.Reason = reason(err)
	}
	if c.Reason != "" {
		return c
	}
	c.Gain = Number(mine - theirs)
	low, high, ok := s.interval(s.gains, s.gain, mine-theirs)
	if !ok {
		c.Reason = tooFewDefined
		return c
	}
	c.Low, c.High = Number(low), Number(high)
	switch {
	case low > 0:
		c.Outcome = Better
	case high < 0:
		c.Outcome = Worse
	default:
		c.Outcome = NotBetter
	}
	return c
}

// answer says what the baseline does.
func answer(in Input) string {
	d := in.baseline()
	if !d.Problem.IsClassification() {
		for _, p := range d.Pred {
			if p != d.Pred[0] {
				return "answering with a constant number"
			}
		}
		return "always answering " + digits(Number(d.Pred[0]))
	}
	decided := make([]int32, len(d.Y))
	metric.Decide(decided, d)
	for _, c := range decided {
		if c != decided[0] {
			return "answering with the frequencies of the classes"
		}
	}
	return "always answering " + strconv.Quote(shorten(in.Labels[decided[0]]))
}

// shorten keeps a label within a sentence.
func shorten(label string) string {
	const longest = 60
	if r := []rune(label); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return label
}

// verdict is the report in a sentence or two.
func verdict(in Input, r *Report) string {
	m := r.Metrics[0]
	var b strings.Builder
	c := r.Baseline
	switch {
	case c == nil && m.Value.Defined():
		fmt.Fprintf(&b, "%s is %s%s on %s.", m.Display, digits(m.Value), span(m.Low, m.High), rows(r.Rows))
	case c == nil:
		fmt.Fprintf(&b, "The model can not be judged by %s: %s.", m.Display, m.Reason)
	case c.Outcome == Unknown && c.Gain.Defined():
		fmt.Fprintf(&b, "Whether the model is better than %s can not be told from %s: %s is %s against %s, but %s.", c.Answer, rows(r.Rows),
			m.Display, digits(c.Model), digits(c.Baseline), c.Reason)
	case c.Outcome == Unknown:
		fmt.Fprintf(&b, "Whether the model is better than %s can not be told: %s.", c.Answer, c.Reason)
	case c.Outcome == Better:
		fmt.Fprintf(&b, "The model is better than %s: %s is %s against %s, a gain of %s%s.", c.Answer, m.Display, digits(c.Model),
			digits(c.Baseline), digits(c.Gain), span(c.Low, c.High))
	case c.Outcome == Worse:
		fmt.Fprintf(&b, "The model is worse than %s: %s is %s against %s, a loss of %s%s.", c.Answer, m.Display, digits(c.Model),
			digits(c.Baseline), digits(-c.Gain), span(-c.High, -c.Low))
	default:
		fmt.Fprintf(&b, "The model is not better than %s: %s is %s against %s, and the gain of %s may be chance%s.", c.Answer, m.Display,
			digits(c.Model), digits(c.Baseline), digits(c.Gain), span(c.Low, c.High))
	}
	if r.Rows < fewRows {
		fmt.Fprintf(&b, " %s say little: intervals from so few are too narrow.", strings.ToUpper(rows(r.Rows)[:1])+rows(r.Rows)[1:])
	}
	return b.String()
}

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return strconv.Itoa(n) + " rows"
}

// span is an interval in brackets, nothing where there is none.
func span(low, high Number) string {
	if !low.Defined() || !high.Defined() {
		return ""
	}
	return fmt.Sprintf(" (95 %% interval %s to %s)", digits(low), digits(high))
}

// digits is a number for people: four significant digits, all of a whole part.
func digits(n Number) string {
	v := float64(n) + 0
	if a := math.Abs(v); a >= 1e4 && a < 1e15 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

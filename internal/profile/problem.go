package profile

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"sadi"
	"sadi/internal/table"
)

// The bounds between classes and numbers. The ratio rule is AutoGluon's (infer_problem_type): whole numbers are
// classes when their count is small against the rows. The absolute bound is ours: ages, years and counts pass the ratio
// rule in large tables and are not classes.
const (
	MaxClasses        = 1000 // more values than this are never classes
	maxIntegerClasses = 50   // under auto, more whole numbers than this are a quantity
	ratioSmall        = 0.1  // distinct/rows up to which whole numbers are classes, for up to 1000 rows
	ratioLarge        = 0.05 // the same for more rows
)

// InferProblem says what problem the column makes as a target, and why in one sentence. Rows without a value do not
// count.
//
// Errors (sadi.BadData unless said otherwise): no value at all, one value only, dates, text or words where almost every
// row has its own, classification of more than MaxClasses values, regression on words; sadi.BadUsage for an unknown
// task type.
func InferProblem(c *table.Column, asked sadi.TaskType) (problem sadi.Problem, why string, err error) {
	switch asked {
	case "":
		asked = sadi.Auto
	case sadi.Auto, sadi.Classification, sadi.Regression:
	default:
		return "", "", sadi.Errorf(sadi.BadUsage, "%q is not a task type", asked).At("task_type").
			Advise("use %s, %s or %s", sadi.Auto, sadi.Classification, sadi.Regression)
	}
	s := survey(c)
	bad := func(hint, format string, args ...any) error {
		return sadi.Errorf(sadi.BadData, format, args...).At("column %q", c.Name).Advise("%s", hint)
	}
	switch {
	case s.rows == 0:
		return "", "", bad("choose another target", "the target has no value in any row")
	case s.distinct == 1:
		return "", "", bad("choose another target", "the target has the same value in every row, so there is nothing to learn")
	case c.Kind == table.DateTime:
		return "", "", bad("make it a number first, such as the days until then", "a date can not be the target")
	}
	if asked == sadi.Regression {
		if !s.numeric {
			return "", "", bad("use --task classification", "regression needs numbers and the target has words such as %q", s.word)
		}
		return sadi.RegressionValue, fmt.Sprintf("regression was asked for and %q has %s", c.Name, values(s)), nil
	}
	if (s.words || asked == sadi.Classification) && s.distinct > 2 && 2*s.distinct > s.rows {
		return "", "", bad("choose another target", "almost every row has its own value of the target, so it has no classes")
	}
	classes, because := isClasses(s)
	switch {
	case !classes && asked == sadi.Classification && s.distinct > MaxClasses:
		return "", "", bad("use --task regression", "classification was asked for and the target has more than %d different values", MaxClasses)
	case !classes && s.words:
		return "", "", bad("choose another target, or group its rare values", "the target has more than %d classes", MaxClasses)
	case !classes && asked == sadi.Auto:
		return sadi.RegressionValue, fmt.Sprintf("%q is a number: %s", c.Name, because), nil
	}
	if asked == sadi.Classification && !classes {
		because = "classification was asked for"
	}
	if s.distinct == 2 {
		return sadi.Binary, fmt.Sprintf("%q has 2 different values", c.Name), nil
	}
	return sadi.Multiclass, fmt.Sprintf("%q has %d different values: %s", c.Name, s.distinct, because), nil
}

func values(s targetSurvey) string {
	if s.distinct > MaxClasses {
		return fmt.Sprintf("more than %d different numbers", MaxClasses)
	}
	return fmt.Sprintf("%d different numbers", s.distinct)
}

// isClasses reports whether the values are classes when nobody says, and why.
func isClasses(s targetSurvey) (bool, string) {
	bound := ratioSmall
	if s.rows > 1000 {
		bound = ratioLarge
	}
	ratio := float64(s.distinct) / float64(s.rows)
	switch {
	case s.distinct == 2:
		return true, "there are two"
	case s.words:
		return s.distinct <= MaxClasses, "they are words"
	case !s.whole:
		return false, "its values are not whole"
	case s.distinct > maxIntegerClasses:
		return false, fmt.Sprintf("it has more than %d different whole values", maxIntegerClasses)
	case ratio > bound:
		return false, fmt.Sprintf("it has %d different values in %d rows", s.distinct, s.rows)
	}
	return true, "they are few whole numbers that repeat"
}

// targetSurvey is what decides on the problem.
type targetSurvey struct {
	rows     int    // with a value
	distinct int    // counting stops at MaxClasses + 1
	words    bool   // stored as words
	numeric  bool   // numbers, or words that are all numbers
	whole    bool   // all numbers are whole; not for words
	word     string // an example of a word that is no number
}

func survey(c *table.Column) targetSurvey {
	if c.Kind.Numeric() {
		return surveyNumbers(c.Nums)
	}
	return surveyWords(c)
}

func surveyNumbers(nums []float64) targetSurvey {
	s := targetSurvey{numeric: true, whole: true}
	seen := make(map[float64]struct{})
	for _, v := range nums {
		if math.IsNaN(v) {
			continue
		}
		s.rows++
		if v != math.Trunc(v) {
			s.whole = false
		}
		if len(seen) <= MaxClasses {
			seen[v] = struct{}{}
		}
	}
	s.distinct = len(seen)
	return s
}

func surveyWords(c *table.Column) targetSurvey {
	s := targetSurvey{words: true, numeric: true}
	for k, n := range levelCounts(c) {
		if n == 0 {
			continue
		}
		s.rows += n
		s.distinct++
		if _, ok := number(c.Levels[k]); !ok && s.word == "" {
			s.numeric, s.word = false, c.Levels[k]
		}
	}
	return s
}

// levelCounts is the rows of each level.
func levelCounts(c *table.Column) []int {
	counts := make([]int, len(c.Levels))
	for _, k := range c.Codes {
		if k >= 0 {
			counts[k]++
		}
	}
	return counts
}

// number reads a word that is a finite number.
func number(word string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

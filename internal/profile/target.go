package profile

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/table"
)

// TargetOf makes the target of the given rows (nil = all), leaving out rows where it is missing. Target.Y and kept go
// together: row kept[i] of the table has Y[i].
//
// For classification labels are the K classes that occur in rows, and Y their places. Classes stand in the order of
// numbers when all are numbers, else of bytes; a boolean's false comes first. For regression labels is nil.
func TargetOf(c *table.Column, rows []int, p sadi.Problem) (target dataset.Target, labels []string, kept []int, err error) {
	if rows == nil {
		rows = make([]int, c.Len())
		for i := range rows {
			rows[i] = i
		}
	}
	kept = make([]int, 0, len(rows))
	for _, r := range rows {
		if !c.Missing(r) {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		err = sadi.Errorf(sadi.BadData, "the target has no value in any row").At("column %q", c.Name).Advise("choose another target")
		return dataset.Target{}, nil, nil, err
	}
	target = dataset.Target{Problem: p}
	switch {
	case p == sadi.RegressionValue:
		target.Y, err = amounts(c, kept)
	case p.IsClassification():
		target.Y, labels, err = classes(c, kept, p)
		target.Classes = len(labels)
	default:
		err = sadi.Errorf(sadi.BadUsage, "%q is not a problem", p)
	}
	if err != nil {
		return dataset.Target{}, nil, nil, err
	}
	return target, labels, kept, nil
}

// amounts is the numbers of the rows.
func amounts(c *table.Column, rows []int) ([]float64, error) {
	y := make([]float64, len(rows))
	if c.Kind.Numeric() {
		for i, r := range rows {
			y[i] = c.Nums[r]
		}
		return y, nil
	}
	read := make([]float64, len(c.Levels))
	ok := make([]bool, len(c.Levels))
	for k, word := range c.Levels {
		read[k], ok[k] = number(word)
	}
	for i, r := range rows {
		k := c.Codes[r]
		if !ok[k] {
			return nil, sadi.Errorf(sadi.BadData, "regression needs numbers and the target has the word %q", c.Levels[k]).
				At("row %d, column %q", r+1, c.Name).Advise("use --task classification")
		}
		y[i] = read[k]
	}
	return y, nil
}

// classes is the class index of the rows and the classes' labels.
func classes(c *table.Column, rows []int, p sadi.Problem) (y []float64, labels []string, err error) {
	y = make([]float64, len(rows))
	if c.Kind.Numeric() {
		labels, err = numberClasses(c, rows, y)
	} else {
		labels = wordClasses(c, rows, y)
	}
	switch {
	case err != nil:
	case len(labels) < 2:
		err = sadi.Errorf(sadi.BadData, "the target has one class only, %q", labels[0])
	case p == sadi.Binary && len(labels) != 2:
		err = sadi.Errorf(sadi.BadData, "a binary target has two classes and this one has %d", len(labels))
	case len(labels) > MaxClasses:
		err = tooManyClasses()
	}
	if e, ok := err.(*sadi.Error); ok {
		return nil, nil, e.At("column %q", c.Name)
	}
	return y, labels, nil
}

func tooManyClasses() *sadi.Error {
	return sadi.Errorf(sadi.BadData, "the target has more than %d classes", MaxClasses).Advise("use --task regression, or group its rare values")
}

func numberClasses(c *table.Column, rows []int, y []float64) ([]string, error) {
	place := make(map[float64]int)
	var found []float64
	for _, r := range rows {
		v := c.Nums[r]
		if _, ok := place[v]; !ok {
			place[v] = 0
			if found = append(found, v); len(found) > MaxClasses {
				return nil, tooManyClasses()
			}
		}
	}
	slices.Sort(found)
	labels := make([]string, len(found))
	for k, v := range found {
		place[v] = k
		labels[k] = formatNumber(v)
	}
	for i, r := range rows {
		y[i] = float64(place[c.Nums[r]])
	}
	return labels, nil
}

func wordClasses(c *table.Column, rows []int, y []float64) []string {
	used := make([]bool, len(c.Levels))
	for _, r := range rows {
		used[c.Codes[r]] = true
	}
	var order []int // levels in class order
	allNumbers := true
	for k, ok := range used {
		if ok {
			order = append(order, k)
			if _, isNumber := number(c.Levels[k]); !isNumber {
				allNumbers = false
			}
		}
	}
	switch {
	case c.Kind == table.Boolean: // false stands first already
	case allNumbers:
		slices.SortStableFunc(order, func(a, b int) int {
			va, _ := number(c.Levels[a])
			vb, _ := number(c.Levels[b])
			return cmp.Or(cmp.Compare(va, vb), cmp.Compare(c.Levels[a], c.Levels[b]))
		})
	default:
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.Levels[a], c.Levels[b]) })
	}
	place := make([]int, len(c.Levels))
	labels := make([]string, len(order))
	for class, k := range order {
		place[k], labels[class] = class, c.Levels[k]
	}
	for i, r := range rows {
		y[i] = float64(place[c.Codes[r]])
	}
	return labels
}

// formatNumber is the shortest text that reads back as v: no exponent for whole numbers a person would write out.
func formatNumber(v float64) string {
	if v == 0 {
		return "0"
	}
	if a := math.Abs(v); a >= 1e-4 && a < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

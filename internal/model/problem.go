package model

import (
	"slices"

	"sadi"
	"sadi/internal/codec"
)

// problems are numbered as in the files of models that say what they are for.
var problems = [...]sadi.Problem{sadi.RegressionValue, sadi.Binary, sadi.Multiclass}

// EncodeProblem writes what a model is for.
func EncodeProblem(w *codec.Writer, p sadi.Problem) {
	w.U8(uint8(slices.Index(problems[:], p)))
}

// DecodeProblem reads what EncodeProblem has written for a model of that name.
func DecodeProblem(r *codec.Reader, name string) sadi.Problem {
	k := int(r.U8())
	if k >= len(problems) {
		r.Fail("%s is for a problem numbered %d", name, k)
		return problems[0]
	}
	return problems[k]
}

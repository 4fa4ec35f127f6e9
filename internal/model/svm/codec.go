package svm

import (
	"sadi"
	"sadi/internal/codec"
	"sadi/internal/model"
	"sadi/internal/num"
)

const version = 1

// Encode writes the model.
func (f *Fitted) Encode(w *codec.Writer) {
	w.U8(version)
	model.EncodeProblem(w, f.problem)
	w.U8(uint8(f.kernel.kind))
	w.Int(f.kernel.degree)
	w.F64(f.kernel.gamma)
	w.F64(f.kernel.coef0)
	w.Int(f.features)
	w.F32s(f.origin)
	w.Ints(f.counts)
	w.F32s(f.vectors)
	w.F64s(f.coef)
	w.F64s(f.bias)
	sigmoids := make([]float64, 0, 2*len(f.sigmoids))
	for _, s := range f.sigmoids {
		sigmoids = append(sigmoids, s.slope, s.offset)
	}
	w.F64s(sigmoids)
}

func decodeClassifier(r *codec.Reader) (model.Fitted, error) { return decode(r, "svc") }

func decodeRegressor(r *codec.Reader) (model.Fitted, error) { return decode(r, "svr") }

func decode(r *codec.Reader, name string) (model.Fitted, error) {
	r.Version(name, version)
	f := &Fitted{problem: model.DecodeProblem(r, name)}
	f.kernel, f.features = kernel{kind: kernelKind(r.U8()), degree: r.Int(), gamma: r.F64(), coef0: r.F64()}, r.Int()
	f.origin, f.counts, f.vectors, f.coef, f.bias = r.F32s(), r.Ints(), r.F32s(), r.F64s(), r.F64s()
	sigmoids := r.F64s()
	if r.Err() != nil {
		return nil, r.Err()
	}
	for i := 0; i+1 < len(sigmoids); i += 2 {
		f.sigmoids = append(f.sigmoids, sigmoidOf{sigmoids[i], sigmoids[i+1]})
	}
	if (name == "svr") != (f.problem == sadi.RegressionValue) {
		r.Fail("%s is for %s", name, f.problem)
		return nil, r.Err()
	}
	n := f.check(r, name, len(sigmoids))
	if r.Err() != nil {
		return nil, r.Err()
	}
	if f.problem == sadi.RegressionValue {
		f.counts, f.sigmoids = nil, nil
	}
	if f.kernel.kind != rbf {
		f.origin = nil
	}
	f.lay(n)
	return f, nil
}

// maxFeatures bounds the features of a model without vectors, which say nothing of them.
const maxFeatures = 1 << 20

// check records a fault if the parts of a model do not fit each other, and returns the count of vectors.
func (f *Fitted) check(r *codec.Reader, name string, sigmoids int) int {
	vectors, present, each, machines := len(f.coef), 0, 1, 1
	if f.problem != sadi.RegressionValue {
		vectors = 0
		for _, c := range f.counts {
			if c < -1 || c > len(f.coef) {
				r.Fail("%s has a class of %d vectors", name, c)
				return 0
			}
			if c >= 0 {
				present++
				vectors += c
			}
		}
		each, machines = max(present-1, 0), present*(present-1)/2
	}
	origin := 0
	if f.kernel.kind == rbf {
		origin = f.features
	}
	classes := len(f.counts)
	switch k := &f.kernel; {
	case int(k.kind) >= len(kernelNames) || k.degree < 0 || k.degree > maxDegree:
		r.Fail("%s has a kernel numbered %d of degree %d", name, k.kind, k.degree)
	case f.features < 0 || f.features > maxFeatures || len(f.origin) != origin:
		r.Fail("%s has %d features and %d means of them", name, f.features, len(f.origin))
	case len(f.coef) != each*vectors || len(f.vectors) != f.features*vectors || each == 0 && vectors > 0:
		r.Fail("%s has %d coefficients and %d features for %d vectors", name, len(f.coef), len(f.vectors), vectors)
	case f.problem == sadi.RegressionValue && classes != 0 || f.problem != sadi.RegressionValue && present == 0 || f.problem == sadi.Binary && classes > 2:
		r.Fail("%s has %d classes, %d of them known", name, classes, present)
	case len(f.bias) != machines || f.problem == sadi.RegressionValue && sigmoids != 0 || f.problem != sadi.RegressionValue && sigmoids != 2*machines:
		r.Fail("%s has %d intercepts and %d numbers of sigmoids for %d classes", name, len(f.bias), sigmoids, present)
	case !f.finite():
		r.Fail("%s has a number that is not finite", name)
	}
	return vectors
}

// finite reports whether all numbers of the model are finite, and γ not negative.
func (f *Fitted) finite() bool {
	ok := num.Finite(f.coef) && num.Finite(f.bias) && num.Finite([]float64{f.kernel.gamma, f.kernel.coef0}) && f.kernel.gamma >= 0
	for _, s := range f.sigmoids {
		ok = ok && num.Finite([]float64{s.slope, s.offset})
	}
	for _, part := range [][]float32{f.vectors, f.origin} {
		for _, v := range part {
			ok = ok && v-v == 0
		}
	}
	return ok
}

// Package interchange writes and reads boosters in the files of other libraries: XGBoost's JSON and UBJSON, LightGBM's text.
//
//	xgboost.go, xgboost_write.go     XGBoost's schema: 1.6 and later are read, what is written is read by 1.7 and later
//	lightgbm.go, lightgbm_write.go   LightGBM's text: v3 and v4 are read, v4 is written
//	document.go, json.go, ubjson.go  the two forms in which XGBoost's schema is written
//
// A model goes over as its trees, their base score and its objective. What the other library decides is what the model
// decides here, on every row: thresholds are float32, missing values and categories take the same side. The margins differ
// by the rounding of sums alone (XGBoost adds up in float32, LightGBM in float64, this program in float64 over float32 leaves).
// Oblivious trees go over as ordinary ones. docs/FORMATS/interchange.md has the details.
package interchange

import (
	"bytes"
	"math"
	"strings"

	"sadi"
	"sadi/internal/dataset"
	"sadi/internal/model"
	"sadi/internal/model/tree"
)

// Model is a booster with what it says about its features.
type Model struct {
	Booster  *tree.Booster
	Features []Feature
	Origin   string // the program that wrote the file, for people: "XGBoost 1.7.4"; empty for one of ours
}

// BoosterOf is the booster that a fitted model goes over as: itself, or the ordinary trees of a sum of oblivious ones. Where
// there is none, the error says why.
func BoosterOf(f model.Fitted) (*tree.Booster, error) {
	switch f := f.(type) {
	case *tree.Booster:
		return f, nil
	case *tree.Oblivious:
		return f.Unfold()
	}
	return nil, sadi.Errorf(sadi.BadUsage, "the model is not a booster, and models of its kind have no form in XGBoost or LightGBM")
}

// Feature is a column that a booster asks.
type Feature struct {
	Name   string
	Levels int // 0 for a number; for a category the count of its codes
	// Categories are the values of a category that the codes 0, 1, … stand for; nil when the file does not tell, and codes
	// are all there is.
	Categories []string
}

// Problem is what the model predicts.
func (m *Model) Problem() sadi.Problem {
	switch m.Booster.Loss().Name() {
	case "logistic":
		return sadi.Binary
	case "softmax":
		return sadi.Multiclass
	}
	return sadi.RegressionValue
}

// FeaturesOf are the features of a matrix, without the names of categories.
func FeaturesOf(features []dataset.Feature) []Feature {
	out := make([]Feature, len(features))
	for j, f := range features {
		out[j] = Feature{Name: f.Name, Levels: f.Levels}
	}
	return out
}

// Format is the form of a model file.
type Format string

// The forms.
const (
	XGBoostJSON Format = "xgboost-json"
	XGBoostUBJ  Format = "xgboost-ubj"
	LightGBM    Format = "lightgbm"
)

// Formats lists the forms.
func Formats() []Format { return []Format{XGBoostJSON, XGBoostUBJ, LightGBM} }

// Extension is how the names of files of the form end.
func (f Format) Extension() string {
	switch f {
	case XGBoostUBJ:
		return ".ubj"
	case LightGBM:
		return ".txt"
	}
	return ".json"
}

// Write is the file of a model in a form.
func Write(m *Model, f Format) ([]byte, error) {
	if len(m.Features) != m.Booster.Features() {
		return nil, sadi.Errorf(sadi.Internal, "a model of %d features comes with %d names", m.Booster.Features(), len(m.Features))
	}
	if l := m.Booster.Loss().Name(); xgboostObjectives[l].name == "" || lightgbmObjectives[l] == "" {
		return nil, sadi.Errorf(sadi.BadUsage, "the loss %s has no counterpart in %s", l, f)
	}
	switch f {
	case XGBoostJSON:
		return appendJSON(nil, toXGBoost(m)), nil
	case XGBoostUBJ:
		return appendUBJSON(nil, toXGBoost(m)), nil
	case LightGBM:
		return toLightGBM(m), nil
	}
	var names []string
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return nil, sadi.Errorf(sadi.BadUsage, "%q is not a form that models are written in", f).Advise("take one of %s", strings.Join(names, ", "))
}

// Read finds the form of a model file and reads it. Foreign bytes are an error, never a panic, and what is allocated is
// bounded by a small multiple of the file's size.
func Read(file []byte) (*Model, error) {
	switch f, err := sniff(file); {
	case err != nil:
		return nil, err
	case f == LightGBM:
		return fromLightGBM(string(file))
	case f == XGBoostUBJ:
		doc, err := parseUBJSON(file)
		if err != nil {
			return nil, err
		}
		return fromXGBoost(doc)
	default:
		doc, err := parseJSON(file)
		if err != nil {
			return nil, err
		}
		return fromXGBoost(doc)
	}
}

// sniff tells the form of a file by its first bytes.
func sniff(file []byte) (Format, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(file, []byte("\ufeff")), " \t\r\n")
	switch {
	case len(file) >= 2 && file[0] == '{' && bytes.IndexByte([]byte("iUIlL$#"), file[1]) >= 0:
		return XGBoostUBJ, nil
	case len(text) > 0 && text[0] == '{':
		return XGBoostJSON, nil
	case bytes.HasPrefix(text, []byte("tree\n")) || bytes.HasPrefix(text, []byte("tree\r\n")):
		return LightGBM, nil
	case bytes.HasPrefix(file, []byte("binf")) || bytes.HasPrefix(file, []byte("\x80")):
		return "", sadi.Errorf(sadi.BadData, "this looks like a model in XGBoost's old binary form or a Python pickle, which can not be read").
			Advise("load it with the library and save it again as .json or .ubj (booster.save_model(\"model.json\"))")
	}
	return "", sadi.Errorf(sadi.BadData, "this is not a model file of XGBoost (JSON or UBJSON) or LightGBM (text)").
		Advise("save the model with XGBoost's booster.save_model(\"model.json\") or LightGBM's booster.save_model(\"model.txt\")")
}

// finite is a number, or 0 where it is not one: for what is only told, such as gains.
func finite(v float64) float32 {
	if f := float32(v); !math.IsNaN(v) && !math.IsInf(float64(f), 0) {
		return f
	}
	return 0
}

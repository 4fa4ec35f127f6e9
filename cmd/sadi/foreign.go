package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"sadi"
	"sadi/internal/bundle"
	"sadi/internal/catalog"
	"sadi/internal/interchange"
	"sadi/internal/prep/pipeline"
	"sadi/internal/table"
)

// loadBundle reads the model of a job's folder, or a model file: one of ours, of XGBoost or of LightGBM.
func loadBundle(path string) (*bundle.Bundle, error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		path = filepath.Join(path, "model", "model.sadi")
	}
	file, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, sadi.Errorf(sadi.NotFound, "there is no model in this folder").At("%s", path).
			Advise("name the folder that sadi run printed, …/processed/JOB/auto_ml, or a model file")
	}
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the model can not be read: %w", err).At("%s", path)
	}
	var b *bundle.Bundle
	if bytes.HasPrefix(file, []byte("SADI")) || filepath.Ext(path) == ".sadi" {
		b, err = bundle.Decode(file, catalog.Model)
	} else {
		var m *interchange.Model
		if m, err = interchange.Read(file); err == nil {
			b = foreignBundle(m)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return b, nil
}

// foreignBundle is a model of another library as a bundle that takes the columns as they are. Classes are called by their
// numbers, which is all that such files know of them.
func foreignBundle(m *interchange.Model) *bundle.Bundle {
	b := &bundle.Bundle{Target: "prediction", Problem: m.Problem()}
	var columns []pipeline.Passed
	for _, f := range m.Features {
		kind := table.Number
		if f.Categories != nil {
			kind = table.Category
		}
		b.Fields = append(b.Fields, table.Field{Name: f.Name, Kind: kind})
		columns = append(columns, pipeline.Passed{Name: f.Name, Levels: f.Levels, Words: f.Categories})
	}
	name := "xgb_classifier"
	switch b.Problem {
	case sadi.Binary:
		b.Labels = []string{"0", "1"}
	case sadi.Multiclass:
		for k := range m.Booster.Outputs() {
			b.Labels = append(b.Labels, strconv.Itoa(k))
		}
	default:
		name = "xgb_regressor"
	}
	b.Pipelines = []*pipeline.Pipeline{pipeline.Passing(columns)}
	b.Members = []bundle.Member{{Weight: 1, Name: m.Origin, Parts: []bundle.Part{{Model: name, Fitted: m.Booster}}}}
	return b
}

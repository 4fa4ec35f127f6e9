// Package flavor writes what makes a folder with an ONNX model one that MLflow loads: the MLmodel file with the flavors onnx
// and python_function, the signature, an example, and what Python has to have installed.
package flavor

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/mlflow"
	"sadi/internal/profile"
)

// What a folder is written for. Every MLflow from 2.0 on reads it; the versions only tell an environment what to install.
const (
	mlflowVersion = "2.17.2"
	pythonVersion = "3.11.7"
	modelName     = "model.onnx"
)

// Model is a model in the folder of a job.
type Model struct {
	File  string // the ONNX file
	Graph Graph
}

// Find looks for an ONNX model in the folder of a job.
func Find(dir string) (m Model, ok bool, err error) {
	for _, sub := range []string{"model", "export"} {
		file := filepath.Join(dir, sub, modelName)
		data, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return m, false, sadi.Errorf(sadi.Unavailable, "the ONNX model can not be read: %w", err).At("%s", file)
		}
		g, err := ReadGraph(data)
		if err != nil {
			return m, false, err
		}
		return Model{file, g}, true, nil
	}
	return m, false, nil
}

// Job is what the model came from.
type Job struct {
	Manifest *manifest.Manifest
	Profile  *profile.Profile // of the data, for an example; nil = none
	Run      string           // id of the run
	Made     time.Time
	Path     string // below the artifacts of the run: "model"
}

// mlmodel is the file MLmodel, in the order in which MLflow writes it.
type mlmodel struct {
	Path      string            `yaml:"artifact_path"`
	Flavors   map[string]any    `yaml:"flavors"`
	Metadata  map[string]string `yaml:"metadata"`
	Version   string            `yaml:"mlflow_version"`
	Size      int64             `yaml:"model_size_bytes"`
	UUID      string            `yaml:"model_uuid"`
	Run       string            `yaml:"run_id"`
	Example   *example          `yaml:"saved_input_example_info,omitempty"`
	Signature map[string]any    `yaml:"signature"`
	Made      string            `yaml:"utc_time_created"`
}

type example struct {
	Path    string `yaml:"artifact_path"`
	Orient  string `yaml:"pandas_orient,omitempty"`
	Serving string `yaml:"serving_input_path"`
	Type    string `yaml:"type"`
}

func flavors() map[string]any {
	return map[string]any{
		"onnx": map[string]any{"code": nil, "data": modelName, "onnx_session_options": nil, "onnx_version": "1.17.0", "providers": []string{"CPUExecutionProvider"}},
		"python_function": map[string]any{"data": modelName, "env": map[string]string{"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
			"loader_module": "mlflow.onnx", "python_version": pythonVersion},
	}
}

// timeForm is how MLflow writes when a model was made.
const timeForm = "2006-01-02 15:04:05.000000"

// Files are the files to stand beside the model, by name, and the JSON with which a run says that it has the model.
func (m Model) Files(j Job) (files map[string][]byte, info string, err error) {
	d := &j.Manifest.Determined
	sig := m.Graph.signature(d)
	inputs, err1 := json.Marshal(sig.inputs)
	outputs, err2 := json.Marshal(sig.outputs)
	if err1 != nil || err2 != nil {
		return nil, "", sadi.Errorf(sadi.Internal, "the signature of the model can not be written")
	}
	size, uuid := int64(0), j.Manifest.Digest
	if s, err := os.Stat(m.File); err == nil {
		size = s.Size()
	}
	doc := mlmodel{Path: j.Path, Flavors: flavors(), Version: mlflowVersion, Size: size, UUID: mlflow.Cut(uuid, 32), Run: j.Run,
		Metadata:  map[string]string{"sadi_job": j.Manifest.JobID, "sadi_digest": j.Manifest.Digest, "sadi_version": sadi.Version, "task": string(d.Target.Problem), "target": d.Target.Column},
		Signature: map[string]any{"inputs": string(inputs), "outputs": string(outputs), "params": nil}, Made: j.Made.UTC().Format(timeForm)}
	files = map[string][]byte{
		"requirements.txt": []byte("mlflow>=2.0\nonnx\nonnxruntime\n"),
		"python_env.yaml":  []byte("python: " + pythonVersion + "\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\ndependencies:\n- -r requirements.txt\n"),
		"conda.yaml": []byte("channels:\n- conda-forge\ndependencies:\n- python=" + pythonVersion + "\n- pip\n- pip:\n  - mlflow>=2.0\n" +
			"  - onnx\n  - onnxruntime\nname: mlflow-env\n"),
	}
	if plain, serving, kind, ok := sig.example(j.Profile); ok {
		doc.Example = &example{Path: "input_example.json", Serving: "serving_input_example.json", Type: kind}
		if kind == "dataframe" {
			doc.Example.Orient = "split"
		}
		files["input_example.json"], files["serving_input_example.json"] = plain, serving
	}
	if files["MLmodel"], err = yaml.Marshal(doc); err != nil {
		return nil, "", sadi.Errorf(sadi.Internal, "the file MLmodel can not be written: %w", err)
	}
	told, err := json.Marshal(map[string]any{"artifact_path": j.Path, "flavors": doc.Flavors, "utc_time_created": doc.Made, "run_id": j.Run, "model_uuid": doc.UUID})
	return files, string(told), err
}

// signature is what a model takes and gives, in MLflow's words.
type signature struct {
	inputs, outputs []spec
	columns         bool // of a table; else tensors
}

// spec is a column or a tensor.
type spec struct {
	Name     string  `json:"name,omitempty"`
	Type     string  `json:"type"`
	Required *bool   `json:"required,omitempty"`
	Tensor   *tensor `json:"tensor-spec,omitempty"`
}

type tensor struct {
	Type  string `json:"dtype"`
	Shape []int  `json:"shape"`
}

// signature chooses the form with which MLflow's wrapper of ONNX works: a table where the graph has one input a column,
// or one matrix and an answer in columns; tensors for anything else.
func (g Graph) signature(d *manifest.Determined) signature {
	yes := true
	s := signature{columns: g.oneAColumn() || g.matrix() && g.flatOutputs()}
	if !s.columns {
		for _, v := range g.Inputs {
			s.inputs = append(s.inputs, v.tensor(len(g.Inputs) == 1))
		}
		for _, v := range g.Outputs {
			s.outputs = append(s.outputs, v.tensor(false))
		}
		return s
	}
	if g.oneAColumn() {
		for _, v := range g.Inputs {
			s.inputs = append(s.inputs, spec{Name: v.Name, Type: v.column(), Required: &yes})
		}
	} else {
		for _, name := range d.Features {
			s.inputs = append(s.inputs, spec{Name: name, Type: "double", Required: &yes})
		}
	}
	for _, v := range g.Outputs {
		s.outputs = append(s.outputs, spec{Name: v.Name, Type: v.output(), Required: &yes})
	}
	return s
}

func (g Graph) oneAColumn() bool {
	for _, v := range g.Inputs {
		if len(v.Shape) != 1 {
			return false
		}
	}
	return len(g.Inputs) > 0
}

func (g Graph) matrix() bool {
	return len(g.Inputs) == 1 && len(g.Inputs[0].Shape) == 2 && g.Inputs[0].Type == Float
}

// flatOutputs reports whether every answer is a column: MLflow flattens each of them.
func (g Graph) flatOutputs() bool {
	for _, v := range g.Outputs {
		if !v.Sequence && !(len(v.Shape) == 1 || len(v.Shape) == 2 && v.Shape[1] == 1) {
			return false
		}
	}
	return true
}

// column is the type of a column that feeds an input. Whole numbers are declared as double, too: a long for a float is
// refused.
func (v Value) column() string {
	switch v.Type {
	case String:
		return "string"
	case Bool:
		return "boolean"
	case Int64:
		return "long"
	}
	return "double"
}

func (v Value) output() string {
	switch v.Type {
	case String:
		return "string"
	case Int64:
		return "long"
	case Double:
		return "double"
	case Bool:
		return "boolean"
	}
	return "float"
}

func (v Value) tensor(lone bool) spec {
	s := spec{Name: v.Name, Type: "tensor", Tensor: &tensor{Type: v.dtype(), Shape: append([]int{}, v.Shape...)}}
	if lone && len(v.Shape) > 1 {
		s.Name = ""
	}
	return s
}

func (v Value) dtype() string {
	switch v.Type {
	case String:
		return "str"
	case Int64:
		return "int64"
	case Double:
		return "float64"
	case Bool:
		return "bool"
	}
	return "float32"
}

// example is a row made of the middle and the most frequent values of the columns.
func (s signature) example(p *profile.Profile) (plain, serving []byte, kind string, ok bool) {
	if p == nil || !s.columns {
		return nil, nil, "", false
	}
	columns, row := []string{}, []any{}
	for _, in := range s.inputs {
		v, found := typical(p, in)
		if !found {
			return nil, nil, "", false
		}
		columns, row = append(columns, in.Name), append(row, v)
	}
	split := map[string]any{"columns": columns, "data": [][]any{row}}
	plain, err1 := json.Marshal(split)
	serving, err2 := json.Marshal(map[string]any{"dataframe_split": split})
	return plain, serving, "dataframe", err1 == nil && err2 == nil
}

func typical(p *profile.Profile, in spec) (any, bool) {
	for _, c := range p.Columns {
		switch {
		case c.Name != in.Name:
		case in.Type == "string" && len(c.Top) > 0:
			return c.Top[0].Level, true
		case in.Type == "string":
			return "", true
		case in.Type == "boolean":
			return len(c.Top) > 0 && strings.EqualFold(c.Top[0].Level, "true"), true
		case c.Quantiles != nil && in.Type == "long":
			return int64(c.Quantiles.P50), true
		case c.Quantiles != nil:
			return c.Quantiles.P50, true
		default:
			return 0.0, true
		}
	}
	return nil, false
}

// String shows a graph for people.
func (g Graph) String() string { return fmt.Sprintf("%v -> %v", g.Inputs, g.Outputs) }

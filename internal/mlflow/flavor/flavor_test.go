package flavor

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sadi"
	"sadi/internal/manifest/manifesttest"
	"sadi/internal/mlflow/mlflowtest"
	"sadi/internal/profile"
	"sadi/internal/table"
)

// The short names of what models are made of here.
var (
	input, output = mlflowtest.ONNXInput, mlflowtest.ONNXOutput
	model         = mlflowtest.ONNX
)

// The table of reference: which graphs work with a table, and which only with tensors.
func TestTheFormOfTheSignature(t *testing.T) {
	const column, tensors = `"required":true`, `"tensor-spec"`
	for _, c := range []struct {
		name            string
		file            []byte
		form            string
		inputs, outputs string
	}{
		{"one input a column", model(input("tenure", int(Float), 0), input("contract", int(String), 0), output("churn", int(Float), 0)), column,
			`[{"name":"tenure","type":"double","required":true},{"name":"contract","type":"string","required":true}]`, `[{"name":"churn","type":"float","required":true}]`},
		{"one matrix, one answer", model(input("X", int(Float), 0, 2), output("y", int(Float), 0, 1)), column,
			`[{"name":"tenure","type":"double","required":true},{"name":"contract","type":"double","required":true}]`, `[{"name":"y","type":"float","required":true}]`},
		{"one matrix, an answer a class", model(input("X", int(Float), 0, 2), output("label", int(Int64), 0), output("prob_0", int(Float), 0)), column, "",
			`[{"name":"label","type":"long","required":true},{"name":"prob_0","type":"float","required":true}]`},
		{"one matrix, maps", model(input("X", int(Float), 0, 2), output("label", int(String), 0), mlflowtest.ONNXMaps("probabilities")), column, "", ""},
		{"one matrix, a matrix", model(input("X", int(Float), 0, 2), output("label", int(Int64), 0), output("probabilities", int(Float), 0, 3)), tensors,
			`[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,2]}}]`, ""},
		{"one input of rank 2 a column", model(input("tenure", int(Float), 0, 1), input("contract", int(String), 0, 1), output("y", int(Float), 0, 1)), tensors,
			`[{"name":"tenure","type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,1]}},{"name":"contract","type":"tensor","tensor-spec":{"dtype":"str","shape":[-1,1]}}]`, ""},
		{"weights among the inputs", model(mlflowtest.ONNXWeight("w"), input("X", int(Float), 0, 2), input("w", int(Float), 2, 2), output("y", int(Double), 0)), column, "", `[{"name":"y","type":"double","required":true}]`},
	} {
		g, err := ReadGraph(c.file)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		m := manifesttest.Sample(sadi.Binary)
		sig := g.signature(&m.Determined)
		inputs, _ := json.Marshal(sig.inputs)
		outputs, _ := json.Marshal(sig.outputs)
		if !strings.Contains(string(inputs), c.form) || c.inputs != "" && string(inputs) != c.inputs || c.outputs != "" && string(outputs) != c.outputs {
			t.Errorf("%s: %s -> %s", c.name, inputs, outputs)
		}
	}
}

func TestTheFolderOfAModel(t *testing.T) {
	dir := t.TempDir()
	if _, ok, err := Find(dir); ok || err != nil {
		t.Fatalf("%v, %v", ok, err)
	}
	file := filepath.Join(dir, "model", "model.onnx")
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, model(input("tenure", int(Float), 0), input("contract", int(String), 0), output("churn", int(Float), 0)), 0o666); err != nil {
		t.Fatal(err)
	}
	onnx, ok, err := Find(dir)
	if !ok || err != nil || onnx.File != file {
		t.Fatalf("%+v, %v, %v", onnx, ok, err)
	}
	m := manifesttest.Sample(sadi.Binary)
	m.Digest = manifesttest.Hash(9)
	p := &profile.Profile{Columns: []profile.Column{{Name: "tenure", Kind: table.Integer, Quantiles: &profile.Quantiles{P50: 29}}, {Name: "contract", Top: []profile.LevelCount{{Level: "two \"years\"", Count: 3}}}}}
	files, info, err := onnx.Files(Job{Manifest: m, Profile: p, Run: "05c6949e4f8d4e4c93231d7c4acdff56", Made: time.Date(2026, 11, 23, 5, 20, 39, 631332000, time.UTC), Path: "model"})
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(files["MLmodel"], &doc); err != nil {
		t.Fatal(err)
	}
	f := doc["flavors"].(map[string]any)
	onnxFlavor, python := f["onnx"].(map[string]any), f["python_function"].(map[string]any)
	if onnxFlavor["data"] != "model.onnx" || python["data"] != "model.onnx" || python["loader_module"] != "mlflow.onnx" || doc["artifact_path"] != "model" ||
		doc["run_id"] != "05c6949e4f8d4e4c93231d7c4acdff56" || doc["utc_time_created"] != "2026-11-23 05:20:39.631332" {
		t.Errorf("%s", files["MLmodel"])
	}
	sig := doc["signature"].(map[string]any)
	var columns []map[string]any
	if err := json.Unmarshal([]byte(sig["inputs"].(string)), &columns); err != nil || len(columns) != 2 || columns[0]["name"] != "tenure" || columns[0]["type"] != "double" {
		t.Errorf("%v, %v", sig, err)
	}
	if got := string(files["input_example.json"]); got != `{"columns":["tenure","contract"],"data":[[29,"two \"years\""]]}` {
		t.Errorf("example: %s", got)
	}
	if got := string(files["serving_input_example.json"]); !strings.HasPrefix(got, `{"dataframe_split":{"columns":`) {
		t.Errorf("example: %s", got)
	}
	for _, name := range []string{"requirements.txt", "conda.yaml", "python_env.yaml"} {
		if len(files[name]) == 0 || name != "requirements.txt" && yaml.Unmarshal(files[name], new(any)) != nil {
			t.Errorf("%s: %s", name, files[name])
		}
	}
	var told map[string]any
	if err := json.Unmarshal([]byte(info), &told); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"artifact_path", "flavors", "utc_time_created", "run_id"} {
		if told[name] == nil {
			t.Errorf("%s lacks %s", info, name)
		}
	}
}

func TestWhatIsNoModel(t *testing.T) {
	good := model(input("X", int(Float), 0, 2), output("y", int(Float), 0))
	for n := range len(good) {
		if g, err := ReadGraph(good[:n]); err == nil {
			t.Errorf("%d of %d bytes are read as %v", n, len(good), g)
		} else if sadi.CodeOf(err) != sadi.Corrupt {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := ReadGraph(model(input("X", int(Float), 0))); err == nil {
		t.Error("a graph without an output is taken")
	}
}

func FuzzReadGraph(f *testing.F) {
	f.Add(model(input("X", int(Float), 0, 2), output("y", int(Float), 0)))
	f.Add(model(input("X", int(String), 0), mlflowtest.ONNXMaps("p"), mlflowtest.ONNXWeight("X")))
	f.Fuzz(func(t *testing.T, file []byte) {
		g, err := ReadGraph(file)
		if err == nil {
			m := manifesttest.Sample(sadi.Binary)
			g.signature(&m.Determined)
		}
	})
}

package mlflowtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sadi/internal/mlflow"
)

// dataset is an input as the API has it.
type dataset struct {
	Tags []pair `json:"tags"`
	Set  struct {
		Name       string `json:"name"`
		Digest     string `json:"digest"`
		SourceType string `json:"source_type"`
		Source     string `json:"source"`
		Schema     string `json:"schema"`
		Profile    string `json:"profile"`
	} `json:"dataset"`
}

func (s *Server) logInputs(body []byte) (any, error) {
	var q struct {
		ID   string            `json:"run_id"`
		Sets []json.RawMessage `json:"datasets"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	r, err := s.run(q.ID)
	if err != nil {
		return nil, err
	}
	for _, raw := range q.Sets {
		var d dataset
		if err := s.decode(raw, &d); err != nil {
			return nil, err
		}
		if d.Set.Name == "" || d.Set.Digest == "" || d.Set.Source == "" || len(d.Set.Digest) > 36 {
			return nil, invalid("Dataset digest exceeds the maximum length of 36, or a field is missing")
		}
		if !slices.ContainsFunc(r.inputs, func(have json.RawMessage) bool { return string(have) == string(raw) }) {
			r.inputs = append(r.inputs, raw)
		}
	}
	return map[string]any{}, nil
}

func (s *Server) logModel(body []byte) (any, error) {
	var q struct {
		ID    string `json:"run_id"`
		Model string `json:"model_json"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	r, err := s.run(q.ID)
	if err != nil {
		return nil, err
	}
	var model map[string]json.RawMessage
	if json.Unmarshal([]byte(q.Model), &model) != nil {
		return nil, invalid("Malformed model info. \n %s \n is not a valid JSON.", q.Model)
	}
	for _, field := range []string{"artifact_path", "flavors", "utc_time_created", "run_id"} {
		if model[field] == nil {
			return nil, invalid("Model json is missing mandatory fields: {'%s'}", field)
		}
	}
	const history = "mlflow.log-model.history"
	old := strings.TrimSuffix(r.tags[history], "]")
	if old == "" {
		old = "["
	} else {
		old += ", "
	}
	return map[string]any{}, r.tag([]pair{{history, old + q.Model + "]"}})
}

func (s *Server) createModel(body []byte) (any, error) {
	var q struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Tags        []pair `json:"tags"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	_, there := s.models[q.Name]
	switch {
	case q.Name == "":
		return nil, invalid("Missing value for required parameter 'name'. See the API docs for more information about request parameters.")
	case s.Version == "3.11" && strings.ContainsAny(q.Name, "/:"):
		return nil, invalid("Invalid model name '%s'. Names cannot contain '/' or ':'.", q.Name)
	case there:
		return nil, &refusal{400, "RESOURCE_ALREADY_EXISTS", fmt.Sprintf("Registered Model (name=%s) already exists.", q.Name)}
	}
	s.models[q.Name] = nil
	doc := map[string]any{"name": q.Name, "creation_timestamp": now(), "last_updated_timestamp": now()}
	if q.Description != "" {
		doc["description"] = q.Description
	}
	if len(q.Tags) > 0 {
		doc["tags"] = q.Tags
	}
	return map[string]any{"registered_model": doc}, nil
}

func (s *Server) createVersion(body []byte) (any, error) {
	var q struct {
		Name        string `json:"name"`
		Source      string `json:"source"`
		Run         string `json:"run_id"`
		Description string `json:"description"`
		Tags        []pair `json:"tags"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	have, there := s.models[q.Name]
	switch {
	case !there:
		return nil, absent("Registered Model with name=%s not found", q.Name)
	case q.Source == "":
		return nil, invalid("Missing value for required parameter 'source'. See the API docs for more information about request parameters.")
	case !strings.Contains(q.Source, ":/") || strings.HasPrefix(q.Source, "file:"):
		if r := s.runs[q.Run]; r == nil || !strings.HasPrefix(q.Source, s.artifactURI(r)) {
			return nil, invalid("Invalid model version source: '%s'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.", q.Source)
		}
	}
	v := &modelVersion{strconv.Itoa(len(have) + 1), q.Name, q.Source, q.Run, q.Description, q.Tags, now()}
	s.models[q.Name] = append(have, v)
	return map[string]any{"model_version": v.document()}, nil
}

func (v *modelVersion) document() map[string]any {
	doc := map[string]any{"name": v.name, "version": v.number, "creation_timestamp": v.made, "last_updated_timestamp": v.made, "current_stage": "None",
		"description": v.description, "source": v.source, "run_id": v.run, "status": "READY", "run_link": ""}
	if len(v.tags) > 0 {
		doc["tags"] = v.tags
	}
	return doc
}

var _ Reader = (*Server)(nil)

// RunIDs are the ids of all runs, in the order in which they were made.
func (s *Server) RunIDs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.order)
}

// Run implements Reader.
func (s *Server) Run(t *testing.T, id string) State {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs[id]
	if r == nil {
		t.Fatalf("there is no run %q", id)
	}
	st := State{Name: r.name, Status: r.status, Start: r.start, End: r.end, Params: map[string]string{}, Tags: map[string]string{}, Metrics: map[string][]Point{}, Artifacts: map[string]string{}}
	for _, e := range s.experiments {
		if e.id == r.experiment {
			st.Experiment = e.name
		}
	}
	for k, v := range r.params {
		st.Params[k] = v
	}
	for k, v := range r.tags {
		st.Tags[k] = v
	}
	for _, m := range r.metrics {
		st.Metrics[m.Key] = append(st.Metrics[m.Key], Point{m.value, *m.Time, m.Step})
	}
	for _, p := range st.Metrics {
		slices.SortStableFunc(p, func(a, b Point) int { return int(a.Step - b.Step) })
	}
	for _, raw := range r.inputs {
		var d dataset
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatal(err)
		}
		st.Inputs = append(st.Inputs, mlflow.Input{Name: d.Set.Name, Digest: d.Set.Digest, SourceType: d.Set.SourceType, Source: d.Set.Source,
			Schema: d.Set.Schema, Profile: d.Set.Profile, Context: d.Tags[0].Value})
	}
	for name, text := range s.files {
		if below, ok := strings.CutPrefix(name, r.experiment+"/"+r.id+"/artifacts/"); ok {
			st.Artifacts[below] = text
		}
	}
	return st
}

// Versions implements Reader.
func (s *Server) Versions(t *testing.T, model string) (all []ModelVersion) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.models[model] {
		tags := map[string]string{}
		for _, p := range v.tags {
			tags[p.Key] = p.Value
		}
		all = append(all, ModelVersion{v.number, v.source, v.run, v.description, tags})
	}
	return all
}

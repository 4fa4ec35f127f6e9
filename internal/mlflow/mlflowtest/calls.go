package mlflowtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"
)

func (s *Server) gets() map[string]func(url.Values) (any, error) {
	return map[string]func(url.Values) (any, error){
		"experiments/get-by-name": func(q url.Values) (any, error) {
			e := s.experimentCalled(q.Get("experiment_name"))
			if e == nil {
				return nil, absent("Could not find experiment with name '%s'", q.Get("experiment_name"))
			}
			return map[string]any{"experiment": map[string]any{"experiment_id": e.id, "name": e.name, "artifact_location": "mlflow-artifacts:/" + e.id,
				"lifecycle_stage": e.stage, "last_update_time": now(), "creation_time": now()}}, nil
		},
		"runs/get": func(q url.Values) (any, error) {
			r, err := s.run(q.Get("run_id"))
			if err != nil {
				return nil, err
			}
			return s.document(r), nil
		},
		"model-versions/search": func(q url.Values) (any, error) {
			m := regexp.MustCompile(`^name='([^']*)'$`).FindStringSubmatch(q.Get("filter"))
			if m == nil {
				return nil, invalid("Invalid clause(s) in filter string: '%s'", q.Get("filter"))
			}
			var all []any
			for _, v := range s.models[m[1]] {
				all = append(all, v.document())
			}
			return map[string]any{"model_versions": all}, nil
		},
	}
}

func (s *Server) experimentCalled(name string) *experiment {
	for _, e := range s.experiments {
		if e.name == name {
			return e
		}
	}
	return nil
}

func (s *Server) run(id string) (*run, error) {
	r := s.runs[id]
	if id == "" {
		return nil, invalid("Missing value for required parameter 'run_id'. See the API docs for more information about request parameters.")
	}
	if r == nil {
		return nil, absent("Run with id=%s not found", id)
	}
	if r.stage != "active" {
		return nil, invalid("The run %s must be in the 'active' state. Current state is %s.", id, r.stage)
	}
	return r, nil
}

func (s *Server) info(r *run) map[string]any {
	doc := map[string]any{"run_uuid": r.id, "run_id": r.id, "experiment_id": r.experiment, "run_name": r.name, "user_id": r.user, "status": r.status,
		"start_time": r.start, "artifact_uri": s.artifactURI(r), "lifecycle_stage": r.stage}
	if r.end != 0 {
		doc["end_time"] = r.end
	}
	return doc
}

// document is a run as runs/get has it; lists that are empty are left out.
func (s *Server) document(r *run) map[string]any {
	data := map[string]any{}
	latest := map[string]metric{}
	var keys []string
	for _, m := range r.metrics {
		old, seen := latest[m.Key]
		if !seen {
			keys = append(keys, m.Key)
		}
		if !seen || m.Step > old.Step || m.Step == old.Step && (*m.Time > *old.Time || *m.Time == *old.Time && m.value >= old.value) {
			latest[m.Key] = m
		}
	}
	var metrics, params, tags []any
	for _, k := range keys {
		m := latest[k]
		metrics = append(metrics, map[string]any{"key": m.Key, "value": shown(m.value), "timestamp": *m.Time, "step": m.Step})
	}
	for _, k := range slices.Sorted(mapKeys(r.params)) {
		params = append(params, pair{k, r.params[k]})
	}
	for _, k := range r.tagOrder {
		tags = append(tags, pair{k, r.tags[k]})
	}
	for name, list := range map[string][]any{"metrics": metrics, "params": params, "tags": tags} {
		if len(list) > 0 {
			data[name] = list
		}
	}
	doc := map[string]any{"info": s.info(r), "data": data}
	in := map[string]any{}
	if len(r.inputs) > 0 {
		in["dataset_inputs"] = r.inputs
	}
	doc["inputs"] = in
	return map[string]any{"run": doc}
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// shown is a value as the sqlite backend gives it back.
func shown(v float64) any {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return math.MaxFloat64
	case math.IsInf(v, -1):
		return -math.MaxFloat64
	}
	return v
}

func (s *Server) posts() map[string]func([]byte) (any, error) {
	return map[string]func([]byte) (any, error){
		"experiments/create": s.createExperiment, "experiments/restore": s.restoreExperiment, "runs/create": s.createRun, "runs/update": s.updateRun,
		"runs/search": s.searchRuns, "runs/log-batch": s.logBatch, "runs/log-inputs": s.logInputs, "runs/log-model": s.logModel,
		"registered-models/create": s.createModel, "model-versions/create": s.createVersion,
	}
}

func (s *Server) createExperiment(body []byte) (any, error) {
	var q struct {
		Name string `json:"name"`
		Tags []pair `json:"tags"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	switch {
	case q.Name == "":
		return nil, invalid("Missing value for required parameter 'name'. See the API docs for more information about request parameters.")
	case utf8.RuneCountInString(q.Name) > 500:
		return nil, invalid("'name' exceeds the maximum length of 500 characters")
	case s.experimentCalled(q.Name) != nil:
		return nil, &refusal{400, "RESOURCE_ALREADY_EXISTS", fmt.Sprintf("Experiment(name=%s) already exists. Error: (sqlite3.IntegrityError) UNIQUE constraint failed", q.Name)}
	}
	e := &experiment{strconv.Itoa(s.id()), q.Name, "active"}
	s.experiments = append(s.experiments, e)
	return map[string]any{"experiment_id": e.id}, nil
}

// DeleteExperiment does what a person does on the server's page.
func (s *Server) DeleteExperiment(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.experimentCalled(name).stage = "deleted"
}

func (s *Server) restoreExperiment(body []byte) (any, error) {
	var q struct {
		ID string `json:"experiment_id"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	for _, e := range s.experiments {
		if e.id == q.ID && e.stage == "deleted" {
			e.stage = "active"
			return map[string]any{}, nil
		}
	}
	return nil, absent("No Experiment with id=%s exists", q.ID)
}

func (s *Server) createRun(body []byte) (any, error) {
	var q struct {
		Experiment string `json:"experiment_id"`
		User       string `json:"user_id"`
		Name       string `json:"run_name"`
		Start      int64  `json:"start_time"`
		Tags       []pair `json:"tags"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.experiments, func(e *experiment) bool { return e.id == q.Experiment })
	if i < 0 {
		return nil, absent("No Experiment with id=%s exists", q.Experiment)
	}
	if s.experiments[i].stage != "active" {
		return nil, invalid("The experiment %s must be in the 'active' state. Current state is deleted.", q.Experiment)
	}
	r := &run{experiment: q.Experiment, name: q.Name, user: q.User, status: "RUNNING", stage: "active", start: q.Start,
		params: map[string]string{}, tags: map[string]string{}}
	if r.name == "" {
		r.name = "sincere-bear-325"
	}
	for _, t := range q.Tags {
		if t.Key == "mlflow.runName" && q.Name != "" && t.Value != q.Name {
			return nil, invalid("Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='%s', mlflow.runName='%s').", q.Name, t.Value)
		}
	}
	if err := r.tag(append(q.Tags, pair{"mlflow.runName", r.name})); err != nil {
		return nil, err
	}
	r.id = hexID(s.id())
	s.runs[r.id] = r
	s.order = append(s.order, r.id)
	return s.document(r), nil
}

func (r *run) tag(tags []pair) error {
	for _, t := range tags {
		if err := checkKey("key", "key", t.Key); err != nil {
			return err
		}
		if _, ok := r.tags[t.Key]; !ok {
			r.tagOrder = append(r.tagOrder, t.Key)
		}
		r.tags[t.Key] = cut(t.Value, 8000)
	}
	return nil
}

func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

func checkKey(what, field, key string) error {
	switch {
	case key == "":
		return invalid("Missing value for required parameter 'key'. See the API docs for more information about request parameters.")
	case utf8.RuneCountInString(key) > 250:
		return invalid("'%s' exceeds the maximum length of 250 characters", what)
	case !keyForm.MatchString(key):
		return invalid("Invalid value \"%s\" for parameter '%s' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).", key, field)
	case path.Clean(key) != key || key == "." || key[0] == '/' || len(key) > 1 && key[:2] == "..":
		return invalid("Invalid value \"%s\" for parameter '%s' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '%s'", key, field, path.Clean(key))
	}
	return nil
}

func (s *Server) updateRun(body []byte) (any, error) {
	var q struct {
		ID     string `json:"run_id"`
		UUID   string `json:"run_uuid"`
		Status string `json:"status"`
		End    int64  `json:"end_time"`
		Name   string `json:"run_name"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	r, err := s.run(q.ID)
	if err != nil {
		return nil, err
	}
	if slices.Contains([]string{"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"}, q.Status) {
		r.status = q.Status
	} else {
		s.Violation("the status %q, which is swallowed", q.Status)
	}
	if q.End != 0 {
		r.end = q.End
	}
	return map[string]any{"run_info": s.info(r)}, nil
}

var byKey = regexp.MustCompile("^tags\\.`sadi\\.run` = '([^']*)'$")

func (s *Server) searchRuns(body []byte) (any, error) {
	var q struct {
		Experiments []string `json:"experiment_ids"`
		View        string   `json:"run_view_type"`
		Most        int      `json:"max_results"`
		Filter      string   `json:"filter"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	m := byKey.FindStringSubmatch(q.Filter)
	if m == nil || q.Most < 1 || q.Most > 50000 {
		return nil, invalid("Invalid clause(s) in filter string: '%s'", q.Filter)
	}
	var all []any
	for _, id := range s.order {
		if r := s.runs[id]; r.stage == "active" && slices.Contains(q.Experiments, r.experiment) && r.tags["sadi.run"] == m[1] && len(all) < q.Most {
			all = append(all, s.document(r)["run"])
		}
	}
	if all == nil {
		return map[string]any{}, nil
	}
	return map[string]any{"runs": all}, nil
}

func (s *Server) logBatch(body []byte) (any, error) {
	var q struct {
		ID      string   `json:"run_id"`
		Metrics []metric `json:"metrics"`
		Params  []pair   `json:"params"`
		Tags    []pair   `json:"tags"`
	}
	if err := s.decode(body, &q); err != nil {
		return nil, err
	}
	r, err := s.run(q.ID)
	if err != nil {
		return nil, err
	}
	for what, n := range map[string]int{"metrics": len(q.Metrics) - 900, "params": len(q.Params), "tags": len(q.Tags)} {
		if n > 100 {
			return nil, invalid("A batch logging request can contain at most %d %s. Got %d %s. Please split up %s across multiple requests and try again.", map[string]int{"metrics": 1000, "params": 100, "tags": 100}[what], what, n, what, what)
		}
	}
	if n := len(q.Metrics) + len(q.Params) + len(q.Tags); n > 1000 || len(body) > 1_000_000 {
		return nil, invalid("A batch logging request can contain at most 1000 metrics, params, and tags. Got %d metrics, params, and tags.", n)
	}
	if err := s.checkBatch(r, q.Metrics, q.Params); err != nil {
		return nil, err
	}
	if err := r.tag(q.Tags); err != nil {
		return nil, err
	}
	for _, p := range q.Params {
		r.params[p.Key] = cut(p.Value, 6000)
	}
	for _, m := range q.Metrics {
		if !slices.ContainsFunc(r.metrics, func(o metric) bool {
			return o.Key == m.Key && o.Step == m.Step && *o.Time == *m.Time && bytes.Equal(o.Value, m.Value)
		}) {
			r.metrics = append(r.metrics, m)
		}
	}
	return map[string]any{}, nil
}

// checkBatch refuses a batch as a whole, before anything of it is kept.
func (s *Server) checkBatch(r *run, metrics []metric, params []pair) error {
	for i := range metrics {
		m := &metrics[i]
		if err := checkKey("Metric name", fmt.Sprintf("metrics[%d].name", i), m.Key); err != nil {
			return err
		}
		if m.Time == nil || *m.Time <= 0 || m.Value == nil {
			return invalid("Missing value for required parameter 'metrics[%d].timestamp'. See the API docs for more information about request parameters.", i)
		}
		var word string
		switch {
		case json.Unmarshal(m.Value, &m.value) == nil:
		case json.Unmarshal(m.Value, &word) == nil && slices.Contains([]string{"NaN", "Infinity", "-Infinity"}, word):
			m.value, _ = strconv.ParseFloat(word, 64)
		default:
			s.Violation("the metric value %s, which is stored as 0", m.Value)
		}
	}
	seen := map[string]bool{}
	for i, p := range params {
		if err := checkKey("Param key", fmt.Sprintf("params[%d].key", i), p.Key); err != nil {
			return err
		}
		if seen[p.Key] {
			return invalid("Duplicate parameter keys have been submitted: ['%s']. Please ensure the request contains only one param value per param key.", p.Key)
		}
		seen[p.Key] = true
		if old, ok := r.params[p.Key]; ok && old != cut(p.Value, 6000) {
			return invalid("Changing param values is not allowed. Params were already logged='[{'key': '%s', 'old_value': '%s', 'new_value': '%s'}]' for run ID='%s'.", p.Key, old, p.Value, r.id)
		}
	}
	return nil
}

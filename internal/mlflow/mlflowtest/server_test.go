package mlflowtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// exchange is a request with the answer that a real server gave; testdata/recorded.json holds what the Python client of
// MLflow and its server said to each other, versions 2.17.3.dev0 and 3.11.2.dev0.
type exchange struct {
	Version  string          `json:"version"`
	Method   string          `json:"method"`
	Path     string          `json:"path"`
	Request  *string         `json:"request"`
	Status   int             `json:"status"`
	Response json.RawMessage `json:"response"`
}

var (
	runIDs = regexp.MustCompile(`[0-9a-f]{32}`)
	times  = regexp.MustCompile(`17\d{11}|\b\d{13}\b`)
)

// The double answers the recorded requests as the real servers did, up to ids and times.
func TestTheDoubleAnswersAsRecorded(t *testing.T) {
	text, err := os.ReadFile("testdata/recorded.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []exchange
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	doubles := map[string]*Server{}
	ids := map[string]string{} // of the double's runs by recorded ids
	for i, x := range all {
		s := doubles[x.Version]
		if s == nil {
			s = NewServer(t, x.Version)
			s.experiments = append(s.experiments, &experiment{"1", "a", "active"}, &experiment{"2", "b", "active"})
			if x.Version == "3.11" {
				s.experiments = append(s.experiments, &experiment{"3", "c", "active"})
			}
			doubles[x.Version] = s
		}
		translate := func(text string) string {
			return runIDs.ReplaceAllStringFunc(text, func(id string) string {
				if own, ok := ids[id]; ok {
					return own
				}
				return id
			})
		}
		if own := "0662ab10a785417d891302f82e78d7f8"; strings.Contains(string(x.Path)+string(x.Response)+deref(x.Request), own) && ids[own] == "" {
			ids[own] = s.RunIDs()[0] // its making was not recorded
		}
		status, got := send(t, s.URL()+translate(x.Path), x, translate(deref(x.Request)))
		if strings.HasSuffix(x.Path, "runs/create") {
			ids[runID(t, x.Response)] = runID(t, got)
		}
		if status != x.Status || !sameJSON(t, plain(got), plain([]byte(translate(string(x.Response))))) {
			t.Errorf("exchange %d, %s %s:\n got %d %s\nwant %d %s", i, x.Method, x.Path, status, plain(got), x.Status, plain([]byte(translate(string(x.Response)))))
		}
	}
	if len(all) < 15 {
		t.Errorf("only %d exchanges", len(all))
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func send(t *testing.T, url string, x exchange, body string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequest(x.Method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if r.Header.Set("Content-Type", "application/json"); x.Method == http.MethodPut {
		r.Header.Set("Content-Type", "text/plain")
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	got, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, got
}

func runID(t *testing.T, answer []byte) string {
	t.Helper()
	var doc struct {
		Run struct {
			Info struct {
				ID string `json:"run_id"`
			} `json:"info"`
		} `json:"run"`
	}
	if err := json.Unmarshal(answer, &doc); err != nil || doc.Run.Info.ID == "" {
		t.Fatalf("%s: %v", answer, err)
	}
	return doc.Run.Info.ID
}

// plain is an answer with its times made equal.
func plain(text []byte) []byte { return times.ReplaceAll(text, []byte("1")) }

// sameJSON compares documents; the tags of an experiment and the inputs of 2.17's answers are not what is tested here.
func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	forms := [2]string{}
	for i, text := range [][]byte{a, b} {
		var v map[string]any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if e, ok := v["experiment"].(map[string]any); ok {
			delete(e, "tags")
		}
		if r, ok := v["run"].(map[string]any); ok {
			delete(r, "inputs")
		}
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		forms[i] = string(bytes.ReplaceAll(out, []byte(`.0`), nil))
	}
	return forms[0] == forms[1]
}

package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/httpapi"
	"sadi/internal/service"
)

func TestAServerOfOneMachineAnswersUnderItsOwnNames(t *testing.T) {
	w := open(t, httpapi.Options{LocalOnly: true}, service.Limits{})
	ask := func(method, path, host string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, w.Server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Body.Close() })
		return a
	}
	for _, host := range []string{"localhost", "localhost:8000", "LOCALHOST.", "127.0.0.1:80", "127.9.9.9", "[::1]:8000", "sadi.localhost:1"} {
		if a := ask("GET", sadi.BasePath+"/models", host); a.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", host, a.StatusCode)
		}
	}
	for _, host := range []string{"evil.example", "localhost.evil.example:8000", "192.168.0.1", "127.0.0.1.evil.example", "[fe80::1]:80"} {
		for path, ways := range httpapi.New(httpapi.Options{Service: w.Service}).OpenAPI().Paths {
			for method, op := range map[string]any{"GET": ways.Get, "POST": ways.Post, "DELETE": ways.Delete} {
				if text, err := json.Marshal(op); err != nil || string(text) == "null" {
					continue
				}
				if a := ask(method, strings.NewReplacer("{", "", "}", "").Replace(path), host); a.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s as %s: status %d", method, path, host, a.StatusCode)
				}
			}
		}
	}
}

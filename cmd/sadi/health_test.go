package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestHealth(t *testing.T) {
	var asked atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 3 {
			http.Error(w, "the queue does not answer", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("GET /moved/healthz", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/healthz", http.StatusFound)
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{s.URL, exitDone, "ok\n"},
		{s.URL + "/", exitDone, "ok\n"},
		{s.URL + " --ready", exitFailed, "the queue does not answer"},
		{s.URL + " --ready --wait 20s", exitDone, "ok\n"},
		{s.URL + "/moved", exitFailed, "302"},
		{s.URL + "/elsewhere", exitFailed, "404"},
		{"http://ana:secret@" + closed.Addr().String(), exitFailed, "unavailable"},
		{"127.0.0.1:8000", exitUsage, "http://127.0.0.1:8000"},
		{"", exitDone, "ok\n"},
	} {
		t.Setenv("SADI_LISTEN", strings.TrimPrefix(s.URL, "http://"))
		code, out, errs := call(t, append([]string{"health"}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(out+errs, c.says) || strings.Contains(errs, "secret") {
			t.Errorf("health %s: exit code %d, want %d; it says\n%s%s", c.args, code, c.code, out, errs)
		}
	}
}

func TestHealthAsksWhereTheServerListens(t *testing.T) {
	for listen, want := range map[string]string{"0.0.0.0:8000": "127.0.0.1:8000", ":8000": "127.0.0.1:8000", "[::]:8000": "[::1]:8000",
		"10.1.2.3:80": "10.1.2.3:80", "localhost:1": "localhost:1"} {
		got, err := healthURL(nil, []string{"SADI_LISTEN=" + listen}, false)
		if err != nil || got != "http://"+want+"/healthz" {
			t.Errorf("%s: got %s, %v", listen, got, err)
		}
	}
	if got, err := healthURL([]string{"https://example.com/sadi/"}, nil, true); err != nil || got != "https://example.com/sadi/readyz" {
		t.Errorf("got %s, %v", got, err)
	}
}

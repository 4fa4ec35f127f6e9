package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/httpapi"
	"sadi/internal/service"
	"sadi/internal/service/servicetest"
)

// serve makes a server for the commands.
func serve(t *testing.T, tokens *httpapi.Tokens) *servicetest.World {
	t.Helper()
	w := servicetest.New(t, service.Limits{})
	server := httptest.NewServer(httpapi.New(httpapi.Options{Service: w.Service, Tokens: tokens}))
	t.Cleanup(server.Close)
	t.Setenv("SADI_SERVER", server.URL)
	t.Setenv("SADI_TOKEN", "")
	return w
}

func must(t *testing.T, says string, args ...string) string {
	t.Helper()
	code, out, errs := call(t, args...)
	if code != exitDone || !strings.Contains(out+errs, says) {
		t.Fatalf("%v: exit code %d, want 0 and %q\n%s%s", args, code, says, out, errs)
	}
	return strings.TrimSpace(out)
}

func TestSubmitAndJobs(t *testing.T) {
	w := serve(t, nil)
	must(t, "There are no jobs", "jobs")
	path := filepath.Join(t.TempDir(), "sales.csv")
	if err := os.WriteFile(path, []byte(servicetest.Sample(90)), 0o666); err != nil {
		t.Fatal(err)
	}
	id := must(t, "sales", "submit", path, "--target", "bought", "--budget", "2trials", "--models", "logistic_regression", "--priority", "4")
	must(t, "number 1", "jobs", "show", id)
	go w.Work(t)
	out := must(t, "predicting bought", "jobs", "watch", id)
	if !strings.Contains(out, `"target":"bought"`) {
		t.Errorf("the last line is %q", out)
	}
	must(t, "succeeded", "jobs", "show", id)
	must(t, id, "jobs", "list", "--state", "succeeded", "--limit", "1")
	must(t, `"job_id": "`+id+`"`, "jobs", "show", id, "--json")
	must(t, `"priority": 4`, "jobs", "--json")
	must(t, "finished", "jobs", "logs", id)
	again := must(t, "", "submit", "incoming/sample.csv", "--remote")
	must(t, "is cancelled", "jobs", "cancel", again)
	if code, _, errs := call(t, "jobs", "watch", again); code != exitFailed || !strings.Contains(errs, "cancelled") {
		t.Errorf("watching a cancelled job: exit code %d\n%s", code, errs)
	}
}

func TestSubmitOfAnUnclearTarget(t *testing.T) {
	w := serve(t, nil)
	id := must(t, "", "submit", "incoming/sample.csv", "--remote")
	l, err := w.Queue.Take(t.Context(), "w")
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Update(t.Context(), func(j *sadi.Job) error {
		j.State, j.Candidates = sadi.NeedsTarget, []sadi.TargetCandidate{{Column: "bought", Confidence: 0.5}, {Column: "city", Confidence: 0.25}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	code, _, errs := call(t, "jobs", "watch", id)
	if code != exitNeedsTarget || !strings.Contains(errs, "bought (0.50), city (0.25)") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	if code, _, errs := call(t, "jobs", "target", id, "bougth"); code != exitUsage || !strings.Contains(errs, "bought") {
		t.Errorf("a wrong column: exit code %d\n%s", code, errs)
	}
	must(t, "queued", "jobs", "target", id, "bought")
}

func TestWrongUseOfAServer(t *testing.T) {
	secret, line := httpapi.NewToken(httpapi.Read, "ana")
	tokens, err := httpapi.ParseTokens([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	serve(t, tokens)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"jobs"}, exitFailed, "SADI_TOKEN"},
		{[]string{"jobs", "--token", secret}, exitDone, "no jobs"},
		{[]string{"submit", "incoming/sample.csv", "--remote", "--token", secret}, exitFailed, "role read"},
		{[]string{"submit", "none.csv", "--token", secret}, exitUsage, "--remote"},
		{[]string{"jobs", "show"}, exitUsage, "JOB is missing"},
		{[]string{"jobs", "show", "none", "--token", secret}, exitUsage, "no job"},
		{[]string{"jobs", "list", "--limit", "0", "--token", secret}, exitUsage, "--limit"},
		{[]string{"jobs", "--server", "ftp://x"}, exitUsage, "--server"},
		{[]string{"jobs", "--server", "http://127.0.0.1:1"}, exitFailed, "sadi serve"},
		{[]string{"token", "ana", "--role", "king"}, exitUsage, "admin"},
		{[]string{"token"}, exitUsage, "LABEL is missing"},
	} {
		code, out, errs := call(t, c.args...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%v: exit code %d, want %d; it says\n%s%s", c.args, code, c.code, out, errs)
		}
	}
}

func TestTokenFitsTheTokensFile(t *testing.T) {
	out := must(t, "", "token", "ana maría", "--role", "admin")
	secret, line, _ := strings.Cut(out, "\n")
	if _, err := httpapi.ParseTokens([]byte(line)); err != nil || !strings.HasPrefix(secret, "sadi_") || strings.Contains(line, secret) {
		t.Errorf("got\n%s\n%v", out, err)
	}
}

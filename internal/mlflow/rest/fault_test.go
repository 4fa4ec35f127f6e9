package rest

import (
	"context"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sadi/internal/mlflow"
	"sadi/internal/mlflow/mlflowtest"
)

func TestFaultsAreToldApart(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault mlflowtest.Fault
		is    func(error) bool
		after time.Duration
		lone  bool
		says  string
	}{
		{"a defect of the server", mlflowtest.Fault{Status: 500}, mlflow.Temporary, 0, true, "database is locked"},
		{"a proxy without its server", mlflowtest.Fault{Status: 502, Body: "<html>Bad gateway"}, mlflow.Temporary, 0, false, "502"},
		{"too many requests", mlflowtest.Fault{Status: 429, RetryAfter: "7"}, mlflow.Temporary, 7 * time.Second, false, "429"},
		{"too many requests for a day", mlflowtest.Fault{Status: 429, RetryAfter: "86400"}, mlflow.Temporary, time.Minute, false, "429"},
		{"busy", mlflowtest.Fault{Status: 503, RetryAfter: "soon"}, mlflow.Temporary, 0, false, "503"},
		{"cut in the answer", mlflowtest.Fault{Cut: true}, mlflow.Temporary, 0, false, "can not be reached"},
		{"who asks is not known", mlflowtest.Fault{Status: 401}, mlflow.Refused, 0, false, "MLFLOW_TRACKING_TOKEN"},
		{"who asks may not", mlflowtest.Fault{Status: 403}, mlflow.Refused, 0, false, "403"},
		{"another program", mlflowtest.Fault{Status: 404, Body: "<html>nothing here"}, mlflow.Refused, 0, false, "404"},
		{"a page of another program", mlflowtest.Fault{Status: 200, Body: "<html>welcome"}, mlflow.Refused, 0, false, "is this the address"},
		{"sent elsewhere", mlflowtest.Fault{Status: 302}, mlflow.Refused, 0, false, "elsewhere"},
	} {
		double := mlflowtest.NewServer(t, "3.11")
		double.Fault = func(*http.Request) mlflowtest.Fault { return c.fault }
		_, err := connect(t, double.URL()).Experiment(t.Context(), "e")
		if err == nil || !c.is(err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var f *mlflow.Fault
		if !errors.As(err, &f) || f.After != c.after || f.Lone != c.lone {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	double := mlflowtest.NewServer(t, "3.11")
	s := connect(t, double.URL())
	double.Stop()
	if _, err := s.Experiment(t.Context(), "e"); !mlflow.Temporary(err) {
		t.Errorf("%v", err)
	}
	double.Start(t)
	if _, err := s.Experiment(t.Context(), "e"); err != nil {
		t.Errorf("after its return: %v", err)
	}
}

func TestTheCallerMayGiveUp(t *testing.T) {
	double := mlflowtest.NewServer(t, "2.17")
	double.Fault = func(*http.Request) mlflowtest.Fault { return mlflowtest.Fault{Delay: time.Hour} }
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	time.AfterFunc(20*time.Millisecond, func() { cancel(gone) })
	if _, err := connect(t, double.URL()).Experiment(ctx, "e"); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
}

func TestADeletedExperimentIsRestored(t *testing.T) {
	double := mlflowtest.NewServer(t, "2.17")
	s := connect(t, double.URL())
	before, err := s.Experiment(t.Context(), "e")
	if err != nil {
		t.Fatal(err)
	}
	double.DeleteExperiment("e")
	after, err := s.Experiment(t.Context(), "e")
	if err != nil || after != before {
		t.Fatalf("%s, then %s, %v", before, after, err)
	}
	if _, err := s.CreateRun(t.Context(), mlflow.NewRun{Experiment: after, Key: "k", Name: "n", Start: mlflowtest.Start}); err != nil {
		t.Error(err)
	}
}

func TestWhoAsks(t *testing.T) {
	double := mlflowtest.NewServer(t, "3.11")
	within := strings.Replace(double.URL(), "http://", "http://ana:se%20cret@", 1)
	for _, c := range []struct {
		name                  string
		o                     Options
		user, password, token string
		ok                    bool
	}{
		{"token", Options{URL: double.URL(), Token: "t0k"}, "", "", "t0k", true},
		{"another token", Options{URL: double.URL(), Token: "t0k"}, "", "", "other", false},
		{"user", Options{URL: double.URL(), User: "ana", Password: "se cret"}, "ana", "se cret", "", true},
		{"user before token", Options{URL: double.URL(), User: "ana", Password: "se cret", Token: "t"}, "ana", "se cret", "", true},
		{"user without password", Options{URL: double.URL(), User: "ana", Token: "t0k"}, "", "", "t0k", true},
		{"within the address", Options{URL: within}, "ana", "se cret", "", true},
		{"nobody", Options{URL: double.URL()}, "", "", "t0k", false},
	} {
		double.User, double.Password, double.Token = c.user, c.password, c.token
		s, err := New(c.o)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s.URL()+s.Link(mlflow.Run{ID: "r", Experiment: "1"}), "cret") {
			t.Errorf("%s: the address shows the password", c.name)
		}
		if _, err := s.Experiment(t.Context(), "e"); (err == nil) != c.ok || err != nil && !mlflow.Refused(err) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestCertificates(t *testing.T) {
	double := mlflowtest.NewServer(t, "3.11")
	secure := httptest.NewTLSServer(double)
	defer secure.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    Options
		ok   bool
	}{
		{"unknown", Options{}, false}, {"named", Options{CA: ca}, true}, {"any", Options{Insecure: true}, true},
	} {
		c.o.URL = secure.URL
		s, err := New(c.o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Experiment(t.Context(), "e"); (err == nil) != c.ok || err != nil && !mlflow.Refused(err) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, bad := range []Options{{URL: secure.URL, Insecure: true, CA: ca}, {URL: secure.URL, CA: ca + "x"}, {URL: secure.URL, CA: os.Args[0]}, {URL: "mlflow:5000"}, {URL: "sqlite:///x"}} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestArtifactsGoWhereTheServerSays(t *testing.T) {
	double := mlflowtest.NewServer(t, "3.11")
	s := connect(t, double.URL())
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("hello"), 0o666); err != nil {
		t.Fatal(err)
	}
	shared := filepath.Join(t.TempDir(), "with space")
	for _, c := range []struct {
		uri  string
		want string // where the file is then; "" = nowhere
	}{
		{"mlflow-artifacts:/3/r/artifacts", ""}, {"mlflow-artifacts://other:80/3/r/artifacts", ""},
		{shared, shared}, {"file://" + strings.ReplaceAll(shared, " ", "%20") + "/uri", filepath.Join(shared, "uri")}, {"file://localhost" + shared + "/local", filepath.Join(shared, "local")},
	} {
		if err := s.Put(t.Context(), mlflow.Run{ID: "r", Experiment: "3", Artifacts: c.uri}, "a/b.txt", file); err != nil {
			t.Errorf("%s: %v", c.uri, err)
		}
		if c.want == "" {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(c.want, "a", "b.txt")); err != nil || string(text) != "hello" {
			t.Errorf("%s: %q, %v", c.uri, text, err)
		}
	}
	if got := double.Requests(); len(got) != 2 || got[0] != "PUT /api/2.0/mlflow-artifacts/artifacts/3/r/artifacts/a/b.txt" || got[1] != got[0] {
		t.Errorf("%v", got)
	}
	for _, uri := range []string{"s3://bucket/3/r/artifacts", "gs://b/x", "dbfs:/x", "relative/x", "", "file://other/x"} {
		if err := s.Put(t.Context(), mlflow.Run{ID: "r", Artifacts: uri}, "a.txt", file); !mlflow.Unsupported(err) {
			t.Errorf("%q: %v", uri, err)
		}
	}
}

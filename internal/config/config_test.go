package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"sadi"
)

var update = flag.Bool("update", false, "write docs/configuration.md from the declaration")

// read reads the settings of a role from arguments, variables and the text of a file ("" = none).
func read(t *testing.T, role Role, args, env []string, text string) (*Config, *Reader, error) {
	t.Helper()
	r := NewReader(role)
	flags := pflag.NewFlagSet("sadi", pflag.ContinueOnError)
	r.Bind(flags)
	if text != "" {
		args = append([]string{"--config", write(t, "sadi.yaml", text)}, args...)
	}
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	c, err := r.Read(env)
	return c, r, err
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	c, _, err := read(t, Serve, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.Slots < 1 || c.Memory < 0 {
		t.Errorf("what the machine allows: %d slots, %d bytes", c.Slots, c.Memory)
	}
	c.Slots, c.Memory = 0, 0
	want := Config{Listen: "127.0.0.1:8000", Data: "data", Queue: "auto_ml", Cache: 10e9, Log: Log{slog.LevelInfo, "text"}, Grace: 30 * time.Second, MLflow: MLflow{Experiment: "SADI/auto_ml", Wait: 5 * time.Second},
		Limits: Limits{Upload: 2 << 30, Unpacked: 16 << 30, Body: 1 << 20, Predict: 1 << 30, Bundles: 512 << 20, Uploads: 4, Columns: 10_000, Request: time.Minute, Transfer: time.Hour}}
	if *c != want {
		t.Errorf("got  %+v\nwant %+v", *c, want)
	}
}

func TestTheNearestSourceCounts(t *testing.T) {
	for _, c := range []struct {
		args, env []string
		file      string
		want      string
		origin    Origin
	}{
		{nil, nil, "", "127.0.0.1:8000", Default},
		{nil, nil, "listen: 127.0.0.1:1\n", "127.0.0.1:1", "sadi.yaml:1"},
		{nil, []string{"SADI_LISTEN=127.0.0.1:2"}, "\nlisten: 127.0.0.1:1\n", "127.0.0.1:2", "SADI_LISTEN"},
		{[]string{"--listen=127.0.0.1:3"}, []string{"SADI_LISTEN=127.0.0.1:2"}, "listen: 127.0.0.1:1\n", "127.0.0.1:3", "--listen"},
		{nil, []string{"SADI_LISTEN="}, "# a remark\nlisten: 127.0.0.1:1\n", "127.0.0.1:1", "sadi.yaml:2"},
		{nil, nil, "listen:\n", "127.0.0.1:8000", Default},
	} {
		got, r, err := read(t, Serve, c.args, c.env, c.file)
		if err != nil || got.Listen != c.want || r.Origin("listen") != c.origin {
			t.Errorf("%v %v %q: got %+v from %s, %v", c.args, c.env, c.file, got, r.Origin("listen"), err)
		}
	}
}

// samples has a legal value of every setting that is not its default.
func samples(t *testing.T) map[string]string {
	pem := write(t, "some.pem", "x")
	return map[string]string{"config": write(t, "empty.yaml", ""), "data": "elsewhere", "log-level": "debug", "log-format": "json", "shutdown-grace": "5s",
		"listen": "127.0.0.1:9", "tokens": pem, "insecure": "true", "max-upload": "1MB", "max-uploads": "2", "max-body": "5kb", "max-predict": "7MB", "model-cache": "1GB", "request-timeout": "3s", "upload-timeout": "9m", "max-store": "3TB",
		"queue": "other", "nats": "nats://a:4222,tls://b:4222", "nats-listen": "127.0.0.1:4222", "nats-creds": pem, "nats-user": "u", "nats-password": "p",
		"nats-token": "t", "nats-ca": pem, "nats-cert": pem, "nats-key": pem, "nats-replicas": "3", "slots": "7", "memory": "1GiB", "max-columns": "10",
		"max-rows": "11", "max-unpacked": "1TB", "store": "s3://bucket/prefix?region=eu-west-1", "cache": "5GB", "mlflow-uri": "http://mlflow:5000", "mlflow-experiment": "other", "mlflow-user": "u", "mlflow-password": "p", "mlflow-token": "t",
		"mlflow-insecure-tls": "true", "mlflow-ca": pem, "mlflow-page": "http://localhost:5000", "mlflow-wait": "1s"}
}

func TestEverySettingHasThreeSources(t *testing.T) {
	texts := samples(t)
	for _, s := range settings {
		text, ok := texts[s.Name]
		if !ok {
			t.Errorf("%s has no sample", s.Name)
			continue
		}
		before, after := new(Config), new(Config)
		if !s.bind(after).set(text) || *before == *after {
			t.Errorf("%s: %q is not taken", s.Name, text)
		}
		if s.Default != "" && !s.bind(before).set(s.Default) {
			t.Errorf("%s: the default %q is not legal", s.Name, s.Default)
		}
		for _, from := range []Origin{Origin("--" + s.Name), Origin(s.Env()), "x:1"} {
			r, flags, env, inFile := NewReader(s.Roles&-s.Roles), pflag.NewFlagSet("", pflag.ContinueOnError), map[string]string{}, map[string]found{}
			r.Bind(flags)
			var err error
			switch from {
			case "x:1":
				if s.Name == fileSetting {
					continue // a file can not name itself
				}
				inFile, err = parseFile("x", []byte(s.Name+": "+text+"\n"))
			case Origin(s.Env()):
				env[s.Env()] = text
			default:
				err = flags.Parse([]string{string(from) + "=" + text})
			}
			if err != nil {
				t.Fatal(err)
			}
			if f, err := r.look(&s, env, inFile); err != nil || f.text != text || f.origin != from {
				t.Errorf("%s from %s: got %+v, %v", s.Name, from, f, err)
			}
		}
	}
}

func TestTheHabitsOfTheSeed(t *testing.T) {
	c, r, err := read(t, Worker, []string{"--loglevel=info", "-Q", "auto_ml"}, []string{"SADI_NATS=nats://nats:4222"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.Queue != "auto_ml" || c.Log.Level != slog.LevelInfo || r.Origin("log-level") != "--log-level" || r.Origin("nats") != "SADI_NATS" {
		t.Errorf("got %+v", c)
	}
	for word, want := range map[string]slog.Level{"DEBUG": slog.LevelDebug, "WARNING": slog.LevelWarn, "CRITICAL": slog.LevelError} {
		if c, _, err := read(t, Serve, []string{"--loglevel", word}, nil, ""); err != nil || c.Log.Level != want {
			t.Errorf("%s: got %v, %v", word, c, err)
		}
	}
}

func TestAFlagThatNeedsNoValue(t *testing.T) {
	c, _, err := read(t, Serve, []string{"--insecure", "--listen", ":8000"}, nil, "")
	if err != nil || !c.Insecure || c.Listen != ":8000" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestBadValuesSayWhichAndWhere(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct {
		role      Role
		args, env []string
		file      string
		says      []string
	}{
		{Serve, []string{"--listen", "8000"}, nil, "", []string{"listen", "--listen", `"8000"`, "HOST:PORT"}},
		{Serve, []string{"--listen", "127.0.0.1:http"}, nil, "", []string{"--listen"}},
		{Serve, []string{"--listen", "127.0.0.1:70000"}, nil, "", []string{"--listen"}},
		{Serve, nil, []string{"SADI_SLOTS=-1"}, "", []string{"slots", "SADI_SLOTS", "0 to 4096"}},
		{Serve, nil, nil, "data: d\nslots: many\n", []string{"slots", "sadi.yaml:2", `"many"`}},
		{Serve, nil, nil, "max-upload: 5 parsecs\n", []string{"max-upload", "sadi.yaml:1", "4GiB"}},
		{Serve, nil, nil, "memory: 1MB\n", []string{"memory", "64MiB"}},
		{Serve, nil, nil, "shutdown-grace: soon\n", []string{"shutdown-grace", "30s"}},
		{Serve, nil, nil, "shutdown-grace: -3s\n", []string{"shutdown-grace"}},
		{Serve, nil, nil, "request-timeout: 0\n", []string{"request-timeout"}},
		{Serve, nil, nil, "log-format: xml\n", []string{"text or json"}},
		{Serve, nil, []string{"SADI_LOG_LEVEL=loud"}, "", []string{"SADI_LOG_LEVEL", "debug, info"}},
		{Serve, nil, nil, "queue: a.b\n", []string{"queue", "letters"}},
		{Serve, nil, nil, "insecure: maybe\n", []string{"true or false"}},
		{Serve, nil, nil, "nats: nats.example.com:4222\n", []string{"nats", "nats://HOST"}},
		{Serve, nil, nil, "nats: nats://\n", []string{"nats"}},
		{Serve, nil, nil, "store: ftp://x\n", []string{"s3://"}},
		{Serve, nil, nil, "store: file://relative/x\n", []string{"file:///"}},
		{Serve, nil, []string{"MLFLOW_TRACKING_URI=sqlite:///mlflow.db"}, "", []string{"mlflow-uri", "MLFLOW_TRACKING_URI"}},
		{Serve, nil, nil, "lissten: x\n", []string{"lissten", "sadi.yaml:1", "did you mean listen"}},
		{Serve, nil, nil, "frobnicate: x\n", []string{"--print-config"}},
		{Serve, nil, nil, "slots: 1\nslots: 2\n", []string{"twice", "sadi.yaml:2"}},
		{Serve, nil, nil, "slots: 1\n\"slots\": 2\n", []string{"twice", "sadi.yaml:2"}},
		{Serve, nil, nil, "slots: [1]\n", []string{"not plain", "sadi.yaml:1"}},
		{Serve, nil, nil, "config: other.yaml\n", []string{"config"}},
		{Serve, nil, nil, "- slots\n", []string{"no settings"}},
		{Serve, nil, nil, "slots: 1\n---\nslots: 2\n", []string{"more than one document"}},
		{Serve, nil, nil, "slots: \"1\n", []string{"not YAML", "sadi.yaml"}},
		{Serve, []string{"--config", folder}, nil, "", []string{"--config", "plain file"}},
		{Serve, nil, []string{"SADI_CONFIG=" + filepath.Join(folder, "none.yaml")}, "", []string{"SADI_CONFIG", "none.yaml"}},
		{Serve, []string{"--tokens", filepath.Join(folder, "none")}, nil, "", []string{"--tokens", "none"}},
		{Serve, []string{"--tokens", folder}, nil, "", []string{"folder"}},
		{Serve, nil, nil, "nats-password: x\n", []string{"nats-user", "sadi.yaml:1"}},
		{Serve, nil, nil, "nats-user: x\n", []string{"SADI_NATS_PASSWORD_FILE"}},
		{Serve, nil, []string{"SADI_NATS_TOKEN=a", "SADI_NATS_TOKEN_FILE=b"}, "", []string{"twice", "SADI_NATS_TOKEN"}},
		{Serve, nil, []string{"SADI_NATS_TOKEN_FILE=" + filepath.Join(folder, "b")}, "", []string{"SADI_NATS_TOKEN_FILE"}},
		{Serve, nil, nil, "nats: nats://a:1\nnats-listen: 127.0.0.1:2\n", []string{"nats-listen", "sadi.yaml:2"}},
		{Serve, []string{"--slots=0"}, nil, "", []string{"no job would ever run", "--slots"}},
		{Worker, nil, nil, "", []string{"a worker needs", "--nats", "sadi serve"}},
		{Worker, []string{"--slots=0"}, []string{"SADI_NATS=nats://a:1"}, "", []string{"slots", "--slots"}},
	} {
		_, _, err := read(t, c.role, c.args, c.env, c.file)
		var e *sadi.Error
		if !errors.As(err, &e) || (e.Code != sadi.BadUsage && e.Code != sadi.NotFound) || e.Where == "" {
			t.Errorf("%v %v %q: got %v", c.args, c.env, c.file, err)
			continue
		}
		for _, s := range c.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%v %v %q: %q does not say %q", c.args, c.env, c.file, err, s)
			}
		}
	}
}

func TestAPortForOthersNeedsAKey(t *testing.T) {
	tokens := write(t, "tokens", "x")
	for _, c := range []struct {
		args string
		ok   bool
	}{
		{"--listen 127.0.0.1:8000", true}, {"--listen 127.8.9.1:8000", true}, {"--listen [::1]:8000", true}, {"--listen localhost:8000", true},
		{"--listen [::ffff:127.0.0.1]:8000", true},
		{"--listen :8000", false}, {"--listen 0.0.0.0:8000", false}, {"--listen [::]:8000", false}, {"--listen 10.0.0.1:8000", false},
		{"--listen example.com:8000", false}, {"--listen localhost.example.com:8000", false},
		{"--listen :8000 --insecure", true}, {"--listen :8000 --insecure=false", false}, {"--listen :8000 --tokens " + tokens, true},
		{"--nats-listen 127.0.0.1:4222", true}, {"--nats-listen :4222", false}, {"--nats-listen :4222 --tokens " + tokens, false},
		{"--nats-listen :4222 --nats-token x", true}, {"--nats-listen :4222 --nats-user a --nats-password b", true}, {"--nats-listen :4222 --insecure", true},
	} {
		_, _, err := read(t, Serve, strings.Fields(c.args), nil, "")
		if (err == nil) != c.ok {
			t.Errorf("%s: got %v", c.args, err)
		}
		if err != nil && !strings.Contains(err.Error(), "--insecure") {
			t.Errorf("%s: %v does not tell what to do", c.args, err)
		}
	}
}

func TestSecretsStayInside(t *testing.T) {
	const secret = "hunter2hunter2"
	env := []string{"SADI_NATS=nats://bob:" + secret + "@a:4222,nats://" + secret + "@b:4222", "SADI_NATS_USER=bob",
		"SADI_NATS_PASSWORD_FILE=" + write(t, "password", secret+"\n"), "MLFLOW_TRACKING_URI=http://ana:" + secret + "@m:5000"}
	c, r, err := read(t, Serve, nil, env, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.NATS.Password.Reveal() != secret || r.Origin("nats-password") != "SADI_NATS_PASSWORD_FILE" {
		t.Errorf("the file of the secret: got %q from %s", c.NATS.Password.Reveal(), r.Origin("nats-password"))
	}
	var out bytes.Buffer
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(c.NATS.Password)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	fmt.Fprintf(&out, "%v %+v %#v %s", c.NATS.Password, c.NATS.Password, c.NATS.Password, c.NATS.Password)
	c.Log.New(&out).Info("x", "password", c.NATS.Password)
	Log{Format: "json"}.New(&out).Info("x", "password", c.NATS.Password)
	for _, bad := range [][]string{{"SADI_NATS=nat://bob:" + secret + "@a"}, {"SADI_NATS_TOKEN=" + secret + "\x01"}, {"SADI_MLFLOW_URI=ftp://" + secret + "@x"}} {
		if _, _, err := read(t, Serve, nil, bad, ""); err == nil {
			t.Errorf("%q is taken", bad)
		} else {
			out.WriteString(err.Error())
		}
	}
	if strings.Contains(out.String(), secret) {
		t.Errorf("a secret is shown:\n%s", out.String())
	}
	if !strings.Contains(out.String(), mask) {
		t.Error("nothing shows that there is a secret")
	}
}

// What --print-config prints is a file that gives the same settings.
func TestPrintedSettingsAreAFile(t *testing.T) {
	args := []string{"--slots", "3", "--memory", "1GB", "--max-rows=5", "--store", "file:///srv/sadi #1", "--nats-user", "yes", "--nats-password", "p", "--listen", "[::1]:80"}
	want, r, err := read(t, Serve, args, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"# default\n", "# --slots\n", "slots: 3 ", "# nats-password: "} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is not in\n%s", line, out.String())
		}
	}
	got, _, err := read(t, Serve, []string{"--nats-password", "p"}, nil, out.String())
	if err != nil {
		t.Fatal(err)
	}
	got.File = ""
	if *got != *want {
		t.Errorf("got  %+v\nwant %+v", *got, *want)
	}
}

func TestWhatAutoComesTo(t *testing.T) {
	c, r, err := read(t, Worker, []string{"--nats=nats://a:1"}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("# default: %d here\n", c.Slots); !strings.Contains(out.String(), want) {
		t.Errorf("%q is not in\n%s", want, out.String())
	}
}

func TestOneFileServesBothRoles(t *testing.T) {
	const text = "nats: nats://a:4222\nlisten: 127.0.0.1:1\nmax_rows: 9\n"
	for _, role := range []Role{Serve, Worker} {
		if c, _, err := read(t, role, nil, nil, text); err != nil || c.NATS.URL != "nats://a:4222" || c.Limits.Rows != 9 {
			t.Errorf("%s: got %+v, %v", role, c, err)
		}
	}
}

func TestVariablesThatAreNearlyOurs(t *testing.T) {
	_, r, err := read(t, Serve, nil, []string{"SADI_LISTN=x", "SADI_UNRELATED_THING=x", "HOME=/", "SADI_TOKEN=client", "SADI_SERVER=client"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Notes(); len(n) != 1 || !strings.Contains(n[0], "SADI_LISTN ") || !strings.Contains(n[0], "SADI_LISTEN ") {
		t.Errorf("got %q", n)
	}
}

func TestListenAddress(t *testing.T) {
	for env, want := range map[string]string{"HOME=/": "127.0.0.1:8000", "SADI_LISTEN=0.0.0.0:9": "0.0.0.0:9", // no token: none of our business here
		"SADI_CONFIG=" + write(t, "f.yaml", "listen: ':7'\n"): ":7"} {
		if got, err := ListenAddress([]string{env}); err != nil || got != want {
			t.Errorf("%s: got %q, %v", env, got, err)
		}
	}
	if _, err := ListenAddress([]string{"SADI_LISTEN=x"}); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("got %v", err)
	}
}

func TestDeclaration(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range settings {
		for _, n := range append([]string{s.Name}, s.Aliases...) {
			if seen[n] {
				t.Errorf("%s is declared twice", n)
			}
			seen[n] = true
		}
		if s.Help == "" || s.Section == "" || s.Roles == 0 || s.Form() == "" || strings.ContainsAny(s.Help, "`|") || strings.HasSuffix(s.Help, ".") {
			t.Errorf("%s is not well declared: %+v", s.Name, s)
		}
	}
}

func TestPageIsUpToDate(t *testing.T) {
	const file = "../../docs/configuration.md"
	var want bytes.Buffer
	if err := Page(&want); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("docs/configuration.md is not what the declaration says (%v): run go test ./internal/config -update", err)
	}
}

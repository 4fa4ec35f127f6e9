// Package deploy_test holds the files that deploy the program to what the program knows: settings, flags, ports, probes.
package deploy_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"sadi"
	"sadi/internal/config"
)

const image = "sadi:" + sadi.Version

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// documents decodes every document of a YAML file.
func documents[T any](t *testing.T, path string) []T {
	t.Helper()
	d := yaml.NewDecoder(bytes.NewReader([]byte(text(t, path))))
	var all []T
	for {
		var one T
		if err := d.Decode(&one); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, one)
	}
}

// settings reads the settings as the program would in a container: its arguments after the command, its variables.
// Files that are mounted there stand for themselves as empty ones here.
func settings(t *testing.T, what string, argv []string, env map[string]string) *config.Config {
	t.Helper()
	role := config.Serve
	switch {
	case len(argv) > 0 && argv[0] == "serve":
	case len(argv) > 0 && argv[0] == "worker":
		role = config.Worker
	default:
		t.Fatalf("%s: %q is no command of sadi", what, argv)
	}
	r := config.NewReader(role)
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	r.Bind(flags)
	if err := flags.Parse(argv[1:]); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var environ []string
	for name, value := range env {
		if strings.HasPrefix(value, "/etc/sadi/") {
			mounted := filepath.Join(t.TempDir(), filepath.Base(value))
			if err := os.WriteFile(mounted, []byte("# mounted\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			value = mounted
		}
		environ = append(environ, name+"="+value)
		if !known(name) && name != "PATH" {
			t.Errorf("%s: %s is no setting", what, name)
		}
	}
	c, err := r.Read(environ)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if n := r.Notes(); len(n) > 0 {
		t.Errorf("%s: %v", what, n)
	}
	return c
}

// known reports whether a variable is one of a setting of either role.
func known(variable string) bool {
	for _, s := range config.Settings(config.Serve | config.Worker) {
		if variable == s.Env() || s.Secret && variable == s.Env()+"_FILE" {
			return true
		}
	}
	return false
}

func port(t *testing.T, address string) string {
	t.Helper()
	_, p, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// dockerfile is what the tests need of the Dockerfile, continued lines joined.
type dockerfile struct {
	lines []string
	env   map[string]string
}

func readDockerfile(t *testing.T) dockerfile {
	t.Helper()
	d := dockerfile{env: map[string]string{}}
	joined := strings.ReplaceAll(text(t, "../Dockerfile"), "\\\n", " ")
	for line := range strings.Lines(joined) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" || line[0] == '#' {
			continue
		}
		d.lines = append(d.lines, line)
		if pairs, ok := strings.CutPrefix(line, "ENV "); ok {
			for _, p := range strings.Fields(pairs) {
				name, value, _ := strings.Cut(p, "=")
				d.env[name] = value
			}
		}
	}
	return d
}

// with returns the image's variables with further ones on top.
func (d dockerfile) with(more ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range append([]map[string]string{d.env}, more...) {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

func TestDockerfile(t *testing.T) {
	d := readDockerfile(t)
	c := settings(t, "the image with tokens", []string{"serve"}, d.with(map[string]string{"SADI_TOKENS": "/etc/sadi/tokens"}))
	if c.Data != "/data" {
		t.Errorf("the data root is %s", c.Data)
	}
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(text(t, "../go.mod"))[1]
	for _, want := range []string{"EXPOSE " + port(t, c.Listen), "VOLUME " + c.Data, "USER 65532:65532", `ENTRYPOINT ["sadi"]`, `CMD ["serve"]`,
		"ARG VERSION=" + sadi.Version, "COPY --from=build /out/sadi /usr/local/bin/sadi"} {
		if !slices.Contains(d.lines, want) {
			t.Errorf("the Dockerfile has no line %q", want)
		}
	}
	all := strings.Join(d.lines, "\n")
	for _, want := range []string{"golang:" + goVersion, "CGO_ENABLED=0", "-trimpath", "-o /out/sadi ./cmd/sadi", `CMD ["sadi", "health"]`, "org.opencontainers.image.licenses="} {
		if !strings.Contains(all, want) {
			t.Errorf("the Dockerfile says nothing of %q", want)
		}
	}
	last := ""
	for _, l := range d.lines {
		if strings.HasPrefix(l, "FROM ") {
			last = l
		}
	}
	if !strings.Contains(last, "static") || !strings.HasSuffix(last, ":nonroot") {
		t.Errorf("the image stands on %q", last)
	}
	ignored := strings.Split(text(t, "../.gitignore"), "\n")
	for line := range strings.Lines(text(t, "../.dockerignore")) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !slices.Contains(ignored, line) {
			t.Errorf(".dockerignore leaves out %s, which git keeps: the binary would call its revision changed", line)
		}
	}
}

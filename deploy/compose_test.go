package deploy_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sadi/internal/config"
)

type compose struct {
	Services map[string]struct {
		Image       string
		Build       string
		Command     yaml.Node
		User        string
		Environment map[string]string
		Ports       []string
		Volumes     []string
		Grace       string                                `yaml:"stop_grace_period"`
		ReadOnly    bool                                  `yaml:"read_only"`
		DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
		Health      struct {
			Test    []string
			Disable bool
		} `yaml:"healthcheck"`
	}
	Volumes map[string]any
}

// argv is a command in either form.
func argv(t *testing.T, n yaml.Node) []string {
	t.Helper()
	if n.Kind == yaml.ScalarNode {
		return strings.Fields(n.Value)
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestCompose(t *testing.T) {
	file := documents[compose](t, "../compose.yaml")[0]
	d := readDockerfile(t)
	for name, s := range file.Services {
		for other := range s.DependsOn {
			if _, ok := file.Services[other]; !ok {
				t.Errorf("%s depends on %s, which there is not", name, other)
			}
		}
		for _, v := range s.Volumes {
			from, _, mounted := strings.Cut(v, ":")
			if _, ok := file.Volumes[from]; mounted && from[0] != '.' && !ok {
				t.Errorf("%s mounts %s, which is not declared", name, from)
			}
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s opens %s beyond this machine", name, p)
			}
		}
	}
	backend, worker, nats := file.Services["backend"], file.Services["worker"], file.Services["nats"]
	api := settings(t, "backend", argv(t, backend.Command), d.with(backend.Environment))
	// The seed's second step: a worker in the container of the backend.
	inside := settings(t, "worker in backend", []string{"worker", "--loglevel=info", "-Q", "auto_ml"}, d.with(backend.Environment))
	own := settings(t, "worker", argv(t, worker.Command), d.with(worker.Environment))
	for _, c := range []*config.Config{inside, own} {
		if c.Queue != api.Queue || c.NATS.URL != api.NATS.URL || c.Slots < 1 {
			t.Errorf("API and worker do not meet: %+v, %+v", api, c)
		}
	}
	if want := "127.0.0.1:8000:" + port(t, api.Listen); !slices.Equal(backend.Ports, []string{want}) {
		t.Errorf("backend opens %v, want %s", backend.Ports, want)
	}
	if !slices.Contains(backend.Volumes, "./data:"+api.Data) {
		t.Errorf("the data root %s is not that of the host: %v", api.Data, backend.Volumes)
	}
	for name, s := range map[string]string{"backend": backend.Image, "worker": worker.Image} {
		if s != image {
			t.Errorf("%s runs %s, want %s", name, s, image)
		}
	}
	if got := backend.Health.Test; !slices.Equal(got, []string{"CMD", "sadi", "health", "--ready"}) || !worker.Health.Disable {
		t.Errorf("health checks: %v, worker disabled: %v", got, worker.Health.Disable)
	}
	for name, s := range map[string]string{"backend": backend.Grace, "worker": worker.Grace} {
		if g, err := time.ParseDuration(s); err != nil || g <= api.Grace {
			t.Errorf("%s is killed after %s, within the grace of %s", name, s, api.Grace)
		}
	}
	conf := text(t, "nats.conf")
	for _, want := range []string{"\nport: " + port(t, strings.TrimPrefix(api.NATS.URL, "nats://nats")) + "\n", "\n  sync_interval: always\n", `store_dir: "/data"`} {
		if !strings.Contains(conf, want) {
			t.Errorf("nats.conf says nothing of %q", want)
		}
	}
	if !slices.Contains(nats.Volumes, "nats:/data") || !slices.Contains(nats.Volumes, "./deploy/nats.conf:"+argv(t, nats.Command)[1]+":ro") {
		t.Errorf("nats mounts %v", nats.Volumes)
	}
	mlflow := strings.Join(argv(t, file.Services["mlflow"].Command), " ")
	if want := " --port " + port(t, strings.TrimPrefix(api.MLflow.URI, "http://")); !strings.Contains(mlflow, want) || !strings.HasPrefix(api.MLflow.URI, "http://mlflow:") {
		t.Errorf("MLflow is looked for at %s and runs as %s", api.MLflow.URI, mlflow)
	}
}

package deploy_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sadi/internal/config"
)

// object is what the tests need of any Kubernetes object.
type object struct {
	Kind     string
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Data    map[string]string
	Secrets map[string]string `yaml:"stringData"`
	Spec    struct {
		Selector yaml.Node
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     pod
		}
		Ports []struct {
			Name       string
			Port       int
			TargetPort string `yaml:"targetPort"`
		}
		Endpoints []struct {
			Port, Path    string
			Authorization struct{ Credentials struct{ Name, Key string } }
		}
		Target struct{ Name string } `yaml:"scaleTargetRef"`
	}
	Resources []string
	Images    []struct {
		Name   string
		NewTag string `yaml:"newTag"`
	}
}

type pod struct {
	Grace      int  `yaml:"terminationGracePeriodSeconds"`
	Links      bool `yaml:"enableServiceLinks"`
	Containers []container
	Volumes    []struct {
		Name  string
		Claim struct {
			ClaimName string `yaml:"claimName"`
		} `yaml:"persistentVolumeClaim"`
		Secret struct {
			SecretName string `yaml:"secretName"`
		}
	}
}

type container struct {
	Name, Image string
	Args        []string
	EnvFrom     []struct {
		ConfigMapRef struct{ Name string } `yaml:"configMapRef"`
	} `yaml:"envFrom"`
	Env   []struct{ Name, Value string }
	Ports []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
	}
	Startup   *probe                             `yaml:"startupProbe"`
	Liveness  *probe                             `yaml:"livenessProbe"`
	Readiness *probe                             `yaml:"readinessProbe"`
	Mounts    []struct{ Name, MountPath string } `yaml:"volumeMounts"`
}

type probe struct {
	HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
}

// cluster is all objects of deploy/k8s by kind/name.
func cluster(t *testing.T) map[string]object {
	t.Helper()
	files, err := filepath.Glob("k8s/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("found %v, %v", files, err)
	}
	all := map[string]object{}
	for _, f := range files {
		for _, o := range documents[object](t, f) {
			name := o.Kind + "/" + o.Metadata.Name
			if _, twice := all[name]; twice || o.Kind == "" {
				t.Errorf("%s: %q twice or without a kind", f, name)
			}
			all[name] = o
		}
	}
	return all
}

func TestKubernetes(t *testing.T) {
	all := cluster(t)
	d := readDockerfile(t)
	shared := all["ConfigMap/sadi"].Data
	run := map[string]*config.Config{}
	for _, name := range []string{"Deployment/sadi-api", "Deployment/sadi-worker"} {
		o, ok := all[name]
		if !ok || len(o.Spec.Template.Spec.Containers) != 1 {
			t.Fatalf("%s: %+v", name, o)
		}
		p := o.Spec.Template.Spec
		c := p.Containers[0]
		env := map[string]string{}
		for _, e := range c.Env {
			env[e.Name] = e.Value
		}
		if len(c.EnvFrom) != 1 || c.EnvFrom[0].ConfigMapRef.Name != "sadi" {
			t.Errorf("%s takes its variables from %+v", name, c.EnvFrom)
		}
		cfg := settings(t, name, c.Args, d.with(shared, env))
		run[name] = cfg
		if time.Duration(p.Grace)*time.Second <= cfg.Grace {
			t.Errorf("%s is killed after %d s, within the grace of %s", name, p.Grace, cfg.Grace)
		}
		var sel struct {
			MatchLabels map[string]string `yaml:"matchLabels"`
		}
		if err := o.Spec.Selector.Decode(&sel); err != nil || !covers(o.Spec.Template.Metadata.Labels, sel.MatchLabels) {
			t.Errorf("%s selects %v and labels %v (%v)", name, sel.MatchLabels, o.Spec.Template.Metadata.Labels, err)
		}
		mounted := map[string]bool{}
		for _, m := range c.Mounts {
			mounted[m.Name] = true
		}
		for _, v := range p.Volumes {
			if !mounted[v.Name] {
				t.Errorf("%s does not mount %s", name, v.Name)
			}
			delete(mounted, v.Name)
			for _, ref := range []string{"Secret/" + v.Secret.SecretName, "PersistentVolumeClaim/" + v.Claim.ClaimName} {
				if _, ok := all[ref]; !ok && !strings.HasSuffix(ref, "/") {
					t.Errorf("%s needs %s, which there is not", name, ref)
				}
			}
		}
		if len(mounted) > 0 {
			t.Errorf("%s mounts what it has not: %v", name, mounted)
		}
		for variable, path := range d.with(shared, env) { // a secret's key is the last part of the path
			if rest, ok := strings.CutPrefix(path, "/etc/sadi/"); ok {
				dir, key, _ := strings.Cut(rest, "/")
				if _, ok := all["Secret/sadi-"+dir].Secrets[key]; !ok {
					t.Errorf("%s: no secret has what %s names, %s", name, variable, path)
				}
			}
		}
	}
	api, worker := run["Deployment/sadi-api"], run["Deployment/sadi-worker"]
	if api.Queue != worker.Queue || api.NATS.URL != worker.NATS.URL || worker.Slots < 1 || api.Tokens == "" || api.Insecure {
		t.Errorf("API and worker do not meet, or the API is open: %+v, %+v", api, worker)
	}
	checkPorts(t, all, port(t, api.Listen))
	for _, scaler := range []string{"ScaledObject/sadi-worker", "HorizontalPodAutoscaler/sadi-worker"} {
		if all[scaler].Spec.Target.Name != "sadi-worker" {
			t.Errorf("%s scales %q", scaler, all[scaler].Spec.Target.Name)
		}
	}
	k := all["Kustomization/"]
	if len(k.Images) != 1 || k.Images[0].Name+":"+k.Images[0].NewTag != image {
		t.Errorf("kustomization.yaml sets the images to %v, want %s", k.Images, image)
	}
	for _, f := range k.Resources {
		text(t, filepath.Join("k8s", f))
	}
}

func checkPorts(t *testing.T, all map[string]object, want string) {
	t.Helper()
	pods := all["Deployment/sadi-api"].Spec.Template
	c := pods.Spec.Containers[0]
	service := all["Service/sadi-api"]
	var sel map[string]string
	if err := service.Spec.Selector.Decode(&sel); err != nil || !covers(pods.Metadata.Labels, sel) {
		t.Errorf("the service selects %v, the pods are %v (%v)", sel, pods.Metadata.Labels, err)
	}
	if len(c.Ports) != 1 || strconv.Itoa(c.Ports[0].ContainerPort) != want || len(service.Spec.Ports) != 1 || service.Spec.Ports[0].TargetPort != c.Ports[0].Name ||
		strconv.Itoa(service.Spec.Ports[0].Port) != want {
		t.Errorf("the API listens on %s; the container has %v, the service %v", want, c.Ports, service.Spec.Ports)
	}
	for p, path := range map[*probe]string{c.Startup: "/healthz", c.Liveness: "/healthz", c.Readiness: "/readyz"} {
		if p == nil || p.HTTPGet.Path != path || p.HTTPGet.Port != c.Ports[0].Name {
			t.Errorf("a probe asks %+v, want %s", p, path)
		}
	}
}

// covers reports whether the labels have all that a selector asks for, and that it asks for something.
func covers(labels, selector map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}

func TestServiceMonitor(t *testing.T) {
	all := cluster(t)
	m, service := all["ServiceMonitor/sadi-api"], all["Service/sadi-api"]
	var sel struct {
		MatchLabels map[string]string `yaml:"matchLabels"`
	}
	if err := m.Spec.Selector.Decode(&sel); err != nil || !covers(service.Metadata.Labels, sel.MatchLabels) {
		t.Errorf("it selects %v, the service is %v (%v)", sel.MatchLabels, service.Metadata.Labels, err)
	}
	if len(m.Spec.Endpoints) != 1 || m.Spec.Endpoints[0].Port != service.Spec.Ports[0].Name || m.Spec.Endpoints[0].Path != "/metrics" {
		t.Fatalf("it reads %+v", m.Spec.Endpoints)
	}
	c := m.Spec.Endpoints[0].Authorization.Credentials
	if _, ok := all["Secret/"+c.Name].Secrets[c.Key]; !ok {
		t.Errorf("there is no secret %s with %s", c.Name, c.Key)
	}
}

// Autoscalers and alarms ask for numbers by their names; the API has to give them under these names.
func TestTheNumbersAskedForAreGiven(t *testing.T) {
	asked := regexp.MustCompile(`\bsadi_[a-z_]+`)
	var names []string
	for _, f := range []string{"k8s/keda.yaml", "k8s/hpa.yaml", "../docs/runbook.md", "../docs/runbook.es.md"} {
		found := asked.FindAllString(text(t, f), -1)
		if !slices.Contains(found, "sadi_queue_depth") {
			t.Errorf("%s says nothing of the length of the queue", f)
		}
		names = append(names, found...)
	}
	sources, err := filepath.Glob("../internal/httpapi/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, f := range sources {
		code.WriteString(text(t, f))
	}
	for _, n := range names {
		if len(sources) > 0 && !strings.Contains(code.String(), `"`+n+`"`) {
			t.Errorf("internal/httpapi has no metric %s", n)
		}
	}
}

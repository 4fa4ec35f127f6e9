package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sadi"
	"sadi/internal/manifest"
)

// kills is how many processes TestNothingIsLost kills; `make chaos` asks for 30.
var kills = flag.Int("kills", 4, "processes to kill in the test of the cluster")

// node says how a NATS server of the test's cluster is to run; it travels in the environment.
type node struct {
	Name   string
	Port   int
	Mesh   int
	Routes []string
	Store  string
}

// natsVariable makes the test binary a NATS server.
const natsVariable = "SADI_TEST_NATS"

// runNode is the NATS server, until it is killed.
func runNode(text string) {
	var n node
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		panic(err)
	}
	o := &server.Options{ServerName: n.Name, Host: "127.0.0.1", Port: n.Port, JetStream: true, StoreDir: n.Store, SyncAlways: true, NoLog: true,
		Cluster: server.ClusterOpts{Name: "chaos", Host: "127.0.0.1", Port: n.Mesh}}
	for _, r := range n.Routes {
		u, err := url.Parse(r)
		if err != nil {
			panic(err)
		}
		o.Routes = append(o.Routes, u)
	}
	s, err := server.NewServer(o)
	if err != nil {
		panic(err)
	}
	s.Start()
	s.WaitForShutdown()
}

// process is a program of the test that can be killed and begun again.
type process struct {
	t    *testing.T
	name string
	args []string
	env  []string
	says chan string // the lines of its standard output
	cmd  *exec.Cmd
}

func (p *process) start() {
	p.t.Helper()
	c := exec.Command(os.Args[0], p.args...)
	c.Env = append(os.Environ(), p.env...)
	c.Stderr = io.Discard
	out, err := c.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	says := make(chan string, 100)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			select {
			case says <- lines.Text():
			default:
			}
		}
		close(says)
	}()
	p.cmd, p.says = c, says
}

// kill ends it as a failure of power does.
func (p *process) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// cluster is three NATS servers, an API and three workers, each a process of its own.
type cluster struct {
	t       *testing.T
	nodes   []*process
	api     *process
	workers []*process
	urls    string
	base    string // of the API's routes
	data    string // the API's data root
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, data: t.TempDir()}
	ports, mesh := make([]int, 3), make([]int, 3)
	var routes, urls []string
	for i := range 3 {
		ports[i], mesh[i] = freePort(t), freePort(t)
		routes = append(routes, fmt.Sprintf("nats-route://127.0.0.1:%d", mesh[i]))
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", ports[i]))
	}
	c.urls = strings.Join(urls, ",")
	for i := range 3 {
		text, err := json.Marshal(node{fmt.Sprint("n", i), ports[i], mesh[i], routes, t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		c.nodes = append(c.nodes, &process{t: t, name: fmt.Sprint("node ", i), env: []string{natsVariable + "=" + string(text)}})
	}
	main := []string{"SADI_TEST_RUN_MAIN=1", "SADI_SHUTDOWN_GRACE=5s"}
	port := strconv.Itoa(freePort(t))
	c.base = "http://127.0.0.1:" + port
	c.api = &process{t: t, name: "the API", env: main, args: []string{"serve", "--listen", "127.0.0.1:" + port, "--slots", "0", "--nats", c.urls, "--data", c.data}}
	for i := range 3 {
		c.workers = append(c.workers, &process{t: t, name: fmt.Sprint("worker ", i), env: main,
			args: []string{"worker", "--slots", "1", "--nats", c.urls, "--data", t.TempDir(), "--queue", "auto_ml"}})
	}
	for _, p := range c.all() {
		p.start()
		t.Cleanup(p.kill)
	}
	return c
}

func (c *cluster) all() []*process {
	return append(append(append([]*process{}, c.nodes...), c.api), c.workers...)
}

// leader is the node that leads the records of the jobs, or any one while nobody does.
func (c *cluster) leader() *process {
	nc, err := nats.Connect(c.urls, nats.Timeout(5*time.Second), nats.RetryOnFailedConnect(true))
	if err != nil {
		return c.nodes[0]
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return c.nodes[0]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for info := range js.ListStreams(ctx).Info() {
		if strings.HasPrefix(info.Config.Name, "KV_") && strings.Contains(info.Config.Name, "jobs") && info.Cluster != nil {
			for i, n := range c.nodes {
				if info.Cluster.Leader == fmt.Sprint("n", i) {
					return n
				}
			}
		}
	}
	return c.nodes[0]
}

// ask does a request until the API answers it, which it does not while it is dead.
func (c *cluster) ask(method, path, body, key string, into any) {
	c.t.Helper()
	var last string
	for range 300 {
		r, err := http.NewRequest(method, c.base+sadi.BasePath+path, strings.NewReader(body))
		if err != nil {
			c.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode < 300 && json.Unmarshal(text, into) == nil {
				return
			}
			last = fmt.Sprint(answer.StatusCode, " ", string(text))
			if answer.StatusCode < 500 {
				c.t.Fatal(last)
			}
		} else {
			last = err.Error()
		}
		time.Sleep(200 * time.Millisecond)
	}
	c.t.Fatalf("%s %s: no answer: %s", method, path, last)
}

// Workers, the API and the leading server are killed in turn at random moments of running jobs: every job ends as
// succeeded, with the digest of a job that nobody disturbed.
func TestNothingIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster of seven processes")
	}
	c := newCluster(t)
	incoming(t, c.data, "penguins.csv")
	want := fresh(t, "run", filepath.Join(c.data, "incoming", "sample.csv"), "--target", "species", "--models", "logistic_regression,random_forest",
		"--budget", "10trials", "--data", t.TempDir(), "--json")
	const body = `{"input_csv_path":"incoming/sample.csv","target":"species","params":{"models":["logistic_regression","random_forest"],"hpo":true,"budget":{"trials":10}}}`
	chance := rand.New(rand.NewPCG(1, uint64(*kills)))
	jobs := map[string]bool{} // those that were submitted: true once they have ended
	submit := func() {
		var accepted struct {
			JobID string `json:"job_id"`
		}
		c.ask("POST", "/submit", body, fmt.Sprint("chaos-", len(jobs)), &accepted)
		if _, twice := jobs[accepted.JobID]; twice {
			t.Errorf("job %s was given twice", accepted.JobID)
		}
		jobs[accepted.JobID] = false
	}
	running := func() (n int) {
		for id, done := range jobs {
			if done {
				continue
			}
			var j sadi.Job
			c.ask("GET", "/jobs/"+id, "", "", &j)
			if jobs[id] = j.State.Final(); jobs[id] {
				if j.State != sadi.Succeeded || j.Outcome == nil || j.Outcome.Digest != want.Digest {
					t.Errorf("%s: %s, %v, %+v", id, j.State, j.Error, j.Outcome)
				}
				continue
			}
			n++
		}
		return n
	}
	for n := range *kills {
		for running() < 2 {
			submit()
		}
		time.Sleep(time.Duration(300+chance.IntN(2500)) * time.Millisecond)
		var victim *process
		switch n % 3 {
		case 0:
			victim = c.workers[chance.IntN(len(c.workers))]
		case 1:
			victim = c.leader()
		default:
			victim = c.api
		}
		t.Logf("kill %d: %s, %d jobs so far", n+1, victim.name, len(jobs))
		victim.kill()
		time.Sleep(time.Duration(chance.IntN(1500)) * time.Millisecond)
		victim.start()
	}
	for until := time.Now().Add(5 * time.Minute); running() > 0; {
		if time.Now().After(until) {
			t.Fatal("jobs do not end")
		}
		time.Sleep(300 * time.Millisecond)
	}
	for id := range jobs {
		dir := filepath.Join(c.data, "processed", id, "auto_ml")
		appears(t, filepath.Join(dir, manifest.Name))
		if code, out, errs := call(t, "verify", dir); code != exitDone {
			t.Errorf("%s: %s%s", id, out, errs)
		}
	}
}

// Command mlflow measures what it costs a job of 200 trials to be tracked: in a folder, on a healthy server, on one that is
// down, each beside the same job untracked, in turns.
//
//	go run ./bench/mlflow [-rounds 3] [-trials 200] [-server URL]
//
// Without -server it builds and starts FastTrackML, which needs a C compiler.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sadi"
	"sadi/bench/internal/quiet"
)

func main() {
	rounds := flag.Int("rounds", 3, "times that each is run")
	trials := flag.Int("trials", 200, "trials of the job")
	server := flag.String("server", "", "a healthy tracking server")
	flag.Parse()
	if err := run(*rounds, *trials, *server); err != nil {
		log.Fatal(err)
	}
}

// cost is what one job took.
type cost struct{ job, wall, cpu float64 }

func run(rounds, trials int, server string) error {
	work, err := os.MkdirTemp("", "bench-mlflow")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	binary := filepath.Join(work, "sadi")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/sadi").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if server == "" {
		var stop func()
		if server, stop, err = start(work); err != nil {
			return err
		}
		defer stop()
	}
	down, err := freePort()
	if err != nil {
		return err
	}
	kinds := []struct{ name, uri string }{{"untracked", "none"}, {"a folder", ""}, {"a server", server}, {"a server that is down", "http://" + down}}
	costs := make([][]cost, len(kinds))
	digests := map[string]bool{}
	quiet.Wait(5 * time.Minute)
	for round := range rounds {
		for i, k := range kinds {
			c, digest, err := job(binary, filepath.Join(work, fmt.Sprintf("data-%d-%d", round, i)), k.uri, trials)
			if err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
			costs[i] = append(costs[i], c)
			digests[digest] = true
		}
	}
	fmt.Printf("\n| tracked in | job s | process s | processor s | processor s, against untracked |\n|---|---|---|---|---|\n")
	base := median(costs[0], func(c cost) float64 { return c.cpu })
	for i, k := range kinds {
		cpu := median(costs[i], func(c cost) float64 { return c.cpu })
		fmt.Printf("| %s | %.1f | %.1f | %.2f | %+.1f %% |\n", k.name, median(costs[i], func(c cost) float64 { return c.job }),
			median(costs[i], func(c cost) float64 { return c.wall }), cpu, 100*(cpu/base-1))
	}
	fmt.Printf("\nMedians of %d rounds in turns; %d digests.\n", rounds, len(digests))
	return nil
}

// job runs a job of quick trials, where the tracking weighs most.
func job(binary, data, uri string, trials int) (c cost, digest string, err error) {
	cmd := exec.Command(binary, "run", "examples/housing.csv", "--models", "decision_tree,ridge", "--budget", fmt.Sprintf("%dtrials", trials), "--data", data, "--json", "--mlflow", uri)
	if uri == "" {
		cmd.Args = cmd.Args[:len(cmd.Args)-2]
	}
	cmd.Env = append(os.Environ(), "MLFLOW_TRACKING_URI=", "SADI_MLFLOW_URI=")
	cmd.Stderr = os.Stderr
	began := time.Now()
	out, err := cmd.Output()
	if err != nil {
		return c, "", err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var o sadi.Outcome
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &o); err != nil {
		return c, "", err
	}
	c = cost{job: o.Seconds, wall: time.Since(began).Seconds(), cpu: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()}
	fmt.Printf("%-24s %d trials, %6.1f s, %6.2f s of processor\n", uri, o.Trials, c.wall, c.cpu)
	return c, o.Digest, nil
}

func median(all []cost, of func(cost) float64) float64 {
	var v []float64
	for _, c := range all {
		v = append(v, of(c))
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// freePort is an address of this machine at which nobody listens.
func freePort() (string, error) {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return on.Addr().String(), on.Close()
}

// start starts FastTrackML, as the tests do.
func start(work string) (url string, stop func(), err error) {
	tool := exec.Command("go", "tool", "-n", "fasttrackml")
	tool.Dir = filepath.Join("internal", "mlflow", "mlflowtest", "fasttrackml")
	tool.Env = append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=")
	tool.Stderr = os.Stderr
	path, err := tool.Output()
	if err != nil {
		return "", nil, err
	}
	address, err := freePort()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(strings.TrimSpace(string(path)), "server", "--listen-address", address, "--database-uri", "sqlite://"+filepath.Join(work, "runs.db"),
		"--default-artifact-root", filepath.Join(work, "artifacts"))
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	for range 600 {
		if a, err := http.Get("http://" + address + "/health"); err == nil {
			a.Body.Close()
			return "http://" + address, stop, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("FastTrackML does not answer")
}

// Command load submits many small jobs to one embedded server while others listen, and tells how fast it answered, whether
// every job came to an end, and how much memory the server took.
//
//	go run ./bench/load [-rate 200] [-seconds 30] [-listeners 200]
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sadi"
	"sadi/internal/host"
)

const body = `{"input_csv_path":"incoming/tiny.csv","target":"species","params":{"models":["logistic_regression"],"budget":{"trials":2}}}`

func main() {
	rate := flag.Int("rate", 200, "submissions a second")
	seconds := flag.Int("seconds", 30, "how long")
	listeners := flag.Int("listeners", 200, "event streams at the same time")
	flag.Parse()
	if err := run(*rate, *seconds, *listeners); err != nil {
		log.Fatal(err)
	}
}

// server is sadi serve as a process of its own.
type server struct {
	cmd  *exec.Cmd
	base string // of the module's routes
}

func start(work string) (*server, error) {
	binary := filepath.Join(work, "sadi")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/sadi").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	data := filepath.Join(work, "data")
	text, err := os.ReadFile("examples/penguins.csv")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(data, "incoming"), 0o777); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(data, "incoming", "tiny.csv"), text, 0o666); err != nil {
		return nil, err
	}
	s := &server{cmd: exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "warn")}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if u := regexp.MustCompile(`http://[0-9.]+:\d+`).FindString(lines.Text()); u != "" {
			s.base = u + sadi.BasePath
			go io.Copy(io.Discard, out)
			return s, nil
		}
	}
	return nil, fmt.Errorf("the server did not begin: %v", s.cmd.Wait())
}

func run(rate, seconds, listeners int) error {
	work, err := os.MkdirTemp("", "sadi-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	s, err := start(work)
	if err != nil {
		return err
	}
	defer s.cmd.Process.Kill()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512}, Timeout: time.Minute}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()

	var (
		mu      sync.Mutex
		took    []time.Duration
		ids     []string
		errors  []error
		flying  sync.WaitGroup
		heard   atomic.Int64
		streams sync.WaitGroup
	)
	began := time.Now()
	for n := range rate * seconds {
		time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / time.Duration(rate))))
		flying.Go(func() {
			at := time.Now()
			id, err := submit(client, s.base)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(at))
			if err != nil {
				errors = append(errors, err)
				return
			}
			if ids = append(ids, id); len(ids) <= listeners {
				streams.Go(func() { listen(ctx, s.base, id, &heard) })
			}
		})
	}
	flying.Wait()
	submitted := time.Since(began)
	states, err := drain(client, s.base, len(ids))
	if err != nil {
		return err
	}
	drained := time.Since(began)
	stop()
	streams.Wait()
	s.cmd.Process.Signal(os.Interrupt)
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server did not end well: %w", err)
	}
	slices.Sort(took)
	at := func(q float64) time.Duration {
		return took[min(int(q*float64(len(took))), len(took)-1)].Round(100 * time.Microsecond)
	}
	fmt.Printf("%s/%s, %d CPUs, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	fmt.Println("| submissions | rate | errors | p50 | p90 | p99 | slowest | all jobs ended after | states | listeners | events heard | peak MB of the server |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|")
	fmt.Printf("| %d in %.1f s | %d/s | %d | %v | %v | %v | %v | %.0f s | %v | %d | %d | %d |\n", len(took), submitted.Seconds(), rate, len(errors),
		at(.5), at(.9), at(.99), took[len(took)-1].Round(time.Millisecond), drained.Seconds(), states, min(listeners, len(ids)), heard.Load(), host.PeakOf(s.cmd.ProcessState)>>20)
	if len(errors) > 0 {
		return errors[0]
	}
	return nil
}

func submit(client *http.Client, base string) (id string, err error) {
	r, err := client.Post(base+"/submit", "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}
	var accepted struct {
		JobID string `json:"job_id"`
	}
	if err := json.Unmarshal(text, &accepted); err != nil || r.StatusCode != http.StatusAccepted {
		return "", fmt.Errorf("status %d: %s", r.StatusCode, text)
	}
	return accepted.JobID, nil
}

// listen counts the events of a job until its stream ends.
func listen(ctx context.Context, base, id string, heard *atomic.Int64) {
	r, err := http.NewRequestWithContext(ctx, "GET", base+"/jobs/"+id+"/events", nil)
	if err != nil {
		return
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if bytes.HasPrefix(lines.Bytes(), []byte("id:")) {
			heard.Add(1)
		}
	}
}

// drain waits until no job is queued or running, and counts the states.
func drain(client *http.Client, base string, jobs int) (states map[string]int, err error) {
	for {
		r, err := client.Get(base + "/status")
		if err != nil {
			return nil, err
		}
		var status struct {
			Jobs map[string]int `json:"jobs"`
		}
		err = json.NewDecoder(r.Body).Decode(&status)
		r.Body.Close()
		if err != nil {
			return nil, err
		}
		var final int
		for state, n := range status.Jobs {
			if sadi.State(state).Final() {
				final += n
			} else if n == 0 {
				delete(status.Jobs, state)
			}
		}
		if final >= jobs {
			return status.Jobs, nil
		}
		time.Sleep(time.Second)
	}
}

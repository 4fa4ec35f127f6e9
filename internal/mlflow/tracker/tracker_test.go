package tracker

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sadi"
	"sadi/internal/mlflow"
	"sadi/internal/mlflow/files"
	"sadi/internal/mlflow/mlflowtest"
	"sadi/internal/mlflow/rest"
)

func TestAJobIsToldWhole(t *testing.T) {
	for _, version := range []string{"2.17", "3.11"} {
		double := mlflowtest.NewServer(t, version)
		b := opened(t, t.TempDir(), connect(t, double.URL()))
		r := b.begin(job())
		play(r, 5)
		dir, m := finished(t)
		r.Finish(sadi.Succeeded, nil, dir, false)
		settle(t, r)
		check(t, double, double.RunIDs(), m, 5)
		checkRest(t, double, double.RunIDs(), dir)
		b.nothingWaits()
		if len(b.notes) != 1 || !strings.Contains(b.notes[0], "model.sadi") || len(b.told) != 1 || b.told[0] != double.RunIDs()[0] {
			t.Errorf("notes %q, told %q", b.notes, b.told)
		}
		if at := r.Observed(); at.RunID != double.RunIDs()[0] || at.Link != double.URL()+"/#/experiments/3/runs/"+at.RunID || at.Pending != 0 || at.Error != "" {
			t.Errorf("%+v", at)
		}
	}
}

// With an ONNX export the folder is a model in MLflow's sense.
func TestAnExportedModelIsOneOfMLflow(t *testing.T) {
	double := mlflowtest.NewServer(t, "3.11")
	b := opened(t, t.TempDir(), connect(t, double.URL()))
	r := b.begin(job())
	play(r, 1)
	dir, _ := finished(t)
	onnx := mlflowtest.ONNX(mlflowtest.ONNXInput("tenure", 1, 0), mlflowtest.ONNXInput("contract", 8, 0), mlflowtest.ONNXOutput("churn", 1, 0))
	if err := os.WriteFile(filepath.Join(dir, "model", "model.onnx"), onnx, 0o666); err != nil {
		t.Fatal(err)
	}
	r.Finish(sadi.Succeeded, nil, dir, false)
	settle(t, r)
	s := double.Run(t, double.RunIDs()[0])
	for _, name := range []string{"MLmodel", "model.onnx", "conda.yaml", "python_env.yaml", "requirements.txt"} {
		if s.Artifacts["model/"+name] == "" {
			t.Errorf("model/%s is not there", name)
		}
	}
	if s.Artifacts["model/model.onnx"] != string(onnx) || !strings.Contains(s.Artifacts["model/MLmodel"], "run_id: \""+double.RunIDs()[0]) ||
		!strings.Contains(s.Tags["mlflow.log-model.history"], `"artifact_path":"model"`) || len(double.Versions(t, "churn")) != 1 || len(b.notes) != 0 {
		t.Errorf("%s\n%v\n%q", s.Artifacts["model/MLmodel"], s.Tags, b.notes)
	}
}

func TestAFolderIsToldTheSame(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "mlruns")
	store, err := files.New(runs)
	if err != nil {
		t.Fatal(err)
	}
	b := opened(t, t.TempDir(), store)
	r := b.begin(job())
	play(r, 5)
	dir, m := finished(t)
	r.Finish(sadi.Succeeded, nil, dir, false)
	if n, fault := r.Wait(time.Minute); n != 0 || fault != "" {
		t.Fatalf("%d wait: %s", n, fault)
	}
	folder := mlflowtest.Folder{Dir: runs}
	check(t, folder, folder.Runs(t), m, 5)
	checkRest(t, folder, folder.Runs(t), dir)
	b.nothingWaits()
}

// FastTrackML has neither inputs nor a registry: that is told, and all else is there.
func TestARealServerIsToldTheSame(t *testing.T) {
	real := mlflowtest.NewReal(t)
	b := opened(t, t.TempDir(), connect(t, real.URL))
	r := b.begin(job())
	play(r, 5)
	dir, m := finished(t)
	r.Finish(sadi.Succeeded, nil, dir, false)
	settle(t, r)
	check(t, real, real.RunIDs(t, "SADI/auto_ml"), m, 5)
	if said := strings.Join(b.notes, "\n"); !strings.Contains(said, "data set was not taken") || !strings.Contains(said, "not registered") || len(b.notes) != 3 {
		t.Errorf("notes: %q", b.notes)
	}
	if got := real.Run(t, r.Observed().RunID).Artifacts["model/model.sadi"]; got == "" {
		t.Error("the model is not among the artifacts")
	}
	b.nothingWaits()
}

func TestFaultsOnlyDelay(t *testing.T) {
	// Some calls are of three requests, so there must be three in a row that go well.
	count := func(every int, f mlflowtest.Fault) func(*http.Request) mlflowtest.Fault {
		var mu sync.Mutex
		n := 0
		return func(*http.Request) mlflowtest.Fault {
			mu.Lock()
			defer mu.Unlock()
			if n++; n%every == 0 {
				return f
			}
			return mlflowtest.Fault{}
		}
	}
	for _, c := range []struct {
		name  string
		fault func(*http.Request) mlflowtest.Fault
	}{
		{"500 now and then", count(5, mlflowtest.Fault{Status: 500})},
		{"429 now and then", count(4, mlflowtest.Fault{Status: 429, RetryAfter: "0"})},
		{"slow", count(4, mlflowtest.Fault{Delay: 5 * time.Millisecond})},
		{"connections cut after the work", count(4, mlflowtest.Fault{Cut: true})},
	} {
		t.Run(c.name, func(t *testing.T) {
			double := mlflowtest.NewServer(t, "3.11")
			double.Fault = c.fault
			b := opened(t, t.TempDir(), connect(t, double.URL()))
			r := b.begin(job())
			play(r, 5)
			dir, m := finished(t)
			r.Finish(sadi.Succeeded, nil, dir, false)
			settle(t, r)
			double.Fault = nil
			check(t, double, double.RunIDs(), m, 5)
			checkRest(t, double, double.RunIDs(), dir)
			b.nothingWaits()
		})
	}
}

// A delivery takes a small part of a running job's time, and all of its own once the job has ended.
func TestADeliveryRestsWhileTheJobRuns(t *testing.T) {
	b := opened(t, t.TempDir(), connect(t, mlflowtest.NewServer(t, "3.11").URL()))
	r := b.begin(job())
	play(r, 3)
	for r.Observed().Pending > 0 {
		time.Sleep(time.Millisecond)
	}
	b.mu.Lock()
	rests := slices.Clone(b.waits)
	b.mu.Unlock()
	if len(rests) < 10 {
		t.Errorf("%d rests in a delivery of three trials", len(rests))
	}
	for _, d := range rests {
		if d <= 0 || d > lastRest {
			t.Errorf("a rest of %s", d)
		}
	}
	dir, _ := finished(t)
	r.Finish(sadi.Succeeded, nil, dir, false)
	settle(t, r)
	if more := len(b.waits) - len(rests); more > 0 {
		t.Errorf("%d rests after the end of the job", more)
	}
}

func TestAServerThatIsDownCostsNothingAndGetsAllLater(t *testing.T) {
	double := mlflowtest.NewServer(t, "2.17")
	double.Stop()
	spools := t.TempDir()
	b := opened(t, spools, connect(t, double.URL()))
	r := b.begin(job())
	play(r, 5)
	dir, m := finished(t)
	r.Finish(sadi.Succeeded, nil, dir, false)
	n, fault := r.Wait(time.Hour) // it ends by itself
	if n != 1+15+1 || !strings.Contains(fault, "can not be reached") {
		t.Errorf("%d wait: %q", n, fault)
	}
	at := r.Observed()
	if at.RunID != "" || at.Pending != n || at.Error != fault {
		t.Errorf("%+v", at)
	}
	left, err := List(spools, job().ID)
	if err != nil || len(left) != 1 || left[0].Events != n || left[0].Error != fault || left[0].Alive || left[0].Target != "somewhere" {
		t.Errorf("%+v, %v", left, err)
	}

	another := opened(t, spools, connect(t, double.URL()))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if left, err := another.Sync(ctx, ""); err != nil || len(left) != 1 {
		t.Errorf("it is still down: %+v, %v", left, err)
	}
	double.Start(t)
	third := opened(t, spools, connect(t, double.URL()))
	if left, err := third.Sync(t.Context(), "another job"); err != nil || len(left) != 0 || len(double.RunIDs()) != 0 {
		t.Errorf("another job: %+v, %v", left, err)
	}
	if left, err := third.Sync(t.Context(), job().ID); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
	check(t, double, double.RunIDs(), m, 5)
	checkRest(t, double, double.RunIDs(), dir)
}

// The process dies at any moment: what comes after it goes on, and nothing is there twice.
func TestAProcessThatDies(t *testing.T) {
	for kill := 1; kill <= 34; kill += 3 {
		double := mlflowtest.NewServer(t, "3.11")
		spools := t.TempDir()
		b := opened(t, spools, connect(t, double.URL()))
		ctx, die := context.WithCancel(context.Background())
		n := 0
		var mu sync.Mutex
		played := make(chan struct{})
		double.Fault = func(*http.Request) mlflowtest.Fault {
			<-played
			mu.Lock()
			defer mu.Unlock()
			if n++; n == kill {
				die()
				return mlflowtest.Fault{Cut: true} // the work is done, and nobody hears of it
			}
			return mlflowtest.Fault{}
		}
		r := b.begin(job())
		go func() { <-ctx.Done(); r.stop() }()
		play(r, 5)
		dir, m := finished(t)
		r.Finish(sadi.Succeeded, nil, dir, false)
		close(played)
		<-r.done
		double.Fault = nil
		after := opened(t, spools, connect(t, double.URL()))
		if err := after.Resume(); err != nil {
			t.Fatal(err)
		}
		if left, err := after.Sync(t.Context(), ""); err != nil || len(left) > 1 {
			t.Fatalf("%+v, %v", left, err)
		}
		after.Close(t.Context())
		check(t, double, double.RunIDs(), m, 5)
		checkRest(t, double, double.RunIDs(), dir)
		die()
	}
}

func TestWhatARunLeavesWithoutItsEnd(t *testing.T) {
	for _, held := range []bool{false, true} {
		double := mlflowtest.NewServer(t, "3.11")
		spools := t.TempDir()
		b := opened(t, spools, connect(t, double.URL()))
		j := job()
		j.Held = held
		r := b.begin(j)
		play(r, 2)
		r.stop() // as if the process had died
		<-r.done
		after := opened(t, spools, connect(t, double.URL()))
		if left, err := after.Sync(t.Context(), ""); err != nil || len(left) != 0 {
			t.Fatalf("%+v, %v", left, err)
		}
		killed := 0
		for _, id := range double.RunIDs() {
			if s := double.Run(t, id); s.Tags[mlflow.KeyTag] == j.ID && s.Status == "KILLED" {
				killed++
			}
		}
		if want := map[bool]int{false: 1, true: 0}[held]; killed != want {
			t.Errorf("held %v: %d runs are killed, want %d", held, killed, want)
		}
	}
}

// A worker is lost, and another one tells of the job from its beginning: in the same runs.
func TestAnotherWorkerGoesOn(t *testing.T) {
	double := mlflowtest.NewServer(t, "2.17")
	first := opened(t, t.TempDir(), connect(t, double.URL()))
	j := job()
	j.Held = true
	r := first.begin(j)
	play(r, 3)
	for len(double.RunIDs()) < 3 {
		time.Sleep(time.Millisecond)
	}
	r.Abandon()
	<-r.done
	first.nothingWaits()
	j.Repeated = true
	second := opened(t, t.TempDir(), connect(t, double.URL()))
	r = second.begin(j)
	play(r, 5)
	dir, m := finished(t)
	r.Finish(sadi.Succeeded, nil, dir, true)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	settle(t, r)
	check(t, double, double.RunIDs(), m, 5)
}

func TestHowJobsEnd(t *testing.T) {
	for _, c := range []struct {
		state sadi.State
		err   error
		want  string
	}{
		{sadi.Failed, sadi.Errorf(sadi.BadData, "one class only"), "FAILED"}, {sadi.Cancelled, nil, "KILLED"}, {sadi.NeedsTarget, nil, "SCHEDULED"}, {sadi.Queued, errors.New("x"), "SCHEDULED"},
	} {
		double := mlflowtest.NewServer(t, "3.11")
		b := opened(t, t.TempDir(), connect(t, double.URL()))
		r := b.begin(job())
		r.Finish(c.state, c.err, filepath.Join(t.TempDir(), "none"), true)
		settle(t, r)
		s := double.Run(t, double.RunIDs()[0])
		if s.Status != c.want || (s.End != 0) != c.state.Final() || c.err != nil && s.Tags["sadi.error"] != c.err.Error() {
			t.Errorf("%s: %s, %d, %q", c.state, s.Status, s.End, s.Tags["sadi.error"])
		}
	}
}

// A server that does not let us in takes nothing, and all that happens meanwhile waits for the right token.
func TestWhoIsNotLetInLosesNothing(t *testing.T) {
	double := mlflowtest.NewServer(t, "3.11")
	double.Token = "t0k"
	spools := t.TempDir()
	b := opened(t, spools, connect(t, double.URL()))
	r := b.begin(job())
	r.Observe(sadi.Event{Time: start, Kind: sadi.EventBest, Data: 0.1})
	for r.Observed().Error == "" {
		time.Sleep(time.Millisecond)
	}
	play(r, 5)
	dir, m := finished(t)
	r.Finish(sadi.Succeeded, nil, dir, false)
	if n, fault := r.Wait(time.Minute); n != 18 || !strings.Contains(fault, "MLFLOW_TRACKING_TOKEN") {
		t.Errorf("%d wait: %q", n, fault)
	}
	s, err := rest.New(rest.Options{URL: double.URL(), Token: "t0k"})
	if err != nil {
		t.Fatal(err)
	}
	if left, err := opened(t, spools, s).Sync(t.Context(), ""); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
	if got := double.Run(t, double.RunIDs()[0]); got.Tags["sadi.digest"] != m.Digest || got.Status != "FINISHED" {
		t.Errorf("%+v", got.Tags)
	}
}

// A call that a server fails at for ever, while it takes others, is passed over; so is one that it refuses.
func TestACallThatIsNeverTakenHoldsNothingUp(t *testing.T) {
	for _, f := range []mlflowtest.Fault{{Status: 500}, {Status: 400, Body: `{"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}`}, {Status: 404, Body: "<html>"}} {
		double := mlflowtest.NewServer(t, "3.11")
		double.Fault = func(r *http.Request) mlflowtest.Fault {
			if strings.HasSuffix(r.URL.Path, "runs/log-inputs") || strings.HasSuffix(r.URL.Path, "report.html") {
				return f
			}
			return mlflowtest.Fault{}
		}
		b := opened(t, t.TempDir(), connect(t, double.URL()))
		r := b.begin(job())
		play(r, 5)
		dir, m := finished(t)
		r.Finish(sadi.Succeeded, nil, dir, false)
		settle(t, r)
		double.Fault = nil
		check(t, double, double.RunIDs(), m, 5)
		if len(b.notes) < 2 || !strings.Contains(strings.Join(b.notes, "\n"), "not taken") {
			t.Errorf("%d: notes %q", f.Status, b.notes)
		}
	}
}

func TestASpoolThatIsDamaged(t *testing.T) {
	spools := t.TempDir()
	double := mlflowtest.NewServer(t, "3.11")
	double.Stop()
	b := opened(t, spools, connect(t, double.URL()))
	r := b.begin(job())
	play(r, 5)
	r.Wait(time.Hour)
	events := filepath.Join(spools, job().ID, eventsFile)
	text, err := os.ReadFile(events)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte("not JSON\n"), text[:len(text)-9]...) // the last line was not written whole
	if err := os.WriteFile(events, damaged, 0o666); err != nil {
		t.Fatal(err)
	}
	double.Start(t)
	if left, err := opened(t, spools, connect(t, double.URL())).Sync(t.Context(), ""); err != nil || len(left) != 0 {
		t.Fatalf("%+v, %v", left, err)
	}
	if n := len(double.RunIDs()); n != 6 {
		t.Errorf("%d runs", n)
	}
	if err := os.MkdirAll(filepath.Join(spools, "bad"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(spools, "bad", jobFile), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if left, err := List(spools, ""); err != nil || len(left) != 1 || left[0].JobID != "bad" || !strings.Contains(left[0].Error, "remove the folder") {
		t.Errorf("%+v, %v", left, err)
	}
}

func FuzzSpool(f *testing.F) {
	j, err := json.Marshal(job())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(j), `{"time":"2026-01-02T03:04:05Z","kind":"best","data":{"value":1,"trial":2}}`+"\n", `{"experiment":"3"}`+"\n"+`{"done":5}`+"\n")
	f.Add(string(j), `{"kind":"end","data":{"state":"succeeded","dir":"/x"}}`+"\n", `{"key":"a","run":{"id":"b"}}`+"\n"+`{"done":-7}`+"\n")
	f.Fuzz(func(t *testing.T, job, events, journal string) {
		spools := t.TempDir()
		dir := filepath.Join(spools, "x")
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{jobFile: job, eventsFile: events, journalFile: journal} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		store, err := files.New(filepath.Join(spools, "mlruns"))
		if err != nil {
			t.Fatal(err)
		}
		tr := New(Options{Dir: spools, Open: func(string) (mlflow.Store, error) { return store, nil }})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, _ = tr.Sync(ctx, "") // an error is fine, a panic is not
		tr.Close(ctx)
	})
}

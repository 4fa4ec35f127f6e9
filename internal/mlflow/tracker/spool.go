package tracker

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sadi"
	"sadi/internal/fsx"
	"sadi/internal/mlflow"
)

// The files of a spool; docs/FORMATS/mlflow-spool.md describes them.
const (
	jobFile     = "job.json"
	eventsFile  = "events.jsonl"
	journalFile = "journal.jsonl"
	lockFile    = "lock"
	resultDir   = "result" // the job's folder, where it would be gone otherwise
)

// record is a line of the events.
type record struct {
	Time time.Time       `json:"time"`
	Kind string          `json:"kind"` // that of the event, or end
	Data json.RawMessage `json:"data,omitempty"`
}

// entry is a line of the journal: something that was done. One field is set.
type entry struct {
	Experiment string      `json:"experiment,omitempty"` // its id
	Metric     string      `json:"metric,omitempty"`     // that decides
	Creating   string      `json:"creating,omitempty"`   // the key of a run that may be there from now on
	Key        string      `json:"key,omitempty"`        // of Run
	Run        *mlflow.Run `json:"run,omitempty"`        // is there
	Ended      string      `json:"ended,omitempty"`      // the key of a run that is complete
	Step       string      `json:"step,omitempty"`       // a step of the end that is done
	Done       int64       `json:"done,omitempty"`       // the events up to this byte are delivered
	Fault      *string     `json:"fault,omitempty"`      // why the last attempt failed; "" = it did not
}

// state is what the journal says.
type state struct {
	job        string
	experiment string
	metric     string
	doubtful   map[string]bool
	runs       map[string]mlflow.Run
	ended      map[string]bool
	steps      map[string]bool
	done       int64
	fault      string
}

func newState(job string) state {
	return state{job: job, doubtful: map[string]bool{}, runs: map[string]mlflow.Run{}, ended: map[string]bool{}, steps: map[string]bool{}}
}

func (s *state) parent() mlflow.Run { return s.runs[s.job] }

func (s *state) take(e entry) {
	switch {
	case e.Experiment != "":
		s.experiment = e.Experiment
	case e.Metric != "":
		s.metric = e.Metric
	case e.Creating != "":
		s.doubtful[e.Creating] = true
	case e.Run != nil:
		s.runs[e.Key] = *e.Run
		delete(s.doubtful, e.Key)
	case e.Ended != "":
		s.ended[e.Ended] = true
	case e.Step != "":
		s.steps[e.Step] = true
	case e.Done > s.done:
		s.done = e.Done
	case e.Fault != nil:
		s.fault = *e.Fault
	}
}

// spool is the folder of a job's events on their way. Its files are not synced to the disk: after a fall of the machine
// the tail may be missing, and a job of a worker is told again.
type spool struct {
	dir    string
	job    Job
	unlock func()

	mu      sync.Mutex // guards what follows
	events  *os.File
	size    int64 // bytes of whole lines
	ended   bool  // the last line says how the job ended
	failed  error // of the first write that did not work
	journal *os.File
	state   state
}

func createSpool(root string, j Job) (*spool, error) {
	var dir string
	for n := 0; ; n++ { // a job that is taken again may still have one
		dir = filepath.Join(root, j.ID)
		if n > 0 {
			dir += fmt.Sprintf(".%d", n)
		}
		if err := os.MkdirAll(root, 0o777); err != nil {
			return nil, spoolError(root, err)
		}
		if err := os.Mkdir(dir, 0o777); err == nil {
			break
		} else if !errors.Is(err, fs.ErrExist) {
			return nil, spoolError(dir, err)
		}
	}
	s := &spool{dir: dir, job: j, state: newState(j.ID)}
	var err error
	if s.unlock, err = fsx.Lock(filepath.Join(dir, lockFile)); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(j, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, jobFile), append(text, '\n'), 0o666)
	}
	if err == nil {
		err = s.openFiles()
	}
	if err != nil {
		s.close()
		return nil, spoolError(dir, err)
	}
	return s, nil
}

func spoolError(dir string, err error) error {
	return sadi.Errorf(sadi.Unavailable, "the spool of MLflow can not be used: %w", err).At("%s", dir)
}

func (s *spool) openFiles() (err error) {
	for name, f := range map[string]**os.File{eventsFile: &s.events, journalFile: &s.journal} {
		if *f, err = os.OpenFile(filepath.Join(s.dir, name), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// openSpool takes over a spool; nil = a process is at work on it.
func openSpool(dir string) (*spool, error) {
	unlock, err := fsx.Lock(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, nil
	}
	s, err := readSpool(dir)
	if err == nil {
		if err = s.openFiles(); err == nil {
			err = s.mend()
		}
	}
	if err != nil {
		unlock()
		return nil, spoolError(dir, err)
	}
	s.unlock = unlock
	return s, nil
}

// readSpool reads what stands in a spool.
func readSpool(dir string) (*spool, error) {
	text, err := os.ReadFile(filepath.Join(dir, jobFile))
	if err != nil {
		return nil, spoolError(dir, err)
	}
	s := &spool{dir: dir}
	if err := json.Unmarshal(text, &s.job); err != nil || s.job.ID == "" {
		return nil, sadi.Errorf(sadi.Corrupt, "%s holds no job", jobFile).At("%s", dir).Advise("remove the folder: what it held is lost to MLflow, not to you")
	}
	s.state = newState(s.job.ID)
	journal, err := os.ReadFile(filepath.Join(dir, journalFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, spoolError(dir, err)
	}
	for line := range bytes.Lines(journal) {
		var e entry
		if json.Unmarshal(line, &e) == nil { // a line that was cut is as if it had not been written
			s.state.take(e)
		}
	}
	return s, nil
}

// mend cuts off lines that were not written whole, and finds out whether the job has ended.
func (s *spool) mend() error {
	for _, f := range []*os.File{s.events, s.journal} {
		size, last, err := wholeLines(f)
		if err != nil {
			return err
		}
		if err := f.Truncate(size); err != nil {
			return err
		}
		if f == s.events {
			var r record
			s.size = size
			s.ended = json.Unmarshal(last, &r) == nil && r.Kind == kindEnd
		}
	}
	return nil
}

// wholeLines is the length of a file up to its last line end, and its last whole line.
func wholeLines(f *os.File) (size int64, last []byte, err error) {
	r := bufio.NewReader(io.NewSectionReader(f, 0, 1<<62))
	for {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			return size, last, nil
		}
		if err != nil {
			return 0, nil, err
		}
		size += int64(len(line))
		last = line
	}
}

// count is the number of events that wait.
func (s *spool) count() (n int, err error) {
	f, err := os.Open(filepath.Join(s.dir, eventsFile))
	if err != nil {
		return 0, spoolError(s.dir, err)
	}
	defer f.Close()
	r := bufio.NewReader(io.NewSectionReader(f, s.state.done, 1<<62))
	for {
		_, err := r.ReadSlice('\n')
		switch {
		case err == nil:
			n++
		case errors.Is(err, bufio.ErrBufferFull):
		case err == io.EOF:
			return n, nil
		default:
			return n, spoolError(s.dir, err)
		}
	}
}

// append adds an event. It fails silently but once for all: what is tracked then ends there.
func (s *spool) append(r record) {
	text, err := json.Marshal(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.failed != nil {
		return
	}
	if err == nil {
		_, err = s.events.Write(append(text, '\n'))
	}
	if err != nil {
		s.failed = err
		return
	}
	s.size += int64(len(text)) + 1
	s.ended = r.Kind == kindEnd
}

// complete reports whether the spool holds all that there will be.
func (s *spool) complete() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended || s.failed != nil
}

// note adds to the journal.
func (s *spool) note(e entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.take(e)
	if s.journal == nil {
		return
	}
	// A journal that can not be written costs that something is logged a second time, which a store takes.
	_, _ = s.journal.Write(append(mustJSON(e), '\n'))
}

// maxRead bounds the events that are read at a time.
const maxRead = 1 << 20

// line is an event and the place after it.
type line struct {
	record
	end int64
}

// next reads events from a place on; ended tells that there will be no more after them.
func (s *spool) next(from int64) (lines []line, ended bool, err error) {
	s.mu.Lock()
	size, ended := s.size, s.ended || s.failed != nil
	s.mu.Unlock()
	r := bufio.NewReader(io.NewSectionReader(s.events, from, size-from))
	at := from
	for at < size && at-from < maxRead {
		text, err := r.ReadBytes('\n')
		if err != nil {
			return nil, false, spoolError(s.dir, err)
		}
		at += int64(len(text))
		l := line{end: at}
		if err := json.Unmarshal(text, &l.record); err == nil {
			lines = append(lines, l)
		} // a line that somebody has edited tells nothing
	}
	return lines, ended && at >= size, nil
}

func (s *spool) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range []*os.File{s.events, s.journal} {
		if f != nil {
			f.Close()
		}
	}
	s.journal = nil
	if s.unlock != nil {
		s.unlock()
		s.unlock = nil
	}
}

// remove ends a spool of which nothing is needed any more.
func (s *spool) remove() error {
	s.close()
	if err := os.RemoveAll(s.dir); err != nil {
		return spoolError(s.dir, err)
	}
	return nil
}

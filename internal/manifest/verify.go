package manifest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"sadi"
	"sadi/internal/artifact"
)

// Check is one thing that Verify looked at.
type Check struct {
	Name string `json:"name"` // what was looked at: a word or a path
	OK   bool   `json:"ok"`
	Text string `json:"text"` // what was found
}

// Verdict is what Verify found.
type Verdict struct {
	Dir      string    `json:"dir"`
	Digest   string    `json:"digest"` // as it stands in the manifest
	OK       bool      `json:"ok"`     // every check is
	Checks   []Check   `json:"checks"`
	Notes    []string  `json:"notes"` // what does not count against the folder
	Manifest *Manifest `json:"-"`
}

// Limits says what a verification can not show. Every report of one ends with it.
var Limits = []string{
	"who wrote the folder: whoever changes files can also write a new manifest; keep the digest elsewhere to notice that",
	"that training gives this model: sadi replay runs the job again and compares the digest",
	"that your data file is the one that was used: compare dataset_hash with its SHA-256",
}

// Verify checks a job's folder against its manifest: the digest, every file, the dependency snapshot, the trial lists,
// and that the record agrees with itself. The error is about a folder in which there is nothing to check.
func Verify(dir string) (*Verdict, error) {
	data, path, err := readFile(dir)
	if err != nil {
		return nil, err
	}
	m, raw, err := Decode(data)
	if err != nil {
		return nil, at(err, path)
	}
	v := &Verdict{Dir: filepath.Dir(path), Digest: m.Digest, OK: true, Manifest: m, Checks: []Check{}, Notes: []string{}}
	v.add(Name, true, "has the form "+Schema)
	v.digest(raw)
	v.header()
	if err := v.files(); err != nil {
		return nil, err
	}
	v.dependencies()
	v.trialLists()
	v.record()
	return v, nil
}

func (v *Verdict) add(name string, ok bool, format string, args ...any) {
	v.Checks = append(v.Checks, Check{name, ok, fmt.Sprintf(format, args...)})
	v.OK = v.OK && ok
}

// digest hashes the determined part as it stands in the file, with fields that this version may not know.
func (v *Verdict) digest(raw []byte) {
	text, err := Canonicalize(raw)
	if err != nil {
		v.add("digest", false, "%v", err)
	} else if got := hash(text); got != v.Digest {
		v.add("digest", false, "the determined part has the SHA-256 %s, and the manifest says %s", got, v.Digest)
	} else {
		v.add("digest", true, "%s is the SHA-256 of the determined part", got)
	}
}

func (v *Verdict) header() {
	m := v.Manifest
	if m.DatasetHash != m.Determined.Dataset.SHA256 {
		v.add("dataset_hash", false, "the header says %q, and the determined part %q", m.DatasetHash, m.Determined.Dataset.SHA256)
	} else {
		v.add("dataset_hash", true, "%s, the same in header and record", m.DatasetHash)
	}
	if !m.Status.Final() {
		v.add("status", false, "%q is not how a job ends", m.Status)
	}
}

func (v *Verdict) files() error {
	d, o := &v.Manifest.Determined, &v.Manifest.Observed
	all := append(append([]File{}, d.Artifacts...), o.Artifacts...)
	faults, err := artifact.Check(v.Dir, all)
	if err != nil {
		return err
	}
	var size int64
	for _, f := range all {
		size += f.Bytes
	}
	for _, f := range faults {
		v.add(f.Path, false, "%s", f.Text)
	}
	if len(faults) == 0 {
		v.add("files", true, "all %d files (%d bytes) have their size and SHA-256", len(all), size)
	}
	seen := map[string]bool{}
	for _, f := range all {
		if seen[f.Path] {
			v.add(f.Path, false, "is listed twice")
		}
		seen[f.Path] = true
	}
	extra, err := artifact.Extra(v.Dir, all)
	for _, path := range extra {
		v.Notes = append(v.Notes, path+" is not of the job: the manifest does not list it")
	}
	return err
}

// dependencies compares the modules of the manifest with the snapshot and the bill of materials.
func (v *Verdict) dependencies() {
	d := &v.Manifest.Determined
	text := []byte(Dependencies(d.Program, d.Dependencies))
	if got := hash(text); got != d.Program.DependenciesSHA256 {
		v.add("dependencies", false, "the list of modules in the manifest has the SHA-256 %s, and program.dependencies_sha256 is %s", got, d.Program.DependenciesSHA256)
	}
	v.same(DependenciesName, text, fmt.Sprintf("lists the %d modules of the manifest", len(d.Dependencies)))
	bill, err := SBOM(d.Program, d.Dependencies)
	if err != nil {
		v.add(SBOMName, false, "%v", err)
		return
	}
	v.same(SBOMName, bill, "lists the modules of the manifest")
}

// trialLists writes the lists again from the manifest and compares.
func (v *Verdict) trialLists() {
	d := &v.Manifest.Determined
	var board, trials bytes.Buffer
	if err := WriteLeaderboard(&board, d); err != nil {
		v.add(LeaderboardName, false, "%v", err)
	} else {
		v.same(LeaderboardName, board.Bytes(), "ranks the trials of the manifest")
	}
	if err := WriteTrials(&trials, d.Trials); err != nil {
		v.add(TrialsName, false, "%v", err)
	} else {
		v.same(TrialsName, trials.Bytes(), fmt.Sprintf("has the %d trials of the manifest", len(d.Trials)))
	}
}

// same checks a derived file that the manifest lists; one that it does not list was not made by this job.
func (v *Verdict) same(name string, want []byte, text string) {
	listed := false
	for _, f := range v.Manifest.Determined.Artifacts {
		listed = listed || f.Path == name
	}
	if !listed {
		v.Notes = append(v.Notes, "the job left no "+name)
		return
	}
	got, err := os.ReadFile(filepath.Join(v.Dir, name))
	switch {
	case err != nil: // the check of the files has said so
	case !bytes.Equal(got, want):
		v.add(name, false, "does not agree with the manifest")
	default:
		v.add(name, true, "%s", text)
	}
}

// record checks that the determined part agrees with itself.
func (v *Verdict) record() {
	d := &v.Manifest.Determined
	ok := true
	fault := func(format string, args ...any) {
		ok = false
		v.add("record", false, format, args...)
	}
	for i, t := range d.Trials {
		if t.Index != i {
			fault("trial %d stands in place %d", t.Index, i)
		}
		if t.Status == sadi.TrialOK && t.Score == nil {
			fault("trial %d is ok and has no score", i)
		}
	}
	if e := d.Ensemble; e != nil {
		sum := 0.0
		for _, m := range e.Members {
			sum += m.Weight
			if m.Trial < 0 || m.Trial >= len(d.Trials) || d.Trials[m.Trial].Status != sadi.TrialOK {
				fault("the ensemble has trial %d, which is not ok", m.Trial)
			}
		}
		if !(sum > 1-1e-9 && sum < 1+1e-9) {
			fault("the weights of the ensemble add up to %g", sum)
		}
	}
	if s := d.Split; len(s.FoldHashes) != s.Folds {
		fault("there are %d folds and %d hashes of folds", s.Folds, len(s.FoldHashes))
	}
	if ok {
		v.add("record", true, "trials, folds and ensemble agree with each other")
	}
}

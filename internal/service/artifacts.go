package service

import (
	"context"
	"io"
	"path"
	"strings"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/near"
	"sadi/internal/pack"
)

// modelFile is where the delivered model lies in a job's folder.
const modelFile = "model/model.sadi"

// contentTypes are the media types of what jobs leave behind.
var contentTypes = map[string]string{
	".json": "application/json", ".jsonl": "application/x-ndjson", ".csv": "text/csv; charset=utf-8",
	".html": "text/html; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	".parquet": "application/vnd.apache.parquet", ".svg": "image/svg+xml", ".png": "image/png",
}

// ContentType is the media type of a file by its name.
func ContentType(name string) string {
	if t := contentTypes[path.Ext(name)]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// File is an open artifact.
type File struct {
	io.ReadCloser
	sadi.Artifact
	ContentType string
}

// Artifacts lists what a job left behind.
func (s *Service) Artifacts(ctx context.Context, id string) ([]sadi.Artifact, error) {
	j, err := s.job(ctx, id)
	if err != nil {
		return nil, err
	}
	if j.Artifacts == nil {
		return []sadi.Artifact{}, nil
	}
	return j.Artifacts, nil
}

// Artifact opens a file that a job left behind.
func (s *Service) Artifact(ctx context.Context, id, name string) (*File, error) {
	j, err := s.job(ctx, id)
	if err != nil {
		return nil, err
	}
	if i := pack.Find(j.Artifacts, name); i >= 0 {
		return s.openArtifact(ctx, j, i)
	}
	return nil, noArtifact(j, name)
}

func (s *Service) openArtifact(ctx context.Context, j sadi.Job, i int) (*File, error) {
	r, err := pack.Open(ctx, s.blobs, j.Pack, j.Artifacts, i)
	if err != nil {
		return nil, err
	}
	a := j.Artifacts[i]
	return &File{ReadCloser: r, Artifact: a, ContentType: ContentType(a.Path)}, nil
}

func noArtifact(j sadi.Job, name string) error {
	var names []string
	for _, a := range j.Artifacts {
		names = append(names, a.Path)
	}
	e := sadi.Errorf(sadi.NotFound, "the job has no file %q", shorten(name))
	if close := near.Names(name, names); len(close) > 0 {
		return e.Advise("do you mean %s?", strings.Join(close, " or "))
	}
	if len(names) == 0 {
		return e.Advise("the job is %s and left no files", j.State)
	}
	return e.Advise("GET /jobs/%s/artifacts lists its files", j.ID)
}

// Manifest opens the record of a job that has one.
func (s *Service) Manifest(ctx context.Context, id string) (*File, error) {
	j, err := s.job(ctx, id)
	if err != nil {
		return nil, err
	}
	if i := pack.Find(j.Artifacts, artifact.Manifest); i >= 0 {
		return s.openArtifact(ctx, j, i)
	}
	if _, err := s.succeeded(ctx, id); err != nil {
		return nil, err
	}
	return nil, noArtifact(j, artifact.Manifest)
}

// Download opens a model of a job: "model" or "model.sadi" is the delivered one, any other name that of an exported
// form, with or without its extension.
func (s *Service) Download(ctx context.Context, id, name string) (*File, error) {
	j, err := s.succeeded(ctx, id)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, dir := range []string{"model", "export"} {
		for i, a := range j.Artifacts {
			if path.Dir(a.Path) != dir {
				continue
			}
			base := path.Base(a.Path)
			if base == name || strings.TrimSuffix(base, path.Ext(base)) == name {
				return s.openArtifact(ctx, j, i)
			}
			names = append(names, base)
		}
	}
	e := sadi.Errorf(sadi.NotFound, "the job has no model %q", shorten(name))
	if len(names) == 0 {
		return nil, e
	}
	return nil, e.Advise("it has %s", strings.Join(names, ", "))
}

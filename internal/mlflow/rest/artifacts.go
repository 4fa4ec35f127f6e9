package rest

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"sadi"
	"sadi/internal/fsx"
	"sadi/internal/mlflow"
)

// proxy is the scheme of artifacts that the server itself takes.
const proxy = "mlflow-artifacts"

// Put implements mlflow.Store: through the server where it takes artifacts, else to the folder that it names, as far as
// this machine has it. A server without the proxy would answer 503, which looks like a server that is busy.
func (s *Store) Put(ctx context.Context, run mlflow.Run, name, file string) error {
	if err := fsx.CheckName(name); err != nil {
		return err
	}
	scheme, rest, ok := strings.Cut(run.Artifacts, ":")
	switch {
	case ok && scheme == proxy:
		return s.upload(ctx, rest, name, file)
	case ok && scheme == "file":
		u, err := url.Parse(run.Artifacts)
		if err != nil || u.Host != "" && u.Host != "localhost" {
			return elsewhere(run.Artifacts)
		}
		return mlflow.CopyFile(filepath.Join(filepath.FromSlash(u.Path), filepath.FromSlash(name)), file)
	case filepath.IsAbs(run.Artifacts):
		return mlflow.CopyFile(filepath.Join(run.Artifacts, filepath.FromSlash(name)), file)
	}
	return elsewhere(run.Artifacts)
}

func elsewhere(uri string) error {
	scheme, _, _ := strings.Cut(uri, ":")
	return &mlflow.Fault{Kind: mlflow.NotHere, Err: sadi.Errorf(sadi.Unavailable, "the server wants its artifacts at %s:…, where this program does not write", mlflow.Cut(scheme, 20)).
		Advise("start mlflow server with --serve-artifacts (its default), or with a folder that both see")}
}

// upload sends a file to the server. rest is what follows the scheme of the run's address: a path, or host and path.
func (s *Store) upload(ctx context.Context, rest, name, file string) error {
	if host, ok := strings.CutPrefix(rest, "//"); ok {
		_, rest, _ = strings.Cut(host, "/") // the host is that of the tracking server
	}
	var parts []string
	for part := range strings.SplitSeq(path.Join(strings.Trim(rest, "/"), name), "/") {
		parts = append(parts, url.PathEscape(part))
	}
	f, err := os.Open(file)
	if err != nil {
		return sadi.Errorf(sadi.Unavailable, "an artifact can not be read: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return sadi.Errorf(sadi.Unavailable, "an artifact can not be read: %w", err)
	}
	return s.call(ctx, http.MethodPut, "/api/2.0/mlflow-artifacts/artifacts/"+strings.Join(parts, "/"), f, info.Size(), contentType(name), nil)
}

// contentType is what a browser needs to know to show a file.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".json":
		return "application/json"
	case ".html":
		return "text/html"
	case ".csv":
		return "text/csv"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".txt", ".md", ".yaml", ".jsonl", "":
		return "text/plain"
	}
	return "application/octet-stream"
}

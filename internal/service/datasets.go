package service

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"sadi"
	"sadi/internal/artifact"
	"sadi/internal/blob"
	"sadi/internal/fsx"
	"sadi/internal/table"
)

// Dataset is a file that was uploaded.
type Dataset struct {
	ID    string `json:"dataset_id"`     // the SHA-256 of its bytes
	Name  string `json:"name"`           // as it lies below data/incoming
	Path  string `json:"input_csv_path"` // what to submit
	Bytes int64  `json:"bytes"`
}

// Upload keeps a file: below data/incoming, and where workers find it. The same bytes under the same name are one file.
func (s *Service) Upload(ctx context.Context, name string, r io.Reader) (Dataset, error) {
	name, err := safeName(name)
	if err != nil {
		return Dataset{}, err
	}
	dir := filepath.Join(s.dir, "incoming")
	if err := s.root.MkdirAll("incoming", 0o777); err != nil {
		return Dataset{}, sadi.Errorf(sadi.Unavailable, "the folder for uploads can not be made: %w", err)
	}
	temp := filepath.Join(dir, ".upload-"+artifact.NewID(name, time.Now()))
	sha, size, err := fsx.Write(temp, func(w io.Writer) error { return s.receive(w, r) })
	if err != nil {
		return Dataset{}, hidePath(err, temp)
	}
	defer os.Remove(temp)
	if size == 0 {
		return Dataset{}, sadi.Errorf(sadi.BadData, "the uploaded file is empty").Advise("it needs a header line and rows")
	}
	f, err := os.Open(temp)
	if err != nil {
		return Dataset{}, readError(err)
	}
	defer f.Close()
	if _, err := s.put(ctx, f, size); err != nil {
		return Dataset{}, err
	}
	if name, err = s.settle(dir, temp, name, sha); err != nil {
		return Dataset{}, err
	}
	return Dataset{ID: sha, Name: name, Path: "data/incoming/" + name, Bytes: size}, nil
}

// settle gives an uploaded file its name; where another file has it, a part of the hash goes into the name.
func (s *Service) settle(dir, temp, name, sha string) (string, error) {
	stem, ext := splitName(name)
	for _, candidate := range []string{name, stem + "-" + sha[:12] + ext, sha + ext} {
		target := filepath.Join(dir, candidate)
		err := os.Link(temp, target) // unlike a rename, this never replaces a file
		if _, there := os.Lstat(target); err != nil && errors.Is(there, os.ErrNotExist) {
			err = os.Rename(temp, target) // a file system without links
		}
		if err == nil {
			return candidate, nil
		}
		if !errors.Is(err, os.ErrExist) {
			return "", sadi.Errorf(sadi.Unavailable, "the uploaded file can not be kept: %w", err)
		}
		if have, _, err := fsx.HashWithin(s.root, "incoming/"+candidate); err == nil && have == sha {
			return candidate, nil
		}
	}
	return "", sadi.Errorf(sadi.Conflict, "other files have the name %q and its variants", name).Advise("upload it under another name")
}

// uploadNames are the endings of files that are taken.
var uploadNames = regexp.MustCompile(`(?i)\.(csv|tsv|txt)(\.(gz|zst))?$|\.(gz|zst)$`)

// safeName makes a name that a client gave one that can stand below data/incoming.
func safeName(given string) (string, error) {
	given = path.Base(strings.ReplaceAll(given, `\`, "/"))
	if given == "." || given == "/" || given == "" {
		return "upload.csv", nil
	}
	if !uploadNames.MatchString(given) {
		return "", sadi.Errorf(sadi.BadUsage, "%q is not the name of a table", shorten(given)).At("name").
			Advise("use a name that ends in .csv, .tsv, .txt, .gz or .zst")
	}
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, given)
	stem, ext := splitName(safe)
	stem = strings.TrimLeft(stem, "._-")
	safe = stem[:min(len(stem), 100)] + ext
	if stem == "" || fsx.CheckName(safe) != nil {
		safe = "upload" + cmp.Or(ext, ".csv")
	}
	return safe, nil
}

// splitName parts a name before its endings.
func splitName(name string) (stem, ext string) {
	at := uploadNames.FindStringIndex(name)
	if at == nil {
		return name, ""
	}
	return name[:at[0]], name[at[0]:]
}

// receive copies an upload within its bounds. A packed file is unpacked on the way, to nowhere: one that grows beyond
// the bound is cut off before it fills anything.
func (s *Service) receive(w io.Writer, r io.Reader) error {
	r = bounded(r, s.limits.Upload, "the upload")
	head := make([]byte, 4)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	head = head[:n]
	if _, err := w.Write(head); err != nil {
		return err
	}
	unpack := unpacker(head)
	if unpack == nil {
		_, err := io.Copy(w, r)
		return err
	}
	out, in := io.Pipe()
	checked := make(chan error, 1)
	go func() {
		err := s.measure(unpack, out)
		out.CloseWithError(err) // a copy that goes on ends with it; nil lets the rest pass as padding
		checked <- err
	}()
	if _, err = in.Write(head); err == nil {
		_, err = io.Copy(io.MultiWriter(w, in), r)
	}
	in.CloseWithError(err) // nil = the end of the file
	if e := <-checked; e != nil && (err == nil || errors.Is(err, e)) {
		return e
	}
	return err
}

// measure unpacks a file to nowhere, within the bound.
func (s *Service) measure(unpack func(io.Reader) (io.Reader, error), packed io.Reader) error {
	text, err := unpack(packed)
	if err == nil {
		_, err = io.Copy(io.Discard, bounded(text, s.limits.Unpacked, "the unpacked upload"))
	}
	if err == nil {
		_, err = io.Copy(io.Discard, packed)
	}
	var e *sadi.Error
	if err != nil && !errors.As(err, &e) {
		return sadi.Errorf(sadi.BadData, "the packed file can not be unpacked: %w", err).Advise("pack it again, or upload it as it is")
	}
	return err
}

// unpacker finds the packing that the first bytes tell; nil = none.
func unpacker(head []byte) func(io.Reader) (io.Reader, error) {
	switch {
	case len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b:
		return func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	case len(head) == 4 && string(head) == "\x28\xb5\x2f\xfd":
		return func(r io.Reader) (io.Reader, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
			if err != nil {
				return nil, err
			}
			return d.IOReadCloser(), nil
		}
	}
	return nil
}

// bounded reads up to limit bytes; more is an error.
func bounded(r io.Reader, limit int64, what string) io.Reader {
	return &bound{r: r, left: limit, limit: limit, what: what}
}

type bound struct {
	r           io.Reader
	left, limit int64
	what        string
}

// Read implements io.Reader.
func (b *bound) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, sadi.Errorf(sadi.LimitExceeded, "%s is larger than %d bytes", b.what, b.limit).Advise("send less, or ask the operator to raise the limit")
	}
	return n, err
}

var datasetIDs = regexp.MustCompile(`^[0-9a-f]{64}$`)

// fetch writes a data set to a temporary file that is removed by done.
func (s *Service) fetch(ctx context.Context, id string) (file string, done func(), err error) {
	unknown := sadi.Errorf(sadi.NotFound, "there is no data set %q", shorten(id)).Advise("its name is the dataset_id that POST /datasets returned")
	if !datasetIDs.MatchString(id) {
		return "", nil, unknown
	}
	r, err := s.blobs.Get(ctx, blob.DataName(id))
	if sadi.CodeOf(err) == sadi.NotFound {
		return "", nil, unknown
	}
	if err != nil {
		return "", nil, err
	}
	defer r.Close()
	return s.temporary(r)
}

// datasetColumns is a table of a data set's columns without rows.
func (s *Service) datasetColumns(ctx context.Context, id string) (*table.Table, error) {
	file, done, err := s.fetch(ctx, id)
	if err != nil {
		return nil, err
	}
	defer done()
	t, err := s.columns(file, nil)
	return t, hidePath(err, file)
}

// hidePath takes the path of a temporary file, which means nothing to a client, out of an error.
func hidePath(err error, path string) error {
	var e *sadi.Error
	if errors.As(err, &e) && strings.Contains(e.Where, path) {
		return e.At("%s", strings.Trim(strings.ReplaceAll(e.Where, path, ""), ":, "))
	}
	return err
}

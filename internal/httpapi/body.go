package httpapi

import (
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"sadi"
)

// Raw is the body of a request that a handler reads itself, piece by piece.
type Raw struct {
	reader   io.Reader
	kind     string // the media type, without parameters
	length   int64  // -1 = not told
	filename string // of a form's file
	request  *http.Request
}

// Resolve implements huma.Resolver: it takes the body and reads nothing yet.
func (b *Raw) Resolve(ctx huma.Context) []error {
	r, _ := humago.Unwrap(ctx)
	b.request, b.length = r, r.ContentLength
	b.reader = told{r.Body}
	r.Body = io.NopCloser(b.reader) // for forms, which read the request
	given := r.Header.Get("Content-Type")
	if given == "" {
		return nil
	}
	kind, _, err := mime.ParseMediaType(given)
	if err != nil {
		return []error{newProblem(http.StatusUnsupportedMediaType, "the Content-Type is not understood")}
	}
	b.kind = kind
	return nil
}

// tables are the media types that a table can come as. "" and that of web forms are what curl sends when it is not told.
var tables = map[string]bool{"": true, "application/x-www-form-urlencoded": true, "text/csv": true, "text/plain": true,
	"text/tab-separated-values": true, "text/comma-separated-values": true, "application/csv": true, "application/vnd.ms-excel": true,
	"application/octet-stream": true, "application/gzip": true, "application/x-gzip": true, "application/zstd": true, "multipart/form-data": true}

// file is the first file of a form, or the body itself.
func (b *Raw) file() (io.Reader, error) {
	if !tables[b.kind] {
		p := newProblem(http.StatusUnsupportedMediaType, "a table does not come as "+b.kind)
		p.Hint = "send text/csv, application/gzip, application/zstd or a form with a file"
		return nil, p
	}
	if b.kind != "multipart/form-data" {
		return b.reader, nil
	}
	form, err := b.request.MultipartReader()
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, "the form is not understood")
	}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return nil, newProblem(http.StatusUnprocessableEntity, "the form has no file")
		}
		if err != nil {
			return nil, readProblem(err, "the form is broken off")
		}
		if b.filename = part.FileName(); b.filename != "" {
			return told{part}, nil
		}
	}
}

// readProblem is the problem of a body that can not be read to its end.
func readProblem(err error, text string) error {
	var own *sadi.Error
	var problem *Problem
	var limit net.Error
	switch {
	case errors.As(err, &own), errors.As(err, &problem):
		return err
	case errors.As(err, &limit) && limit.Timeout():
		return newProblem(http.StatusRequestTimeout, "the body comes too slowly")
	}
	return newProblem(http.StatusBadRequest, text)
}

// patient gives a client time for each piece of a body, within a bound for all of it.
type patient struct {
	io.ReadCloser
	control *http.ResponseController
	end     time.Time // of all patience; zero = not known yet
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	until := time.Now().Add(stall)
	if !p.end.IsZero() && p.end.Before(until) {
		until = p.end
	}
	p.control.SetReadDeadline(until) // recorders in tests can not; then nothing can stall either
	n, err := p.ReadCloser.Read(b)
	if err == io.EOF {
		p.control.SetReadDeadline(time.Time{}) // or the server would take its end for the client's
	}
	return n, err
}

// told makes the failures of a body problems that tell of the client's part.
type told struct{ r io.Reader }

// Read implements io.Reader.
func (t told) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	if err != nil && err != io.EOF {
		err = readProblem(err, "the body broke off")
	}
	return n, err
}

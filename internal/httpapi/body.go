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
	r, w := humago.Unwrap(ctx)
	b.request, b.length = r, r.ContentLength
	b.reader = &patient{r: r.Body, control: http.NewResponseController(w)}
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

// file is the first file of a form, or the body itself.
func (b *Raw) file() (io.Reader, error) {
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
			return part, nil
		}
	}
}

// readProblem is the problem of a body that can not be read to its end.
func readProblem(err error, text string) error {
	var own *sadi.Error
	var limit net.Error
	switch {
	case errors.As(err, &own):
		return err
	case errors.As(err, &limit) && limit.Timeout():
		return newProblem(http.StatusRequestTimeout, "the body comes too slowly")
	}
	return newProblem(http.StatusBadRequest, text)
}

// patient gives a client time for each piece of a body, not for all of it.
type patient struct {
	r       io.Reader
	control *http.ResponseController
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	p.control.SetReadDeadline(time.Now().Add(stall)) // recorders in tests can not; then nothing can stall either
	n, err := p.r.Read(b)
	if err != nil && err != io.EOF {
		err = readFailure(err)
	}
	return n, err
}

// readFailure tells a body that broke off from a failure of ours.
func readFailure(err error) error {
	var limit net.Error
	if errors.As(err, &limit) && limit.Timeout() {
		return newProblem(http.StatusRequestTimeout, "the body comes too slowly")
	}
	return newProblem(http.StatusBadRequest, "the body broke off")
}

// Package client is the other end of the API, for the command line.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sadi"
)

// Client talks to a server.
type Client struct {
	base  string
	token string
	http  *http.Client
	wait  time.Duration // before the first attempt to come back to a stream
}

// New makes a client of the server at an address such as http://127.0.0.1:8000. The token may be empty.
func New(server, token string) (*Client, error) {
	if !strings.Contains(server, "://") {
		server = "http://" + server
	}
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, sadi.Errorf(sadi.BadUsage, "%q is no address of a server", server).At("--server").Advise("write it as http://127.0.0.1:8000")
	}
	base := strings.TrimSuffix(u.Scheme+"://"+u.Host+u.Path, "/")
	if !strings.HasSuffix(base, sadi.BasePath) {
		base += sadi.BasePath
	}
	// No timeout in all: uploads and streams last. The parts that can hang have theirs.
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 2 * time.Minute
	return &Client{base: base, token: token, http: &http.Client{Transport: t}, wait: 500 * time.Millisecond}, nil
}

// Request is a request for a job.
type Request struct {
	sadi.Spec
	Priority int
	Key      string // of idempotency
}

// Submit queues a job and returns its name. With a key it may be repeated.
func (c *Client) Submit(ctx context.Context, r Request) (id string, err error) {
	body := struct {
		sadi.Spec
		Priority int `json:"priority,omitempty"`
	}{r.Spec, r.Priority}
	var out struct {
		ID string `json:"job_id"`
	}
	err = c.call(ctx, http.MethodPost, "/submit", body, &out, "Idempotency-Key", r.Key)
	return out.ID, err
}

// Upload sends a file and returns the path under which the server has it.
func (c *Client) Upload(ctx context.Context, path string) (remote string, err error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", sadi.Errorf(sadi.NotFound, "there is no such file").At("%s", path).Advise("check the path; for a file of the server use --remote")
	}
	if err != nil {
		return "", sadi.Errorf(sadi.Unavailable, "the file can not be opened: %w", err).At("%s", path)
	}
	defer f.Close()
	var out struct {
		Path string `json:"input_csv_path"`
	}
	err = c.call(ctx, http.MethodPost, "/datasets?name="+url.QueryEscape(filepath.Base(path)), f, &out, "Content-Type", "application/octet-stream")
	return out.Path, err
}

// Job tells where a job stands; place is its place in the queue, 0 when it does not wait.
func (c *Client) Job(ctx context.Context, id string) (j sadi.Job, place int, err error) {
	var out struct {
		sadi.Job
		Place int `json:"queue_position"`
	}
	err = c.call(ctx, http.MethodGet, "/jobs/"+url.PathEscape(id), nil, &out)
	return out.Job, out.Place, err
}

// Page is a part of the list of jobs.
type Page struct {
	Jobs []sadi.Job `json:"jobs"`
	Next string     `json:"next"`
}

// Jobs lists jobs, the latest first; no states = all.
func (c *Client) Jobs(ctx context.Context, states []string, limit int, after string) (p Page, err error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if len(states) > 0 {
		q.Set("state", strings.Join(states, ","))
	}
	if after != "" {
		q.Set("after", after)
	}
	return p, c.call(ctx, http.MethodGet, "/jobs?"+q.Encode(), nil, &p)
}

// Cancel ends a job.
func (c *Client) Cancel(ctx context.Context, id string) (j sadi.Job, err error) {
	return j, c.call(ctx, http.MethodPost, "/jobs/"+url.PathEscape(id)+"/cancel", nil, &j)
}

// SetTarget answers a job that asks for its target.
func (c *Client) SetTarget(ctx context.Context, id, target string) (j sadi.Job, err error) {
	return j, c.call(ctx, http.MethodPost, "/jobs/"+url.PathEscape(id)+"/target", map[string]string{"target": target}, &j)
}

// Logs copies the log of a job; follow waits for more until the job has ended.
func (c *Client) Logs(ctx context.Context, id string, follow bool, w io.Writer) error {
	a, err := c.send(ctx, http.MethodGet, "/jobs/"+url.PathEscape(id)+"/logs?follow="+strconv.FormatBool(follow), nil)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if _, err := io.Copy(w, a.Body); err != nil {
		return c.unreachable(ctx, err)
	}
	return nil
}

// call sends a request and reads the document of the answer.
func (c *Client) call(ctx context.Context, method, path string, body, into any, header ...string) error {
	a, err := c.send(ctx, method, path, body, header...)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if err := json.NewDecoder(a.Body).Decode(into); err != nil {
		return sadi.Errorf(sadi.Unavailable, "the answer of %s is not understood: %w", c.base, err).Advise("is this the address of a SADI server?")
	}
	return nil
}

// send sends a request: a body that is a reader as it is, any other as JSON. An answer from 400 on is an error.
func (c *Client) send(ctx context.Context, method, path string, body any, header ...string) (*http.Response, error) {
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case io.Reader:
		r = b
	default:
		data, err := json.Marshal(b)
		if err != nil {
			return nil, sadi.Errorf(sadi.Internal, "the request can not be written: %w", err)
		}
		r = bytes.NewReader(data)
	}
	q, err := http.NewRequestWithContext(ctx, method, c.base+path, r)
	if err != nil {
		return nil, sadi.Errorf(sadi.Internal, "the request can not be made: %w", err)
	}
	if f, ok := body.(*os.File); ok { // the server can then refuse what is too large before it comes
		if info, err := f.Stat(); err == nil {
			q.ContentLength = info.Size()
		}
	}
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] != "" {
			q.Header.Set(header[i], header[i+1])
		}
	}
	if c.token != "" {
		q.Header.Set("Authorization", "Bearer "+c.token)
	}
	a, err := c.http.Do(q)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if a.StatusCode >= 400 {
		defer a.Body.Close()
		return nil, c.refusal(a)
	}
	return a, nil
}

// unreachable is the error of a connection that fails.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var own *sadi.Error
	if errors.As(err, &own) {
		return err
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address, which At tells
	}
	return sadi.Errorf(sadi.Unavailable, "the server can not be reached: %w", err).At("%s", c.base).
		Advise("is it running (sadi serve), and is --server its address?")
}

// refusal is the error that a problem tells.
func (c *Client) refusal(a *http.Response) error {
	kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	var p struct {
		Code   sadi.Code `json:"code"`
		Detail string    `json:"detail"`
		Where  string    `json:"where"`
		Hint   string    `json:"hint"`
	}
	if kind != "application/problem+json" || json.NewDecoder(io.LimitReader(a.Body, 1<<20)).Decode(&p) != nil || p.Code == "" {
		return sadi.Errorf(sadi.Unavailable, "the server answers %s", a.Status).At("%s", c.base).Advise("is this the address of a SADI server?")
	}
	e := &sadi.Error{Code: p.Code, Message: p.Detail, Where: p.Where, Hint: p.Hint}
	if p.Code == sadi.Unauthorized {
		e.Hint = "give a token with --token or SADI_TOKEN"
	}
	return e
}

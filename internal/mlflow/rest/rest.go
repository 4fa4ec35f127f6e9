// Package rest keeps runs on an MLflow tracking server, over its REST API 2.0, which the servers of 2.x and 3.x share.
package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"sadi"
	"sadi/internal/mlflow"
)

// Options say which server it is and who asks.
type Options struct {
	URL      string // http://host:port; a user and password within it count as such
	User     string
	Password string
	Token    string // in place of a user
	Insecure bool   // take any certificate
	CA       string // PEM file of the authorities that sign the server's certificate; "" = those of the system
	Page     string // where people see the server's pages; "" = URL
}

// Store is a tracking server.
type Store struct {
	base, page string
	authorize  string // the header
	http       *http.Client
}

var _ mlflow.Store = (*Store)(nil)

// answerWait is how long a server may take to begin an answer. MLflow's own client waits 120 s; who asks here has time,
// but no use for a server that is slower than its next attempt.
const answerWait = 60 * time.Second

// New makes a store; nothing is sent yet.
func New(o Options) (*Store, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, sadi.Errorf(sadi.BadUsage, "this is no address of a tracking server").Advise("write it as http://HOST:PORT or https://HOST")
	}
	s := &Store{}
	if u.User != nil && o.User == "" {
		o.User = u.User.Username()
		o.Password, _ = u.User.Password()
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	s.base = strings.TrimRight(u.String(), "/")
	if s.page = strings.TrimRight(o.Page, "/"); s.page == "" {
		s.page = s.base
	}
	switch {
	case o.User != "" && o.Password != "":
		r := &http.Request{Header: http.Header{}}
		r.SetBasicAuth(o.User, o.Password)
		s.authorize = r.Header.Get("Authorization")
	case o.Token != "":
		s.authorize = "Bearer " + o.Token
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = answerWait
	if t.TLSClientConfig, err = trust(o); err != nil {
		return nil, err
	}
	s.http = &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s, nil
}

func trust(o Options) (*tls.Config, error) {
	switch {
	case o.Insecure && o.CA != "":
		return nil, sadi.Errorf(sadi.BadUsage, "to take any certificate and to check it with %s contradict each other", o.CA).
			Advise("set one of MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH")
	case o.Insecure:
		return &tls.Config{InsecureSkipVerify: true}, nil
	case o.CA == "":
		return nil, nil
	}
	pem, err := os.ReadFile(o.CA)
	if err != nil {
		return nil, sadi.Errorf(sadi.BadUsage, "the certificates for the tracking server can not be read: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, sadi.Errorf(sadi.BadUsage, "the file holds no certificate").At("%s", o.CA).Advise("name a PEM file")
	}
	return &tls.Config{RootCAs: pool}, nil
}

// URL is the address of the server, without any password.
func (s *Store) URL() string { return s.base }

// Link is the page of a run.
func (s *Store) Link(run mlflow.Run) string {
	return s.page + "/#/experiments/" + url.PathEscape(run.Experiment) + "/runs/" + url.PathEscape(run.ID)
}

// post calls an endpoint of the API.
func (s *Store) post(ctx context.Context, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return sadi.Errorf(sadi.Internal, "a request to MLflow can not be written: %w", err)
	}
	return s.call(ctx, http.MethodPost, "/api/2.0/mlflow/"+path, bytes.NewReader(text), int64(len(text)), "application/json", into)
}

// get reads from the API.
func (s *Store) get(ctx context.Context, path string, query url.Values, into any) error {
	return s.call(ctx, http.MethodGet, "/api/2.0/mlflow/"+path+"?"+query.Encode(), nil, 0, "", into)
}

// call sends a request. The length is always told: a server of 3.x stores an empty file when it is not.
func (s *Store) call(ctx context.Context, method, path string, body io.Reader, length int64, kind string, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, s.base+path, body)
	if err != nil {
		return sadi.Errorf(sadi.Internal, "a request to MLflow can not be made: %w", err)
	}
	if r.ContentLength = length; length == 0 {
		r.Body = http.NoBody
	}
	r.Header.Set("User-Agent", "sadi/"+sadi.Version)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if s.authorize != "" {
		r.Header.Set("Authorization", s.authorize)
	}
	a, err := s.http.Do(r)
	if err != nil {
		return s.unreachable(ctx, err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer))
	if err != nil {
		return s.unreachable(ctx, err)
	}
	if a.StatusCode != http.StatusOK {
		return s.refusal(a, text)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &mlflow.Fault{Kind: mlflow.ShutOut, Err: sadi.Errorf(sadi.Unavailable, "the answer of %s is not understood: %w", s.base, err).
			Advise("is this the address of an MLflow tracking server?")}
	}
	return nil
}

const maxAnswer = 64 << 20

// unreachable is the fault of a connection that fails.
func (s *Store) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address, which stands in the sentence
	}
	e := sadi.Errorf(sadi.Unavailable, "the MLflow server %s can not be reached: %w", s.base, err)
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return &mlflow.Fault{Kind: mlflow.ShutOut, Err: e.Advise("name the file of its authority in MLFLOW_TRACKING_SERVER_CERT_PATH")}
	}
	return &mlflow.Fault{Kind: mlflow.Away, Err: e}
}

// refusal is the fault of an answer other than 200.
func (s *Store) refusal(a *http.Response, text []byte) error {
	var told struct {
		Code    string `json:"error_code"`
		Message string `json:"message"`
	}
	ours := json.Unmarshal(text, &told) == nil && told.Code != ""
	e := sadi.Errorf(sadi.Unavailable, "the MLflow server %s answers %s", s.base, a.Status)
	if told.Message != "" {
		e = sadi.Errorf(sadi.Unavailable, "the MLflow server %s answers %d: %s", s.base, a.StatusCode, mlflow.Cut(firstLine(told.Message), 300))
	}
	f := &mlflow.Fault{Kind: mlflow.Rejected, Err: e}
	switch c := a.StatusCode; {
	case c == http.StatusUnauthorized || c == http.StatusForbidden || c == http.StatusProxyAuthRequired:
		f.Kind, f.Err = mlflow.ShutOut, e.Advise("check MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD")
	case c == http.StatusRequestTimeout || c == http.StatusTooEarly || c == http.StatusTooManyRequests || c >= 500:
		f.Kind, f.Lone = mlflow.Away, c >= 500 && ours
		f.Undone = c == http.StatusTooManyRequests || c == http.StatusServiceUnavailable
		f.After = retryAfter(a.Header.Get("Retry-After"))
	case c == http.StatusNotFound && (!ours || told.Code == "ENDPOINT_NOT_FOUND"), c == http.StatusMethodNotAllowed, c == http.StatusNotImplemented:
		f.Kind = mlflow.NotHere
	case c < 400:
		f.Kind, f.Err = mlflow.ShutOut, e.Advise("the server sends elsewhere, %s: use that address", a.Header.Get("Location"))
	}
	f.Err = coded{e: f.Err, code: told.Code}
	return f
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// retryAfter is what a server asks a caller to wait, at most a minute.
func retryAfter(text string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, time.Minute)
}

// coded is an error with MLflow's own code.
type coded struct {
	e    error
	code string
}

func (c coded) Error() string { return c.e.Error() }
func (c coded) Unwrap() error { return c.e }

// hasCode reports whether MLflow gave the code.
func hasCode(err error, code string) bool {
	var c coded
	return errors.As(err, &c) && c.code == code
}

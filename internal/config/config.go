// Package config holds the settings of the programs that keep running, sadi serve and sadi worker: each is declared
// once, and its flag, its variable of the environment, its key in the file, its check and its documentation follow.
package config

import (
	"io"
	"log/slog"
	"time"
)

// Role is a program that has settings; roles are bits, so that a setting can belong to both.
type Role uint8

// The roles.
const (
	Serve Role = 1 << iota
	Worker
)

// String is the role's command.
func (r Role) String() string {
	switch r {
	case Serve:
		return "serve"
	case Worker:
		return "worker"
	}
	return "serve, worker"
}

// Config is what a program runs with. Values are checked: what stands here can be used as it is.
type Config struct {
	File     string // the configuration file; "" = none
	Listen   string // host:port of the API
	Data     string // the data root
	NATS     NATS
	Queue    string // the name of the queue
	Slots    int    // folds computed at a time; 0 = none: a pure API
	Store    string // "" = by the queue: a folder below the data root, or the JetStream object store
	MaxStore int64  // bytes of all files in the JetStream object store; 0 = no bound of ours
	Cache    int64  // bytes of the disk cache in front of a far store
	Tokens   string // the file of bearer tokens; "" = none
	Insecure bool   // other machines may call without a token
	Limits   Limits
	Memory   int64 // bytes that the jobs of this process may use together; 0 = unknown to the machine, no bound
	Log      Log
	MLflow   MLflow
	Grace    time.Duration // from the first signal to the end at the latest
}

// MLflow says where jobs are told of in MLflow, and who tells.
type MLflow struct {
	URI        string // http(s)://, file: or a folder; "" = the folder mlruns below the data root, "none" = nowhere
	Experiment string
	Token      Secret
	User       string
	Password   Secret
	Insecure   bool   // take any certificate
	CA         string // PEM file
	Page       string // where people see the server's pages; "" = URI
	Wait       time.Duration
}

// NATS says where the queue lives.
type NATS struct {
	URL           string // servers, separated by commas; "" = embedded
	Listen        string // host:port at which the embedded server takes workers of other machines; "" = no port
	Creds         string // a credentials file
	User          string
	Password      Secret
	Token         Secret
	CA, Cert, Key string // PEM files
	Replicas      int    // copies of streams and buckets; 0 = three where the cluster has three servers, else one
}

// Limits bound what a caller may ask for.
type Limits struct {
	Upload   int64         // bytes of an uploaded file
	Unpacked int64         // bytes of a data set after unpacking
	Body     int64         // bytes of any other request
	Predict  int64         // bytes of a file to predict
	Bundles  int64         // bytes of models that are kept decoded
	Uploads  int           // uploads at a time
	Columns  int           // of a data set
	Rows     int           // of a data set; 0 = no bound
	Request  time.Duration // for a request that moves no file
	Transfer time.Duration // for an upload, a download, the prediction of a file
}

// Log says what is logged and how.
type Log struct {
	Level  slog.Level
	Format string // text or json
}

// New makes the logger that writes to w.
func (l Log) New(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: l.Level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// Secret is a text that does not show itself: printed, logged or encoded, it is a mask.
type Secret string

const mask = "********"

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String is a mask, or "" where there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString is the mask too, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText is the mask too, for encoders and structured logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

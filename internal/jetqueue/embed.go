package jetqueue

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"sadi"
	"sadi/internal/fsx"
)

// Embed starts the queue's own server in this process, with its state in a folder that no other process uses, and
// connects to it. Without Options.Listen it has no port: nothing outside this process can reach it.
func Embed(ctx context.Context, dir string, o Options) (*Queue, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the folder of the queue can not be made: %w", err).At("%s", dir)
	}
	unlock, err := fsx.Lock(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	s, err := start(dir, o)
	if err != nil {
		unlock()
		return nil, err
	}
	end := func() {
		s.Shutdown()
		s.WaitForShutdown()
		unlock()
	}
	var login []nats.Option
	if o.User != "" {
		login = append(login, nats.UserInfo(o.User, o.Password))
	}
	if o.Token != "" {
		login = append(login, nats.Token(o.Token))
	}
	nc, err := dial(ctx, "", o, append(login, nats.InProcessServer(s))...)
	if err != nil {
		end()
		return nil, err
	}
	q, err := open(ctx, nc, o)
	if err != nil {
		end()
		return nil, err
	}
	q.server = end
	if o.Listen == "" {
		if err := q.recover(ctx); err != nil {
			q.shut()
			return nil, err
		}
	}
	return q, nil
}

// start runs a server that syncs every write to the disk.
func start(dir string, o Options) (*server.Server, error) {
	so := &server.Options{
		ServerName: "sadi", DontListen: o.Listen == "", NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: dir, SyncAlways: true,
		JetStreamMaxMemory: 256 << 20, // workers that live, and the consumers of who listens to events
		MaxPayload:         maxMessage, WriteDeadline: 10 * time.Second,
		Username: o.User, Password: o.Password, Authorization: o.Token,
	}
	if o.User == "" {
		so.Password = ""
	}
	if o.Listen != "" {
		host, port, err := net.SplitHostPort(o.Listen)
		n, err2 := strconv.Atoi(port)
		if err = errors.Join(err, err2); err != nil || n < 1 || n > 65535 {
			return nil, sadi.Errorf(sadi.BadUsage, "the queue can not listen on %q", o.Listen).Advise("use host:port, such as 127.0.0.1:4222")
		}
		if ip := net.ParseIP(host); o.User == "" && o.Token == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, sadi.Errorf(sadi.BadUsage, "the queue does not listen on %q without a login", o.Listen).
				Advise("give a user with a password, or a token, or listen on 127.0.0.1")
		}
		so.Host, so.Port = host, n
		if o.Cert != "" {
			pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
			if err != nil {
				return nil, sadi.Errorf(sadi.BadUsage, "the certificate of the queue can not be read: %w", err).At("%s", o.Cert)
			}
			so.TLS, so.TLSConfig = true, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		}
	}
	s, err := server.NewServer(so)
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the queue's server can not start: %w", err).At("%s", dir)
	}
	logger := &serverLog{log: o.Log}
	s.SetLoggerV2(logger, false, false, false)
	go s.Start()
	if !s.ReadyForConnections(o.Patience) || !s.JetStreamEnabled() {
		s.Shutdown()
		s.WaitForShutdown()
		return nil, sadi.Errorf(sadi.Unavailable, "the queue's server does not start").At("%s", dir).
			Advise("its log tells why; the port may be in use, or the disk full")
	}
	return s, nil
}

// serverLog gives the server's log to ours. What it notes in passing is for developers.
type serverLog struct{ log *slog.Logger }

var _ server.Logger = (*serverLog)(nil)

func (l *serverLog) write(level slog.Level, format string, v []any) {
	if ctx := context.Background(); l.log.Enabled(ctx, level) {
		l.log.Log(ctx, level, fmt.Sprintf(format, v...), "from", "nats-server")
	}
}

func (l *serverLog) Noticef(format string, v ...any) { l.write(slog.LevelDebug, format, v) }
func (l *serverLog) Debugf(format string, v ...any)  { l.write(slog.LevelDebug, format, v) }
func (l *serverLog) Tracef(format string, v ...any)  { l.write(slog.LevelDebug, format, v) }
func (l *serverLog) Warnf(format string, v ...any)   { l.write(slog.LevelWarn, format, v) }
func (l *serverLog) Errorf(format string, v ...any)  { l.write(slog.LevelError, format, v) }
func (l *serverLog) Fatalf(format string, v ...any)  { l.write(slog.LevelError, format, v) }

package jetqueue

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"sadi"
)

// Connect reaches the queue on NATS servers that run already. urls are one or more addresses with commas between them.
// Servers that do not answer yet are waited for.
func Connect(ctx context.Context, urls string, o Options) (*Queue, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	options, err := o.login()
	if err != nil {
		return nil, err
	}
	nc, err := dial(ctx, urls, o, options...)
	if err != nil {
		return nil, err
	}
	return open(ctx, nc, o)
}

// login are the options of NATS by which a connection says who it is and whom it trusts.
func (o Options) login() ([]nats.Option, error) {
	var options []nats.Option
	ways := 0
	if o.Credentials != "" {
		ways++
		options = append(options, nats.UserCredentials(o.Credentials))
	}
	if o.User != "" {
		ways++
		options = append(options, nats.UserInfo(o.User, o.Password))
	}
	if o.Token != "" {
		ways++
		options = append(options, nats.Token(o.Token))
	}
	if ways > 1 {
		return nil, sadi.Errorf(sadi.BadUsage, "there are several ways to log in to NATS").
			Advise("give one of a credentials file, a user with a password, or a token")
	}
	for _, path := range []string{o.Credentials, o.CA, o.Cert, o.Key} {
		if path == "" {
			continue
		}
		if f, err := os.Open(path); err != nil { // else it shows as a server that does not answer
			return nil, sadi.Errorf(sadi.BadUsage, "a file of the connection to NATS can not be read: %w", err)
		} else {
			f.Close()
		}
	}
	if o.CA != "" {
		options = append(options, nats.RootCAs(o.CA))
	}
	if o.Cert != "" {
		options = append(options, nats.ClientCert(o.Cert, o.Key))
	}
	return options, nil
}

// dial connects, and goes on for o.Patience when nobody answers.
func dial(ctx context.Context, urls string, o Options, options ...nats.Option) (*nats.Conn, error) {
	options = append([]nats.Option{
		nats.Name(o.Client), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, 250*time.Millisecond), nats.Timeout(attemptTime),
		nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2), // a silent server is left after 15 s at most
		nats.IgnoreAuthErrorAbort(), // credentials may be renewed while we run
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) {
			subject := ""
			if s != nil {
				subject = s.Subject
			}
			o.Log.Warn("the NATS connection reports an error", "err", err, "subject", subject)
		}),
	}, options...)
	over, told := time.Now().Add(o.Patience), false
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		nc, err := nats.Connect(urls, options...)
		switch {
		case err == nil:
			return nc, nil
		case errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) || errors.Is(err, nats.ErrAuthRevoked):
			return nil, sadi.Errorf(sadi.BadUsage, "the NATS server at %s refuses to let us in: %w", redacted(urls), err).
				Advise("check the user, the token or the credentials file")
		case !retried(err):
			return nil, sadi.Errorf(sadi.BadUsage, "NATS can not be reached this way: %w", err).Advise("check the address and the files of the connection")
		case time.Now().Add(wait).After(over):
			return nil, sadi.Errorf(sadi.Unavailable, "no NATS server answers at %s: %w", redacted(urls), err).
				Advise("check the address, and that the server runs")
		case !told:
			told = true
			o.Log.Warn("no NATS server answers yet; waiting for one", "at", redacted(urls), "at_most", o.Patience, "err", err)
		}
		if err := pause(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// retried reports whether a server may be there a moment later. What is wrong in our own settings stays wrong.
func retried(err error) bool {
	var net interface{ Timeout() bool } // what package net says, and a server that hangs up
	return errors.Is(err, nats.ErrNoServers) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrDisconnected) || errors.Is(err, io.EOF) || errors.As(err, &net)
}

// redacted is an address without its secrets.
func redacted(urls string) string {
	var all []string
	for u := range strings.SplitSeq(urls, ",") {
		u = strings.TrimSpace(u)
		if !strings.Contains(u, "://") {
			u = "nats://" + u
		}
		p, err := url.Parse(u)
		if err != nil {
			all = append(all, "an address that can not be read")
			continue
		}
		if p.User != nil { // a name alone may be a token
			p.User = url.User("xxxxx")
		}
		all = append(all, p.String())
	}
	return strings.Join(all, ", ")
}

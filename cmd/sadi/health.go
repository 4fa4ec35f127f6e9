package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/config"
)

func (a *App) healthCommand() *cobra.Command {
	var ready bool
	var timeout, wait time.Duration
	c := &cobra.Command{
		Use:   "health [URL]",
		Short: "Ask a server whether it is well",
		Long: "Asks the server at URL (default: where sadi serve listens, by SADI_LISTEN and the configuration file) whether it is alive, or with\n" +
			"--ready whether it can do its work. The exit code is 0 when it is and 1 when it is not: a health check for containers\nthat have no other program.",
		Example: "  sadi health\n  sadi health --ready --wait 30s http://127.0.0.1:8000",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, given []string) error {
			target, err := healthURL(given, os.Environ(), ready)
			if err != nil {
				return err
			}
			if err := awaitHealth(c.Context(), target, timeout, wait); err != nil {
				return err
			}
			fmt.Fprintln(a.Out, "ok")
			return nil
		},
	}
	c.Flags().BoolVar(&ready, "ready", false, "ask whether the queue and the store answer too (/readyz in place of /healthz)")
	c.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "time for one answer")
	c.Flags().DurationVar(&wait, "wait", 0, "ask again and again for so long before giving up")
	return c
}

// healthURL is the address to ask.
func healthURL(given, environ []string, ready bool) (string, error) {
	probe := "/healthz"
	if ready {
		probe = "/readyz"
	}
	if len(given) == 0 {
		listen, err := config.ListenAddress(environ)
		if err != nil {
			return "", err
		}
		return "http://" + reachable(listen) + probe, nil
	}
	u, err := url.Parse(given[0])
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", sadi.Errorf(sadi.BadUsage, "%q is no address of a server", config.Redact(given[0])).Advise("use a URL such as http://127.0.0.1:8000")
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + probe
	return u.String(), nil
}

// reachable is the address at which a program of this machine reaches what listens there: an address that stands for
// every interface can be listened on, and not on every system be called.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() && ip.Is6() {
		host = "::1"
	} else if host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// awaitHealth asks until the answer is good or the time is over.
func awaitHealth(ctx context.Context, target string, timeout, wait time.Duration) error {
	giveUp := time.Now().Add(wait)
	for {
		err := askHealth(ctx, target, timeout)
		if err == nil || ctx.Err() != nil || !time.Now().Before(giveUp) {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(250*time.Millisecond, max(0, time.Until(giveUp)))):
		}
	}
}

// askHealth asks once.
func askHealth(ctx context.Context, target string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	where := config.Redact(target)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return sadi.Errorf(sadi.BadUsage, "the address can not be asked").At("%s", where)
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // no proxy: the question is about this very server
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	if err != nil {
		return sadi.Errorf(sadi.Unavailable, "no server answers: %w", cause(err)).At("%s", where)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // a short answer is only less to show
	if answer.StatusCode != http.StatusOK {
		return sadi.Errorf(sadi.Unavailable, "the server is not well: %s %s", answer.Status, strings.TrimSpace(string(text))).At("%s", where)
	}
	return nil
}

// cause takes the address out of a client's error: it is told apart, without what may be secret in it.
func cause(err error) error {
	if e, ok := err.(*url.Error); ok {
		return e.Err
	}
	return err
}

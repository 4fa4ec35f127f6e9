package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"sadi"
)

// Serve answers on a listener until ctx ends; requests that are under way then have Options.Grace, and event streams
// end at once: their clients come back with the number of the last event.
func (a *API) Serve(ctx context.Context, on net.Listener) error {
	server := &http.Server{
		Handler:           a,
		ReadHeaderTimeout: 10 * time.Second, // bodies and answers have deadlines of their own, piece by piece
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(on) }()
	select {
	case err := <-ended:
		return sadi.Errorf(sadi.Unavailable, "the server can not go on: %w", err)
	case <-ctx.Done():
	}
	a.stop.Do(func() { close(a.stopping) })
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Grace)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // those who had their time
	}
	<-ended
	return err
}

package jetqueue

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"sadi"
	"sadi/internal/queue"
)

// Announce tells that a worker lives; the servers forget it after the lease time.
func (q *Queue) Announce(ctx context.Context, w queue.Worker) error {
	if w.Name == "" || len(w.Name) > 512 {
		return sadi.Errorf(sadi.BadUsage, "%q can not be the name of a worker", w.Name)
	}
	text, err := json.Marshal(w)
	if err != nil {
		return sadi.Errorf(sadi.Internal, "the worker %q can not be written: %w", w.Name, err)
	}
	_, err = q.publish(ctx, message(q.names.workerSubject+base64.RawURLEncoding.EncodeToString([]byte(w.Name)), text))
	return err
}

// Workers lists the workers that live.
func (q *Queue) Workers(ctx context.Context) ([]queue.Worker, error) {
	found, err := q.subjects(ctx, q.names.workers, q.names.workerSubject+">")
	if err != nil {
		return nil, err
	}
	var all []queue.Worker
	for subject := range found {
		m, err := q.last(ctx, q.names.workers, subject)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue // forgotten just now
		}
		if err != nil {
			return nil, err
		}
		var w queue.Worker
		if json.Unmarshal(m.Data, &w) == nil && w.Name != "" {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(a, b queue.Worker) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

package jetqueue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sadi"
)

// This file is all that the queue has on the servers; docs/FORMATS/jetstream.md describes it.

const (
	keyLife     = 24 * time.Hour      // how long a submission's key is remembered
	eventLife   = 30 * 24 * time.Hour // how long an event is kept
	eventsOfJob = 20_000              // events of one job that are kept; the oldest go first
	markerLife  = 24 * time.Hour      // how long the trace of a deleted record stays
)

// names are the streams and subjects of a queue.
type names struct {
	jobs, keys, workers, events, blobs                  string // streams
	jobSubject, keySubject, workerSubject, eventSubject string // prefixes of subjects, with the final point
	chunkSubject, metaSubject                           string
	shareSubject, aliveSubject, wakeSubject             string // outside of streams
}

func namesOf(queue string) names {
	return names{
		jobs: "KV_" + queue + "-jobs", jobSubject: "$KV." + queue + "-jobs.",
		keys: "KV_" + queue + "-keys", keySubject: "$KV." + queue + "-keys.",
		workers: "KV_" + queue + "-workers", workerSubject: "$KV." + queue + "-workers.",
		events: queue + "-events", eventSubject: queue + ".events.",
		blobs: "OBJ_" + queue + "-blobs", chunkSubject: "$O." + queue + "-blobs.C.", metaSubject: "$O." + queue + "-blobs.M.",
		shareSubject: queue + ".share.", aliveSubject: queue + ".alive", wakeSubject: queue + ".wake",
	}
}

// declarations are the streams.
func (q *Queue) declarations() []jetstream.StreamConfig {
	n := q.names
	return []jetstream.StreamConfig{
		{Name: n.jobs, Description: "SADI: records of jobs", Subjects: []string{n.jobSubject + ">"},
			MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, Storage: jetstream.FileStorage,
			AllowRollup: true, DenyDelete: true, AllowMsgTTL: true, Duplicates: 2 * time.Minute},
		{Name: n.keys, Description: "SADI: keys of submissions", Subjects: []string{n.keySubject + ">"},
			MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, Storage: jetstream.FileStorage, MaxAge: keyLife,
			AllowRollup: true, DenyDelete: true, Duplicates: 2 * time.Minute},
		{Name: n.workers, Description: "SADI: workers that live", Subjects: []string{n.workerSubject + ">"},
			MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, Storage: jetstream.MemoryStorage, MaxAge: q.o.LeaseTime,
			AllowRollup: true, DenyDelete: true, Duplicates: min(q.o.LeaseTime, 2*time.Minute)},
		{Name: n.events, Description: "SADI: events of jobs", Subjects: []string{n.eventSubject + "*"},
			MaxMsgsPerSubject: eventsOfJob, Discard: jetstream.DiscardOld, Storage: jetstream.FileStorage, MaxAge: eventLife,
			Compression: jetstream.S2Compression, Duplicates: 2 * time.Minute},
		{Name: n.blobs, Description: "SADI: data sets, artifacts, results of folds", Subjects: []string{n.chunkSubject + ">", n.metaSubject + ">"},
			Discard: jetstream.DiscardNew, Storage: jetstream.FileStorage, MaxBytes: q.o.BlobBytes,
			AllowRollup: true, AllowDirect: true, Duplicates: 2 * time.Minute},
	}
}

// declare makes the streams that are not there and brings the others up to date. Any number of processes may do so at
// the same time.
func (q *Queue) declare(ctx context.Context) error {
	q.streams = map[string]jetstream.Stream{}
	for _, want := range q.declarations() {
		err := q.try(ctx, func(ctx context.Context) error {
			s, err := q.ensure(ctx, want)
			q.streams[want.Name] = s
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) ensure(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	s, err := q.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = q.create(ctx, want)
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another process was faster
			s, err = q.js.Stream(ctx, want.Name)
		}
	}
	if err != nil {
		return nil, err
	}
	have := s.CachedInfo().Config
	want.Replicas = cmp.Or(q.o.Replicas, have.Replicas) // a server that is down just now must not cost a copy
	if agree(have, want) {
		return s, nil
	}
	merged := have
	merged.Subjects, merged.MaxMsgsPerSubject, merged.MaxAge, merged.Replicas = want.Subjects, want.MaxMsgsPerSubject, want.MaxAge, want.Replicas
	merged.AllowDirect, merged.AllowMsgTTL, merged.Duplicates, merged.MaxBytes = want.AllowDirect, want.AllowMsgTTL, want.Duplicates, unlimited(want.MaxBytes)
	return q.js.UpdateStream(ctx, merged)
}

func (q *Queue) create(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	want.Replicas = q.o.Replicas
	if want.Replicas == 0 {
		want.Replicas = 1
		if q.nc.ConnectedClusterName() != "" {
			want.Replicas = 3
		}
	}
	s, err := q.js.CreateStream(ctx, want)
	if api := apiError(err); api != nil && q.o.Replicas == 0 && want.Replicas > 1 && slices.Contains(tooFewServers, api.ErrorCode) {
		q.o.Log.Warn("the NATS cluster has fewer than 3 JetStream servers: the queue has one copy", "stream", want.Name)
		want.Replicas = 1
		s, err = q.js.CreateStream(ctx, want)
	}
	return s, err
}

var tooFewServers = []jetstream.ErrorCode{10005, 10074} // no suitable peers; replicas need a cluster

func agree(have, want jetstream.StreamConfig) bool {
	return slices.Equal(have.Subjects, want.Subjects) && have.MaxMsgsPerSubject == want.MaxMsgsPerSubject && have.MaxAge == want.MaxAge &&
		have.Replicas == want.Replicas && have.AllowDirect == want.AllowDirect && have.AllowMsgTTL == want.AllowMsgTTL &&
		have.Duplicates == want.Duplicates && unlimited(have.MaxBytes) == unlimited(want.MaxBytes)
}

func unlimited(bytes int64) int64 {
	if bytes <= 0 {
		return -1
	}
	return bytes
}

// Bounds of what is sent.
const (
	maxMessage = 1 << 20   // a record or an event; what every server carries unless told otherwise
	maxTalk    = 512 << 10 // a request or a reply about a shared job
	chunkSize  = 256 << 10 // of a blob
)

// checkServer refuses servers that can not keep the queue.
func (q *Queue) checkServer() error {
	if v := q.nc.ConnectedServerVersion(); !atLeast(v, 2, 11) {
		return sadi.Errorf(sadi.Unavailable, "the NATS server has version %s, which is too old", v).Advise("use nats-server 2.11 or newer")
	}
	if n := q.nc.MaxPayload(); n < maxMessage {
		return sadi.Errorf(sadi.Unavailable, "the NATS server carries messages of %d bytes only", n).
			Advise("set max_payload to %d or more", maxMessage)
	}
	return nil
}

// atLeast compares a version such as 2.11.3-beta.1. One that is not understood is taken for new.
func atLeast(version string, major, minor int) bool {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) < 2 {
		return true
	}
	a, err1 := strconv.Atoi(parts[0])
	b, err2 := strconv.Atoi(parts[1])
	return err1 != nil || err2 != nil || a > major || a == major && b >= minor
}

// message is a message with a header that can be written to.
func message(subject string, data []byte) *nats.Msg {
	m := nats.NewMsg(subject)
	m.Data = data
	return m
}

func tooLarge(what string, bytes, bound int) error {
	return sadi.Errorf(sadi.LimitExceeded, "%s has %d bytes, more than the queue carries", what, bytes).
		Advise("the bound is %s", fmt.Sprintf("%d KiB", bound>>10))
}

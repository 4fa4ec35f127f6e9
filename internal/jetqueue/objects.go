package jetqueue

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"sadi"
	"sadi/internal/blob"
)

// objects keeps blobs in the form of a JetStream object store: chunks under a name that is used once, and then one
// message with what they are. The client of nats.go is not used for it, since it gives up when a server is lost in the
// middle of a value, or after a few seconds.
type objects struct{ q *Queue }

var _ blob.Store = objects{}

// Blobs is a store of blobs on the servers of the queue.
func (q *Queue) Blobs() blob.Store { return objects{q} }

const (
	putGrace    = 24 * time.Hour   // after which chunks without a value are of an upload that was cut
	readGrace   = 10 * time.Minute // for readers of a value that was replaced
	collectTime = 24 * time.Hour
)

func (q *Queue) metaOf(name string) string {
	return q.names.metaSubject + base64.URLEncoding.EncodeToString([]byte(name))
}

// info reads what is kept about a value.
func (o objects) info(ctx context.Context, name string) (*jetstream.ObjectInfo, error) {
	if !blob.Valid(name) {
		return nil, blob.BadName(name)
	}
	m, err := o.q.last(ctx, o.q.names.blobs, o.q.metaOf(name))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, blob.Unknown(name)
	}
	if err != nil {
		return nil, err
	}
	var info jetstream.ObjectInfo
	if err := json.Unmarshal(m.Data, &info); err != nil {
		return nil, sadi.Errorf(sadi.Corrupt, "what is known of the blob %q can not be read: %w", name, err)
	}
	if info.Deleted {
		return nil, blob.Unknown(name)
	}
	return &info, nil
}

// Has reports whether the name has a value.
func (o objects) Has(ctx context.Context, name string) (bool, error) {
	_, err := o.info(ctx, name)
	if sadi.CodeOf(err) == sadi.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Put keeps what r gives. A value whose name is its hash is not read when it is there already.
func (o objects) Put(ctx context.Context, name string, r io.Reader) (err error) {
	old, err := o.info(ctx, name)
	if err != nil && sadi.CodeOf(err) != sadi.NotFound {
		return err
	}
	promised, addressed := blob.SHA256(name)
	if addressed && old != nil {
		return nil
	}
	q := o.q
	info := jetstream.ObjectInfo{ObjectMeta: jetstream.ObjectMeta{Name: name, Opts: &jetstream.ObjectMetaOptions{ChunkSize: chunkSize}},
		Bucket: strings.TrimPrefix(q.names.blobs, "OBJ_"), NUID: nuid.Next()}
	defer func() {
		if err != nil && info.Chunks > 0 {
			ctx, cancel := linger(ctx)
			defer cancel()
			q.purge(ctx, q.names.blobs, q.names.chunkSubject+info.NUID) // else collect does
		}
	}()
	sum, buf := sha256.New(), make([]byte, chunkSize)
	for {
		n, readErr := io.ReadFull(r, buf)
		if readErr != nil && readErr != io.EOF && readErr != io.ErrUnexpectedEOF {
			return readErr
		}
		if n > 0 {
			sum.Write(buf[:n])
			if _, err := q.publish(ctx, message(q.names.chunkSubject+info.NUID, buf[:n])); err != nil {
				return bounded(err)
			}
			info.Chunks++
			info.Size += uint64(n)
		}
		if readErr != nil {
			break
		}
	}
	if addressed && fmt.Sprintf("%x", sum.Sum(nil)) != promised {
		return blob.Mismatch(name)
	}
	info.Digest = jetstream.GetObjectDigestValue(sum)
	text, err := json.Marshal(info)
	if err != nil {
		return sadi.Errorf(sadi.Internal, "what is known of the blob %q can not be written: %w", name, err)
	}
	m := message(q.metaOf(name), text)
	m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	if _, err := q.publish(ctx, m); err != nil {
		return bounded(err)
	}
	if old != nil {
		q.loops.Go(func() { // whoever reads the old value may end
			if pause(q.ctx, readGrace) == nil {
				q.purge(q.ctx, q.names.blobs, q.names.chunkSubject+old.NUID)
			}
		})
	}
	return nil
}

// bounded tells the bound of the store from a full disk.
func bounded(err error) error {
	if api := apiError(err); api != nil && strings.Contains(api.Description, "maximum bytes") {
		return sadi.Errorf(sadi.LimitExceeded, "the bound of the blob store is reached: %w", err).
			Advise("raise it, or delete jobs that are not needed")
	}
	return err
}

// Get opens the value of a name.
func (o objects) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	info, err := o.info(ctx, name)
	if err != nil {
		return nil, err
	}
	var r io.ReadCloser = &object{q: o.q, ctx: ctx, info: info, sum: sha256.New()}
	if promised, ok := blob.SHA256(name); ok {
		r = blob.Check(name, promised, r)
	}
	return r, nil
}

// object reads a value, chunk by chunk.
type object struct {
	q    *Queue
	ctx  context.Context
	info *jetstream.ObjectInfo
	sum  hash.Hash
	next uint64 // sequence from which the next chunk is looked for
	n    uint32 // chunks that were read
	size uint64
	rest []byte // of the chunk
	err  error
}

func (o *object) Read(p []byte) (int, error) {
	for len(o.rest) == 0 && o.err == nil {
		o.rest, o.err = o.chunk()
	}
	if len(o.rest) == 0 {
		return 0, o.err
	}
	n := copy(p, o.rest)
	o.rest = o.rest[n:]
	return n, nil
}

func (o *object) chunk() ([]byte, error) {
	if o.n == o.info.Chunks {
		if o.size != o.info.Size || jetstream.GetObjectDigestValue(o.sum) != o.info.Digest {
			return nil, blob.Mismatch(o.info.Name)
		}
		return nil, io.EOF
	}
	w := wanted{Next: o.q.names.chunkSubject + o.info.NUID, From: max(o.next, 1)}
	data, sequence, err := o.q.chunk(o.ctx, w)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, blob.Mismatch(o.info.Name)
	}
	if err != nil {
		return nil, err
	}
	o.next, o.n, o.size = sequence+1, o.n+1, o.size+uint64(len(data))
	o.sum.Write(data)
	return data, nil
}

// chunk reads a message of the blobs' stream from any copy, and from the leader when that one lags behind.
func (q *Queue) chunk(ctx context.Context, w wanted) (data []byte, sequence uint64, err error) {
	if m, err := q.any(ctx, q.names.blobs, w); err == nil {
		sequence, err := strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64)
		return m.Data, sequence, err
	} else if !errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, 0, err
	}
	m, err := q.lead(ctx, q.names.blobs, w)
	if err != nil {
		return nil, 0, err
	}
	return m.Data, m.Sequence, nil
}

func (o *object) Close() error {
	if o.err == nil {
		o.err = errors.New("the blob is closed")
	}
	o.rest = nil
	return nil
}

// Delete forgets a name.
func (o objects) Delete(ctx context.Context, name string) error {
	info, err := o.info(ctx, name)
	if sadi.CodeOf(err) == sadi.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := o.q.purge(ctx, o.q.names.blobs, o.q.metaOf(name)); err != nil {
		return err
	}
	return o.q.purge(ctx, o.q.names.blobs, o.q.names.chunkSubject+info.NUID)
}

// List returns the names that begin with the prefix.
func (o objects) List(ctx context.Context, prefix string) ([]string, error) {
	found, err := o.q.subjects(ctx, o.q.names.blobs, o.q.names.metaSubject+">")
	if err != nil {
		return nil, err
	}
	var all []string
	for subject := range found {
		name, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(subject, o.q.names.metaSubject))
		if err == nil && strings.HasPrefix(string(name), prefix) {
			all = append(all, string(name))
		}
	}
	slices.Sort(all)
	return all, nil
}

// collect removes, once a day, the chunks that belong to no value: of uploads whose process came to its end.
func (q *Queue) collect() {
	for wait := 5 * time.Minute; pause(q.ctx, wait) == nil; wait = collectTime {
		if err := q.collectOlder(q.ctx, putGrace); err != nil && q.ctx.Err() == nil {
			q.o.Log.Warn("chunks of cut uploads could not be removed", "err", err)
		}
	}
}

func (q *Queue) collectOlder(ctx context.Context, grace time.Duration) error {
	chunks, err := q.subjects(ctx, q.names.blobs, q.names.chunkSubject+">") // before the values: a new one has its chunks first
	if err != nil {
		return err
	}
	names, err := q.Blobs().List(ctx, "")
	if err != nil {
		return err
	}
	for _, name := range names {
		info, err := objects{q}.info(ctx, name)
		if err == nil {
			delete(chunks, q.names.chunkSubject+info.NUID)
		} else if sadi.CodeOf(err) != sadi.NotFound {
			return err
		}
	}
	for subject := range chunks {
		m, err := q.last(ctx, q.names.blobs, subject)
		if err == nil && time.Since(m.Time) > grace {
			err = q.purge(ctx, q.names.blobs, subject)
		}
		if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
			return err
		}
	}
	return nil
}

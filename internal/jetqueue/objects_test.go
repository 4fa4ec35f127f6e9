package jetqueue

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/blob/blobtest"
)

func TestBlobs(t *testing.T) {
	url := serve(t, t.TempDir(), "").ClientURL()
	blobtest.Run(t, func(t *testing.T) blob.Store {
		_, check, _ := strings.Cut(t.Name(), "/")
		return connect(t, url, Options{Queue: check}).Blobs()
	})
}

// Tools of NATS see a usual object store.
func TestBlobsAreObjects(t *testing.T) {
	ctx := t.Context()
	q := embed(t, t.TempDir(), Options{})
	data, name := blobtest.Data(700<<10, 1)
	if err := q.Blobs().Put(ctx, name, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	store, err := q.js.ObjectStore(ctx, "auto_ml-blobs")
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.GetBytes(ctx, name)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("the object has %d bytes, %v", len(got), err)
	}
	if _, err := store.PutBytes(ctx, "from/outside", data); err != nil {
		t.Fatal(err)
	}
	r, err := q.Blobs().Get(ctx, "from/outside")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
		t.Errorf("an object from outside has %d bytes, %v", len(got), err)
	}
	if err := store.Delete(ctx, "from/outside"); err != nil {
		t.Fatal(err)
	}
	if has, err := q.Blobs().Has(ctx, "from/outside"); err != nil || has {
		t.Errorf("an object that was deleted from outside: %v, %v", has, err)
	}
}

// A chunk that is gone ends the reading with an error, and chunks without a value are removed in time.
func TestBlobDamage(t *testing.T) {
	ctx := t.Context()
	q := embed(t, t.TempDir(), Options{})
	data, name := blobtest.Data(700<<10, 1)
	if err := q.Blobs().Put(ctx, name, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	info, err := objects{q}.info(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	s := q.streams[q.names.blobs]
	m, err := s.GetMsg(ctx, 2, jetstream.WithGetMsgSubject(q.names.chunkSubject+info.NUID))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteMsg(ctx, m.Sequence); err != nil {
		t.Fatal(err)
	}
	r, err := q.Blobs().Get(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); sadi.CodeOf(err) != sadi.Corrupt || len(got) >= len(data) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	if _, err := q.publish(ctx, message(q.names.chunkSubject+"orphan", data[:1000])); err != nil {
		t.Fatal(err)
	}
	if err := q.collectOlder(ctx, putGrace); err != nil {
		t.Fatal(err)
	}
	if all, err := q.subjects(ctx, q.names.blobs, q.names.chunkSubject+">"); err != nil || len(all) != 2 {
		t.Errorf("an upload under way was removed: %v, %v", all, err)
	}
	if err := q.collectOlder(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if all, err := q.subjects(ctx, q.names.blobs, q.names.chunkSubject+">"); err != nil || len(all) != 1 || all[q.names.chunkSubject+info.NUID] == 0 {
		t.Errorf("left are %v, %v", all, err)
	}
}

func TestBlobBound(t *testing.T) {
	q := embed(t, t.TempDir(), Options{BlobBytes: 1 << 20})
	data, name := blobtest.Data(2<<20, 1)
	if err := q.Blobs().Put(t.Context(), name, bytes.NewReader(data)); sadi.CodeOf(err) != sadi.LimitExceeded {
		t.Fatalf("got %v", err)
	}
	small, name := blobtest.Data(900<<10, 2)
	if err := q.Blobs().Put(t.Context(), name, bytes.NewReader(small)); err != nil {
		t.Errorf("what was cut holds its room: %v", err)
	}
}

func BenchmarkBlobs(b *testing.B) {
	q, err := Embed(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer q.Close()
	data, _ := blobtest.Data(32<<20, 1)
	b.Run("put", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if err := q.Blobs().Put(b.Context(), "value", bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("get", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r, err := q.Blobs().Get(b.Context(), "value")
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, r); err != nil || n != int64(len(data)) {
				b.Fatal(n, err)
			}
		}
	})
}

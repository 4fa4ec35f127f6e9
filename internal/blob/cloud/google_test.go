package cloud

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sadi"
	"sadi/internal/blob"
	"sadi/internal/blob/blobtest"
)

// fakeGoogle answers as cloud.google.com/storage/docs/json_api/v1 describes the objects of a bucket.
type fakeGoogle struct {
	mu      sync.Mutex
	objects map[string][]byte
	busy    atomic.Int64 // so many requests are refused first
	damage  atomic.Bool
	deny    atomic.Bool
}

func (f *fakeGoogle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost && f.busy.Add(-1) >= 0 {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	if f.deny.Load() {
		http.Error(w, "no", http.StatusForbidden)
		return
	}
	const list, upload = "/storage/v1/b/bucket/o", "/upload/storage/v1/b/bucket/o"
	switch {
	case r.Method == http.MethodPost && r.URL.Path == upload && r.FormValue("uploadType") == "media":
		data, err := io.ReadAll(r.Body)
		if err != nil { // a request that was cut leaves nothing
			panic(http.ErrAbortHandler)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.objects[r.FormValue("name")] = data
		fmt.Fprint(w, "{}")
	case r.URL.Path == list:
		f.list(w, r)
	case strings.HasPrefix(r.URL.Path, list+"/"):
		f.object(w, r, strings.TrimPrefix(r.URL.Path, list+"/"))
	default:
		http.Error(w, "what?", http.StatusBadRequest)
	}
}

func (f *fakeGoogle) object(w http.ResponseWriter, r *http.Request, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	data, ok := f.objects[name]
	switch {
	case !ok:
		http.Error(w, "no such object", http.StatusNotFound)
	case r.Method == http.MethodDelete:
		delete(f.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case r.FormValue("alt") == "media":
		crc := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
		w.Header().Add("X-Goog-Hash", "md5=x,crc32c="+base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc)))
		if f.damage.Load() {
			data = slices.Clone(data)
			data[len(data)/2] ^= 1
		}
		w.Write(data)
	default:
		json.NewEncoder(w).Encode(map[string]string{"name": name})
	}
}

// list gives two names a page.
func (f *fakeGoogle) list(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	type item struct {
		Name string `json:"name"`
	}
	var page struct {
		Items []item `json:"items,omitempty"`
		Next  string `json:"nextPageToken,omitempty"`
	}
	var names []string
	for name := range f.objects {
		if strings.HasPrefix(name, r.FormValue("prefix")) && name > r.FormValue("pageToken") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		if i == 2 {
			page.Next = names[1]
			break
		}
		page.Items = append(page.Items, item{name})
	}
	json.NewEncoder(w).Encode(page)
}

func fake(t *testing.T) *fakeGoogle {
	t.Helper()
	f := &fakeGoogle{objects: map[string][]byte{}}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	t.Setenv("STORAGE_EMULATOR_HOST", s.URL)
	return f
}

func TestGoogle(t *testing.T) {
	for _, address := range []string{"gs://bucket", "gs://bucket/a/b"} {
		blobtest.Run(t, func(t *testing.T) blob.Store { fake(t); return open(t, address) })
	}
}

func TestGoogleFailures(t *testing.T) {
	f := fake(t)
	s := open(t, "gs://bucket/folder")
	if err := s.Put(t.Context(), "a", strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	if string(f.objects["folder/a"]) != "content" {
		t.Fatalf("the bucket has %v", f.objects)
	}
	f.busy.Store(2)
	if has, err := s.Has(t.Context(), "a"); err != nil || !has {
		t.Errorf("a busy service: %v, %v", has, err)
	}
	f.busy.Store(0)
	f.damage.Store(true)
	r, err := s.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadAll(r); sadi.CodeOf(err) != sadi.Corrupt {
		t.Errorf("damaged bytes: %v", err)
	}
	f.deny.Store(true)
	if _, err := s.Get(t.Context(), "a"); sadi.CodeOf(err) != sadi.Unavailable || !strings.Contains(err.Error(), "credentials") {
		t.Errorf("no permission: %v", err)
	}
	if _, _, err := Open(t.Context(), "gs://bucket?x=1"); sadi.CodeOf(err) != sadi.BadUsage {
		t.Errorf("an option: %v", err)
	}
}

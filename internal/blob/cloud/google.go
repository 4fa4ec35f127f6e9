package cloud

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2/google"

	"sadi"
	"sadi/internal/blob"
)

// googleBucket is a bucket of Google Cloud Storage, over its JSON API. The client of gocloud.dev brings gRPC with it, which is a third
// of the program's size; these five requests need none.
type googleBucket struct {
	client       *http.Client
	base         string // https://storage.googleapis.com, or an emulator's address
	name, prefix string
}

var _ blob.Store = (*googleBucket)(nil)

// openGoogle finds who we are as Google's tools do: the file that GOOGLE_APPLICATION_CREDENTIALS names, the login of gcloud, the
// identity of the machine. STORAGE_EMULATOR_HOST leads to an emulator, which asks nobody.
func openGoogle(ctx context.Context, name, prefix string) (*googleBucket, error) {
	g := &googleBucket{client: http.DefaultClient, name: name, prefix: prefix}
	if host := os.Getenv("STORAGE_EMULATOR_HOST"); host != "" {
		if !strings.Contains(host, "://") {
			host = "http://" + host
		}
		g.base = strings.TrimSuffix(host, "/")
		return g, nil
	}
	g.base = "https://storage.googleapis.com"
	client, err := google.DefaultClient(context.WithoutCancel(ctx), "https://www.googleapis.com/auth/devstorage.read_write")
	if err != nil {
		return nil, sadi.Errorf(sadi.BadUsage, "the store gs://%s can not be opened: %w", name, err).
			Advise("set GOOGLE_APPLICATION_CREDENTIALS, or log in with gcloud auth application-default login")
	}
	g.client = client
	return g, nil
}

func (g *googleBucket) object(name string) string {
	return g.base + "/storage/v1/b/" + url.PathEscape(g.name) + "/o/" + url.PathEscape(g.prefix+name)
}

const attempts = 4 // of a request that may be repeated

// do sends a request; body nil is sent again when the service is busy. A status other than 2xx is an error.
func (g *googleBucket) do(ctx context.Context, method, address, name string, body io.Reader) (*http.Response, error) {
	for n, wait := 1, 200*time.Millisecond; ; n, wait = n+1, 2*wait {
		request, err := http.NewRequestWithContext(ctx, method, address, body)
		if err != nil {
			return nil, sadi.Errorf(sadi.Internal, "a request for the blob %q can not be made: %w", name, err)
		}
		request.Header.Set("Accept-Encoding", "identity") // a checksum is of the bytes that are kept
		if body != nil {
			request.Header.Set("Content-Type", "application/octet-stream")
		}
		r, err := g.client.Do(request)
		if err == nil && r.StatusCode/100 == 2 {
			return r, nil
		}
		status := 0
		if err == nil {
			status = r.StatusCode
			text, _ := io.ReadAll(io.LimitReader(r.Body, 500)) // for the operator; half of it is better than nothing
			r.Body.Close()
			err = fmt.Errorf("%s: %s", r.Status, strings.Join(strings.Fields(string(text)), " "))
		}
		again := body == nil && n < attempts && (status == 0 || status == 429 || status >= 500)
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			return nil, context.Cause(ctx)
		case status == http.StatusNotFound:
			return nil, blob.Unknown(name)
		case status == http.StatusUnauthorized || status == http.StatusForbidden:
			return nil, refused("gs://"+g.name, name, err)
		case !again || ctx.Err() != nil:
			return nil, failed("gs://"+g.name, name, err)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// drop ends a reply whose content does not matter.
func drop(r *http.Response) {
	io.Copy(io.Discard, io.LimitReader(r.Body, 1<<16)) // so that the connection is used again
	r.Body.Close()
}

// Has reports whether the name has a value.
func (g *googleBucket) Has(ctx context.Context, name string) (bool, error) {
	if !blob.Valid(name) {
		return false, blob.BadName(name)
	}
	r, err := g.do(ctx, http.MethodGet, g.object(name)+"?fields=name", name, nil)
	if sadi.CodeOf(err) == sadi.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	drop(r)
	return true, nil
}

// Put keeps what r gives. The service keeps a value when the request has come to its end, and r that fails ends it before.
func (g *googleBucket) Put(ctx context.Context, name string, r io.Reader) error {
	sum, addressed := blob.SHA256(name)
	if has, err := g.Has(ctx, name); err != nil || has && addressed {
		return err
	}
	content := &source{ctx: ctx, r: r}
	if addressed {
		content.r = blob.Check(name, sum, io.NopCloser(r))
	}
	address := g.base + "/upload/storage/v1/b/" + url.PathEscape(g.name) + "/o?uploadType=media&fields=name&name=" + url.QueryEscape(g.prefix+name)
	reply, err := g.do(ctx, http.MethodPost, address, name, content)
	if failure := content.failure(); failure != nil {
		return failure
	}
	if err != nil {
		return err
	}
	drop(reply)
	return nil
}

// Get opens a value. What is read is checked against the service's own checksum, and against the name that is a hash.
func (g *googleBucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	if !blob.Valid(name) {
		return nil, blob.BadName(name)
	}
	r, err := g.do(ctx, http.MethodGet, g.object(name)+"?alt=media", name, nil)
	if err != nil {
		return nil, err
	}
	var c io.ReadCloser = &crcBody{ctx: ctx, name: name, where: "gs://" + g.name, left: r.ContentLength, want: crcOf(r.Header), r: r.Body,
		crc: crc32.New(crc32.MakeTable(crc32.Castagnoli))}
	if sum, ok := blob.SHA256(name); ok {
		c = blob.Check(name, sum, c)
	}
	return c, nil
}

// crcOf is the checksum that the service sends, base64; "" when there is none.
func crcOf(h http.Header) string {
	for _, line := range h.Values("X-Goog-Hash") {
		for part := range strings.SplitSeq(line, ",") {
			if crc, ok := strings.CutPrefix(strings.TrimSpace(part), "crc32c="); ok {
				return crc
			}
		}
	}
	return ""
}

type crcBody struct {
	ctx         context.Context
	name, where string
	left        int64 // -1 from the start = not known
	want        string
	crc         hash.Hash32
	r           io.ReadCloser
}

func (b *crcBody) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.crc.Write(p[:n])
	if b.left >= 0 {
		b.left -= int64(n)
	}
	switch {
	case err == nil:
		return n, nil
	case err == io.EOF && b.left <= 0 && (b.want == "" || b.want == base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, b.crc.Sum32()))):
		return n, io.EOF
	case err == io.EOF:
		return n, blob.Mismatch(b.name)
	case errors.Is(b.ctx.Err(), context.Canceled):
		return n, context.Cause(b.ctx)
	}
	return n, failed(b.where, b.name, err)
}

func (b *crcBody) Close() error { return b.r.Close() }

// Delete forgets a name.
func (g *googleBucket) Delete(ctx context.Context, name string) error {
	if !blob.Valid(name) {
		return blob.BadName(name)
	}
	r, err := g.do(ctx, http.MethodDelete, g.object(name), name, nil)
	if sadi.CodeOf(err) == sadi.NotFound {
		return nil
	}
	if err == nil {
		drop(r)
	}
	return err
}

// List returns the names that begin with the prefix.
func (g *googleBucket) List(ctx context.Context, prefix string) ([]string, error) {
	names := []string{}
	query := url.Values{"prefix": {g.prefix + prefix}, "fields": {"items/name,nextPageToken"}}
	for {
		r, err := g.do(ctx, http.MethodGet, g.base+"/storage/v1/b/"+url.PathEscape(g.name)+"/o?"+query.Encode(), cmp.Or(prefix, "/"), nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Items []struct {
				Name string `json:"name"`
			} `json:"items"`
			Next string `json:"nextPageToken"`
		}
		err = json.NewDecoder(io.LimitReader(r.Body, 16<<20)).Decode(&page)
		drop(r)
		if err != nil {
			return nil, failed("gs://"+g.name, prefix, err)
		}
		for _, i := range page.Items {
			if name := strings.TrimPrefix(i.Name, g.prefix); blob.Valid(name) {
				names = append(names, name)
			}
		}
		if page.Next == "" {
			slices.Sort(names)
			return names, nil
		}
		query.Set("pageToken", page.Next)
	}
}

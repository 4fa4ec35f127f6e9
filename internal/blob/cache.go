package blob

import (
	"container/list"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sadi"
	"sadi/internal/fsx"
)

// Cache is a store with a folder in front of it. Values whose names are their hashes are kept there, up to a bound, and the one
// that was not used for the longest time goes first; all others pass through. Several processes may use one folder; each
// then keeps to the bound by what it knows.
type Cache struct {
	Store // behind it
	dir   *Dir
	bytes int64

	mu      sync.Mutex
	used    int64 // by items and by downloads under way
	items   map[string]*list.Element
	order   *list.List // of *item, the one used last in front
	pending map[string]chan struct{}
	large   map[string]bool // that do not fit
}

type item struct {
	name string
	size int64
}

var _ Store = (*Cache)(nil)

// oldTemp is the age from which on an unfinished file is of a process that is gone.
const oldTemp = 24 * time.Hour

// NewCache makes a cache of up to that many bytes in a folder. What an earlier one left there is used again.
func NewCache(behind Store, folder string, bytes int64) (*Cache, error) {
	if bytes <= 0 {
		return nil, sadi.Errorf(sadi.BadUsage, "a cache of %d bytes is not possible", bytes)
	}
	dir, err := NewDir(folder)
	if err != nil {
		return nil, err
	}
	c := &Cache{Store: behind, dir: dir, bytes: bytes, items: map[string]*list.Element{}, order: list.New(),
		pending: map[string]chan struct{}{}, large: map[string]bool{}}
	return c, c.restore()
}

// restore finds what is in the folder; files tell by their time when they were last used.
func (c *Cache) restore() error {
	type found struct {
		item
		used time.Time
	}
	var all []found
	err := fs.WalkDir(os.DirFS(c.dir.root), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return nil // removed meanwhile
		}
		if _, ok := SHA256(name); ok {
			all = append(all, found{item{name, info.Size()}, info.ModTime()})
		} else if fsx.IsTemp(name) && time.Since(info.ModTime()) > oldTemp {
			os.Remove(filepath.Join(c.dir.root, filepath.FromSlash(name)))
		}
		return nil
	})
	if err != nil {
		return unreadable(c.dir.root, err)
	}
	slices.SortFunc(all, func(a, b found) int { return a.used.Compare(b.used) })
	for _, f := range all {
		c.used += f.size
		c.items[f.name] = c.order.PushFront(&f.item)
	}
	c.reserve(0)
	return nil
}

// Get opens a value, from the folder if it is there.
func (c *Cache) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	if _, ok := SHA256(name); !ok {
		return c.Store.Get(ctx, name)
	}
	for {
		r, err := c.kept(ctx, name)
		if r != nil || err != nil {
			return r, err
		}
		c.mu.Lock()
		if c.large[name] {
			c.mu.Unlock()
			return c.Store.Get(ctx, name)
		}
		other, busy := c.pending[name]
		if !busy {
			c.pending[name] = make(chan struct{})
		}
		c.mu.Unlock()
		if busy {
			select {
			case <-other: // whatever came of it: look again
				continue
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		}
		err = c.download(ctx, name)
		c.mu.Lock()
		close(c.pending[name])
		delete(c.pending, name)
		c.mu.Unlock()
		if err != nil && !errors.Is(err, errNoRoom) {
			return nil, err
		}
	}
}

// Section opens a part of a value, once the whole is in the folder. One that is damaged there is the reader's to find.
func (c *Cache) Section(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	if _, ok := SHA256(name); ok {
		r, err := c.Get(ctx, name) // brings it, or marks it as used
		if err != nil {
			return nil, err
		}
		if _, here := r.(*cached); here {
			r.Close()
			if part, err := c.dir.Section(ctx, name, offset, length); err == nil {
				return part, nil
			}
		} else {
			r.Close()
		}
	}
	return Section(ctx, c.Store, name, offset, length)
}

// kept opens a value of the folder; nil, nil when it is not there.
func (c *Cache) kept(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := c.dir.Get(ctx, name)
	if sadi.CodeOf(err) == sadi.NotFound {
		c.forget(name) // by another process
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.items[name]; e != nil {
		c.order.MoveToFront(e)
	} else if path, err := c.dir.path(name); err == nil { // from another process
		if info, err := os.Stat(path); err == nil {
			c.used += info.Size()
			c.items[name] = c.order.PushFront(&item{name, info.Size()})
		}
	}
	if path, err := c.dir.path(name); err == nil {
		now := time.Now()
		os.Chtimes(path, now, now) // the order is not worth an error
	}
	return &cached{c, name, r}, nil
}

// cached is a value of the folder. One that is damaged is forgotten, so that the next reader gets it anew.
type cached struct {
	c    *Cache
	name string
	io.ReadCloser
}

func (r *cached) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if sadi.CodeOf(err) == sadi.Corrupt {
		r.c.drop(r.name)
	}
	return n, err
}

var errNoRoom = errors.New("the value does not fit into the cache")

// download brings a value into the folder.
func (c *Cache) download(ctx context.Context, name string) error {
	r, err := c.Store.Get(ctx, name)
	if err != nil {
		return err
	}
	defer r.Close()
	m := &metered{c: c, r: r}
	err = c.dir.Put(ctx, name, m)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil && c.items[name] == nil:
		c.items[name] = c.order.PushFront(&item{name, m.n})
	default:
		c.used -= m.n
	}
	if errors.Is(err, errNoRoom) {
		if len(c.large) >= 1000 {
			clear(c.large)
		}
		c.large[name] = true
	}
	return err
}

// metered makes room for what it reads before it reads on.
type metered struct {
	c *Cache
	r io.Reader
	n int64
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if n > 0 {
		if !m.c.reserve(int64(n)) {
			return 0, errNoRoom
		}
		m.n += int64(n)
	}
	return n, err
}

// reserve makes room for n more bytes; false when downloads under way hold all of it.
func (c *Cache) reserve(n int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.order.Back(); e != nil && c.used+n > c.bytes; {
		i := e.Value.(*item)
		older := e.Prev()
		if path, err := c.dir.path(i.name); err == nil {
			if err := os.Remove(path); err == nil || missing(err) { // a system may refuse while somebody reads it
				c.remove(e)
			}
		}
		e = older
	}
	if c.used+n > c.bytes {
		return false
	}
	c.used += n
	return true
}

// remove forgets an item. The caller holds mu.
func (c *Cache) remove(e *list.Element) {
	i := e.Value.(*item)
	c.used -= i.size
	c.order.Remove(e)
	delete(c.items, i.name)
}

// forget drops what is known of a name that is not in the folder.
func (c *Cache) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.items[name]; e != nil {
		c.remove(e)
	}
}

// drop removes a name from the folder.
func (c *Cache) drop(name string) {
	if c.dir.Delete(context.Background(), name) == nil {
		c.forget(name)
	}
}

// Delete forgets a name, here and behind.
func (c *Cache) Delete(ctx context.Context, name string) error {
	if _, ok := SHA256(name); ok {
		c.drop(name)
	}
	return c.Store.Delete(ctx, name)
}

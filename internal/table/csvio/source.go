package csvio

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"sadi"
)

// source is the text of a file: unpacked, bounded, in an encoding whose first 128 characters are ASCII, without byte
// order mark and without NUL bytes.
type source struct {
	path string
	file io.ReadCloser
	size int64 // of the file, in bytes; 0 if unknown or packed

	digest   hash.Hash // of the file as it lies on disk
	bytes    int64     // of the same
	unpacked int64

	packing string // gzip, zstd or ""
	unit    string // UTF-8 with a byte order mark, UTF-16 …; "" = bytes without a mark
	unitWhy string
	nuls    int
	utf16   *utf16Reader
	text    io.Reader
	closers []func()
}

// openSource opens a file, "-" being standard input.
func openSource(path string, opt Options) (*source, error) {
	s := &source{path: path, digest: sha256.New()}
	if path == "-" && opt.FS == nil {
		s.file = io.NopCloser(os.Stdin)
	} else {
		f, err := open(path, opt.FS)
		if err != nil {
			return nil, openError(path, err)
		}
		s.file = f
		info, err := f.Stat()
		if err == nil && info.IsDir() {
			err = sadi.Errorf(sadi.BadUsage, "this is a folder, not a file").At("%s", path).Advise("name a CSV file")
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		s.size = info.Size()
	}
	if err := s.layers(opt.MaxBytes); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func open(path string, in fs.FS) (fs.File, error) {
	if in == nil {
		return os.Open(path)
	}
	return in.Open(path)
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sadi.Errorf(sadi.NotFound, "there is no such file").At("%s", path).Advise("check the path")
	case errors.Is(err, fs.ErrPermission):
		return sadi.Errorf(sadi.Unavailable, "the file may not be read: %w", err).At("%s", path).Advise("change its permissions")
	}
	return sadi.Errorf(sadi.Unavailable, "the file can not be opened: %w", err).At("%s", path)
}

func (s *source) close() {
	for _, f := range s.closers {
		f()
	}
	s.file.Close()
}

// layers puts the readers on top of one another: count and hash, unpack, bound, decode, drop NUL bytes.
func (s *source) layers(maxBytes int64) error {
	var r io.Reader = readerFunc(func(p []byte) (int, error) {
		n, err := s.file.Read(p)
		s.digest.Write(p[:n])
		s.bytes += int64(n)
		return n, err
	})
	start, r, err := peek(r, 512)
	if err != nil {
		return s.readError(err)
	}
	if r, err = s.unpack(r, start); err != nil {
		return s.readError(err)
	}
	r = s.bounded(r, maxBytes)
	if start, r, err = peek(r, 4096); err != nil {
		return s.readError(err)
	}
	if what := foreign(start); what != "" {
		return sadi.Errorf(sadi.BadData, "this is no text but %s", what).At("%s", s.path).Advise("export the table as CSV")
	}
	skip, order := s.mark(start)
	if _, err := io.CopyN(io.Discard, r, int64(skip)); err != nil {
		return s.readError(err)
	}
	if order != nil {
		s.utf16 = &utf16Reader{in: r, order: order}
		r = s.utf16
	}
	s.text = readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		if bytes.IndexByte(p[:n], 0) >= 0 {
			kept := withoutNUL(p[:n])
			s.nuls += n - kept
			n = kept
		}
		return n, err
	})
	return nil
}

type readerFunc func(p []byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// peek reads up to n bytes and gives a reader that reads them again.
func peek(r io.Reader, n int) ([]byte, io.Reader, error) {
	b := make([]byte, n)
	got, err := io.ReadFull(r, b)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, nil, err
	}
	if err == io.ErrUnexpectedEOF && got == 0 {
		return nil, nil, err
	}
	return b[:got], io.MultiReader(bytes.NewReader(b[:got]), r), nil
}

// unpack removes the packing that the first bytes tell.
func (s *source) unpack(r io.Reader, start []byte) (io.Reader, error) {
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		s.packing, s.size = "gzip", 0
		return gzip.NewReader(r)
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		s.packing, s.size = "zstd", 0
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, err
		}
		s.closers = append(s.closers, z.Close)
		return z, nil
	}
	return r, nil
}

// bounded fails once more than limit bytes have been read.
func (s *source) bounded(r io.Reader, limit int64) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		if s.unpacked += int64(n); s.unpacked > limit {
			return 0, sadi.Errorf(sadi.LimitExceeded, "the text of the file is longer than %d bytes", limit).
				At("%s", s.path).Advise("raise the bound or split the file")
		}
		return n, err
	})
}

// mark finds the encoding from a byte order mark, or UTF-16 from where the zero bytes are. It returns how many bytes
// to skip, and the byte order of UTF-16.
func (s *source) mark(start []byte) (skip int, order binary.ByteOrder) {
	switch {
	case bytes.HasPrefix(start, []byte{0xef, 0xbb, 0xbf}):
		s.unit, s.unitWhy = "UTF-8", "the file begins with the UTF-8 byte order mark"
		return 3, nil
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}):
		s.unit, s.unitWhy = "UTF-16LE", "the file begins with the byte order mark FF FE"
		return 2, binary.LittleEndian
	case bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		s.unit, s.unitWhy = "UTF-16BE", "the file begins with the byte order mark FE FF"
		return 2, binary.BigEndian
	}
	var zeros [2]int
	pairs := len(start) / 2
	for i, c := range start[:2*pairs] {
		if c == 0 {
			zeros[i%2]++
		}
	}
	if pairs < 2 {
		return 0, nil
	}
	if zeros[1]*10 > pairs*7 && zeros[0]*20 < pairs {
		s.unit, s.unitWhy = "UTF-16LE", "nearly every second byte is zero, the ones at odd places"
		return 0, binary.LittleEndian
	}
	if zeros[0]*10 > pairs*7 && zeros[1]*20 < pairs {
		s.unit, s.unitWhy = "UTF-16BE", "nearly every second byte is zero, the ones at even places"
		return 0, binary.BigEndian
	}
	return 0, nil
}

// sum is the digest of what was read, which is the whole file once its text has ended.
func (s *source) sum() string { return hex.EncodeToString(s.digest.Sum(nil)) }

// readError makes an error for people of what a reader returned.
func (s *source) readError(err error) error {
	var known *sadi.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case s.packing != "" || errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF):
		return sadi.Errorf(sadi.BadData, "the packed file is damaged or cut off: %w", err).At("%s", s.path).
			Advise("get the file again")
	}
	return sadi.Errorf(sadi.Unavailable, "the file can not be read: %w", err).At("%s", s.path)
}

func withoutNUL(b []byte) int {
	n := 0
	for _, c := range b {
		if c != 0 {
			b[n] = c
			n++
		}
	}
	return n
}

// otherText names what a text is that is no table of cells, and says what to do.
func otherText(head []byte) (what, hint string) {
	start := bytes.ToLower(bytes.TrimLeft(head[:min(len(head), 256)], " \t\r\n"))
	switch {
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")):
		return "a web page", "download the file itself, not the page that shows it"
	case bytes.HasPrefix(start, []byte("<?xml")):
		return "XML", "export the table as CSV"
	case bytes.HasPrefix(start, []byte("{\"")), bytes.HasPrefix(start, []byte("[{")), bytes.HasPrefix(start, []byte("{\n")):
		return "JSON", "export the table as CSV"
	}
	return "", ""
}

// foreign names what a file is that begins with these bytes, if it is a known format that is no text.
func foreign(start []byte) string {
	for _, f := range [...]struct{ magic, name string }{
		{"PK\x03\x04", "a ZIP archive or an Excel workbook"}, {"\xd0\xcf\x11\xe0", "an old Excel workbook"},
		{"PAR1\x15", "a Parquet file"}, {"SQLite format 3\x00", "an SQLite database"}, {"%PDF-", "a PDF document"},
		{"\x89HDF", "an HDF5 file"}, {"\xfd7zXZ\x00", "an xz archive"},
		{"7z\xbc\xaf", "a 7z archive"}, {"\x89PNG", "a picture"}, {"\xff\xd8\xff", "a picture"}, {"GIF89a", "a picture"},
		{"\x7fELF", "a program"}, {"ARROW1\x00", "an Arrow file"}, {"Obj\x01", "an Avro file"},
		{"\xff\xfe\x00\x00", "text in UTF-32"}, {"\x00\x00\xfe\xff", "text in UTF-32"},
	} {
		if bytes.HasPrefix(start, []byte(f.magic)) {
			return f.name
		}
	}
	if len(start) > 10 && bytes.HasPrefix(start, []byte("BZh")) && string(start[4:10]) == "1AY&SY" {
		return "a bzip2 archive"
	}
	return ""
}

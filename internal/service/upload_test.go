package service_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/service"
	"sadi/internal/service/servicetest"
)

func TestUpload(t *testing.T) {
	w := servicetest.New(t, service.Limits{Upload: 100_000, Unpacked: 200_000})
	ctx := t.Context()
	text := servicetest.Sample(50)
	d, err := w.Upload(ctx, "../../Mis ventas 2024.csv", strings.NewReader(text))
	if err != nil || d.Name != "Mis_ventas_2024.csv" || d.Path != "data/incoming/Mis_ventas_2024.csv" || d.Bytes != int64(len(text)) {
		t.Fatalf("got %+v, %v", d, err)
	}
	if again, err := w.Upload(ctx, "Mis ventas 2024.csv", strings.NewReader(text)); err != nil || again != d {
		t.Errorf("the same file again: %+v, %v", again, err)
	}
	if other, err := w.Upload(ctx, "Mis ventas 2024.csv", strings.NewReader(text+"1,Lima,no,01/01/2024,no\n")); err != nil || other.Name == d.Name || !strings.HasSuffix(other.Name, ".csv") {
		t.Errorf("another file of the same name: %+v, %v", other, err)
	}
	p, err := w.Profile(ctx, d.ID, service.Look{})
	if err != nil || p.Profile.Target == nil || p.Profile.Target.Column != "bought" {
		t.Errorf("the profile: %+v, %v", p, err)
	}
	if p, err := w.Profile(ctx, d.ID, service.Look{Target: "age"}); err != nil || p.Profile.Target.Column != "age" {
		t.Errorf("the profile with another target: %+v, %v", p, err)
	}
	_, err = w.Profile(ctx, strings.Repeat("0", 64), service.Look{})
	refused(t, "no such data set", sadi.NotFound, "", err)
	pack := func(n int) *bytes.Buffer {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		for range n {
			io.WriteString(z, "0,0,0,0,0\n")
		}
		z.Close()
		return &b
	}
	if d, err := w.Upload(ctx, "a.csv.gz", pack(1000)); err != nil || d.Name != "a.csv.gz" {
		t.Errorf("a packed file: %+v, %v", d, err)
	}
	whole := pack(1000).Bytes()
	for _, c := range []struct {
		name string
		file string
		body io.Reader
		code sadi.Code
	}{
		{"a bomb", "bomb.csv.gz", pack(1_000_000), sadi.LimitExceeded}, // 10 MB in 20 kB
		{"a bomb under a plain name", "bomb.csv", pack(1_000_000), sadi.LimitExceeded},
		{"too large", "large.csv", strings.NewReader(strings.Repeat("1,2\n", 30_000)), sadi.LimitExceeded},
		{"empty", "empty.csv", strings.NewReader(""), sadi.BadData},
		{"a program", "run.exe", strings.NewReader("MZ"), sadi.BadUsage},
		{"broken off", "cut.csv.gz", bytes.NewReader(whole[:len(whole)/2]), sadi.BadData},
	} {
		if _, err := w.Upload(ctx, c.file, c.body); sadi.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want code %s", c.name, err, c.code)
		}
	}
	left, err := os.ReadDir(filepath.Join(w.Root, "incoming"))
	if err != nil || len(left) != 4 {
		t.Errorf("%d files are left (%v), want 4: %v", len(left), err, left)
	}
}

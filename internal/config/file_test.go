package config

import (
	"errors"
	"testing"

	"sadi"
)

func FuzzParseFile(f *testing.F) {
	for _, s := range []string{"", "listen: 127.0.0.1:8000\n", "slots: 1\nslots: 2", "a: &x [1]\nb: *x", "---\n", "? {a: b}\n: c", "!!binary x", "max_rows: 0x1F", "\xff\xfe", "listen:\n  - a", "<<: *a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		values, err := parseFile("f", text)
		var e *sadi.Error
		if err != nil && (!errors.As(err, &e) || e.Code != sadi.BadUsage || e.Where == "") {
			t.Errorf("an error that is not for people: %v", err)
		}
		for name, v := range values {
			if v.origin == "" || name == fileSetting {
				t.Errorf("%s: %+v", name, v)
			}
		}
	})
}

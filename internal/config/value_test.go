package config

import "testing"

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "17": 17, "5kb": 5000, "1.5 MB": 1_500_000, "4GiB": 4 << 30, " 2g ": 2e9, "1TiB": 1 << 40, "64 mib": 64 << 20} {
		if got, ok := ParseBytes(text); !ok || got != want {
			t.Errorf("%q: got %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "GB", "-1", "nan", "inf", "1e30", "1 parsec", "1,5GB", "9e18TB", "1 2"} {
		if got, ok := ParseBytes(text); ok {
			t.Errorf("%q: got %d", text, got)
		}
	}
}

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{"": "", "nats://a:4222": "nats://a:4222", "nats://u:p@a": "nats://********@a",
		"nats://t@a,tls://u:p@x@b:1": "nats://********@a,tls://********@b:1", "a@b": "a@b", "://": "://"} {
		if got := Redact(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

package config

import (
	"log/slog"
	"math"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sadi/internal/mlflow"
)

// value reads the text of a setting into the field that it belongs to.
type value interface {
	set(text string) bool // false: the text is not legal, and the field is as it was
	noun() string         // what stands for the value in the help of a flag
	form() string         // what is legal, to stand after "use …"
}

// reader is a value that a function reads.
type reader struct {
	kind, legal string
	read        func(text string) bool
}

func (r reader) set(text string) bool { return r.read(text) }
func (r reader) noun() string         { return r.kind }
func (r reader) form() string         { return r.legal }

// keep is a reader of texts that hold to a rule.
func keep[T ~string](p *T, kind, legal string, ok func(string) bool) value {
	return reader{kind, legal, func(text string) bool {
		if !ok(text) {
			return false
		}
		*p = T(text)
		return true
	}}
}

// optional lets a value be absent as well.
func optional(v value) value {
	return reader{v.noun(), v.form(), func(text string) bool { return text == "" || v.set(text) }}
}

// auto lets a number be found by looking at the machine.
func auto(n number, find func() int64) value {
	return reader{n.noun(), n.form() + ", or auto", func(text string) bool {
		if text != "auto" {
			return n.set(text)
		}
		n.store(find())
		return true
	}}
}

// number is a whole number within bounds.
type number struct {
	lo, hi      int64
	kind, legal string
	parse       func(text string) (int64, bool)
	store       func(int64)
}

func (n number) noun() string { return n.kind }

func (n number) form() string { return n.legal }

func (n number) set(text string) bool {
	v, ok := n.parse(text)
	if !ok || v < n.lo || v > n.hi {
		return false
	}
	n.store(v)
	return true
}

func count(p *int, lo, hi int) number {
	parse := func(text string) (int64, bool) {
		v, err := strconv.ParseInt(text, 10, 64)
		return v, err == nil
	}
	legal := "a whole number from " + strconv.Itoa(lo) + " to " + strconv.Itoa(hi)
	return number{int64(lo), int64(hi), "n", legal, parse, func(v int64) { *p = int(v) }}
}

func size(p *int64, least int64) number {
	legal := "a size such as 500MB or 4GiB"
	if least >= 1<<20 {
		legal = "a size from " + strconv.FormatInt(least>>20, 10) + "MiB up, such as 4GB"
	}
	return number{least, 1 << 60, "size", legal, ParseBytes, func(v int64) { *p = v }}
}

func duration(p *time.Duration, least time.Duration) value {
	return reader{"duration", "a duration such as 30s or 5m", func(text string) bool {
		d, err := time.ParseDuration(text)
		if err != nil || d < least || d > 30*24*time.Hour {
			return false
		}
		*p = d
		return true
	}}
}

// boolean is a value whose flag needs no text.
type boolean struct{ reader }

func toggle(p *bool) value {
	return boolean{reader{"bool", "true or false", func(text string) bool {
		switch strings.ToLower(text) {
		case "true", "yes", "on", "1":
			*p = true
		case "false", "no", "off", "0":
			*p = false
		default:
			return false
		}
		return true
	}}}
}

func choice(p *string, words ...string) value {
	return reader{strings.Join(words, "|"), strings.Join(words, " or "), func(text string) bool {
		for _, w := range words {
			if strings.EqualFold(text, w) {
				*p = w
				return true
			}
		}
		return false
	}}
}

// level reads slog's levels, and the words that Python's logging has for them.
func level(p *slog.Level) value {
	words := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "warning": slog.LevelWarn,
		"error": slog.LevelError, "critical": slog.LevelError, "fatal": slog.LevelError}
	return reader{"level", "debug, info, warn or error", func(text string) bool {
		l, ok := words[strings.ToLower(text)]
		if ok {
			*p = l
		}
		return ok
	}}
}

func address(p *string) value {
	return keep(p, "host:port", "HOST:PORT, such as 127.0.0.1:8000, or :8000 for every interface", func(text string) bool {
		host, port, err := net.SplitHostPort(text)
		if err != nil || strings.ContainsFunc(host, func(r rune) bool { return unicode.IsSpace(r) || r == '/' }) {
			return false
		}
		n, err := strconv.ParseUint(port, 10, 16)
		return err == nil && strconv.FormatUint(n, 10) == port
	})
}

// name is a queue's name: it becomes part of the names of streams and subjects.
func name(p *string) value {
	return keep(p, "name", "up to 32 letters, digits, _ and -", func(text string) bool {
		return text != "" && len(text) <= 32 && !strings.ContainsFunc(text, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
		})
	})
}

func printable(text string) bool { return !strings.ContainsFunc(text, unicode.IsControl) }

func line[T ~string](p *T) value { return keep(p, "text", "one line of text", printable) }

func path(p *string) value {
	return keep(p, "folder", "a folder", func(text string) bool { return text != "" && printable(text) })
}

// file is a path that has to exist; whether it does is looked up when all settings are known.
func file(p *string) value { return keep(p, "file", "a file", printable) }

func natsURL(p *string) value {
	return keep(p, "url", "nats://HOST:4222 (or tls://, ws://, wss://), several separated by commas", func(text string) bool {
		if text == "" {
			return true
		}
		for server := range strings.SplitSeq(text, ",") {
			if !hasHost(strings.TrimSpace(server), "nats", "tls", "ws", "wss") {
				return false
			}
		}
		return true
	})
}

func webURL(p *string) value {
	return keep(p, "url", "http://HOST:PORT or https://HOST", func(text string) bool { return text == "" || hasHost(text, "http", "https") })
}

// trackingURI is what MLflow takes for one, as far as a program without Python can: a server or a folder.
func trackingURI(p *string) value {
	return keep(p, "uri", "http://HOST:PORT, https://HOST, file:///FOLDER, a folder, or none", func(text string) bool {
		scheme, _, ok := strings.Cut(text, ":")
		switch {
		case !printable(text):
			return false
		case !ok || len(scheme) == 1: // a folder, on Windows with its drive
			return text != "databricks" && text != "databricks-uc"
		case scheme == "file":
			u, err := url.Parse(text)
			return err == nil && (u.Host == "" || u.Host == "localhost")
		}
		return hasHost(text, "http", "https")
	})
}

func experiment(p *string) value {
	return keep(p, "name", "up to 500 characters in one line", func(text string) bool { return text != "" && mlflow.CheckExperiment(text) == nil })
}

func storeURL(p *string) value {
	return keep(p, "url", "s3://BUCKET, gs://BUCKET, azblob://CONTAINER or file:///FOLDER", func(text string) bool {
		if text == "" || hasHost(text, "s3", "gs", "azblob") {
			return true
		}
		u, err := url.Parse(text)
		return err == nil && u.Scheme == "file" && u.Host == "" && strings.HasPrefix(u.Path, "/") && filepath.ToSlash(u.Path) != "/"
	})
}

func hasHost(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return false
	}
	for _, s := range schemes {
		if u.Scheme == s {
			return true
		}
	}
	return false
}

// ParseBytes reads a size such as 512MB (decimal) or 4GiB (binary); a number alone is bytes.
func ParseBytes(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	digits := strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsLetter(r) || r == ' ' })
	scale, ok := map[string]float64{"": 1, "b": 1, "k": 1e3, "kb": 1e3, "kib": 1 << 10, "m": 1e6, "mb": 1e6, "mib": 1 << 20,
		"g": 1e9, "gb": 1e9, "gib": 1 << 30, "t": 1e12, "tb": 1e12, "tib": 1 << 40}[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	n, err := strconv.ParseFloat(digits, 64)
	if bytes := math.Round(n * scale); ok && err == nil && bytes >= 0 && bytes <= 1<<60 {
		return int64(bytes), true
	}
	return 0, false
}

// Redact hides the user and the password of URLs, for what is printed or logged.
func Redact(urls string) string {
	parts := strings.Split(urls, ",")
	for i, p := range parts {
		scheme, rest, ok := strings.Cut(p, "://")
		if at := strings.LastIndexByte(rest, '@'); ok && at >= 0 {
			parts[i] = scheme + "://" + mask + rest[at:]
		}
	}
	return strings.Join(parts, ",")
}

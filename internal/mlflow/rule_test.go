package mlflow

import (
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// legal is the rule of MLflow's servers, as docs and refusals tell it; \w is Python's.
var legal = regexp.MustCompile(`^[/\p{L}\p{N}_.\- :]*$`)

func checkKey(t *testing.T, text, key string) {
	t.Helper()
	if key == "" || !utf8.ValidString(key) || utf8.RuneCountInString(key) > 250 || !legal.MatchString(key) || path.Clean(key) != key || key == "." ||
		strings.HasPrefix(key, "..") || strings.HasPrefix(key, "/") {
		t.Errorf("%q becomes %q, which no server takes", text, key)
	}
}

func TestKeys(t *testing.T) {
	for text, want := range map[string]string{"max_depth": "max_depth", "a/b c-d.e": "a/b c-d.e", "é名": "é名", "a(b)%,@=+[0]": "a_b_______0_", "a:b": "a_b", "": "_", ".": "_",
		"..": "_.", "../x": "_._x", "/abs": "_abs", "a//b": "a__b", "a/./b": "a_._b", "a/": "a_", "a\nb": "a_b", ".hidden": "_hidden", "é//b": "é__b", "\xff": "_", " ": " ",
		"a\\b": "a_b", strings.Repeat("é", 300): strings.Repeat("é", 250)} {
		got := Key(text)
		if got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		checkKey(t, text, got)
	}
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"a/b", "../../x", "a/../b", "\x00", "/", "a/b/", "é/.", "名/../", strings.Repeat("a/", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key := Key(text)
		checkKey(t, text, key)
		if again := Key(key); again != key {
			t.Errorf("%q becomes %q, and that %q", text, key, again)
		}
	})
}

func TestCleanKeepsToTheBounds(t *testing.T) {
	var b Batch
	for range 2300 {
		b.Metrics = append(b.Metrics, Metric{Key: "m"})
	}
	for i := range 350 {
		b.Params = append(b.Params, Pair{strings.Repeat("p", 1+i%200) + string(rune('a'+i%26)), strings.Repeat("é", 7000)})
		b.Tags = append(b.Tags, Pair{strings.Repeat("t", 1+i), "v"})
	}
	metrics, params := 0, map[string]bool{}
	for _, part := range Clean(b) {
		if len(part.Metrics) > 1000 || len(part.Params) > 100 || len(part.Tags) > 100 || len(part.Metrics)+len(part.Params)+len(part.Tags) > 1000 {
			t.Errorf("%d metrics, %d parameters and %d tags at once", len(part.Metrics), len(part.Params), len(part.Tags))
		}
		size := 0
		for _, p := range part.Params {
			if params[p.Key] {
				t.Errorf("%s comes twice", p.Key)
			}
			params[p.Key] = true
			size += len(p.Value)
			if utf8.RuneCountInString(p.Value) != 6000 {
				t.Errorf("%s has %d characters", p.Key, utf8.RuneCountInString(p.Value))
			}
		}
		if size > 1_000_000 {
			t.Errorf("%d bytes at once", size)
		}
		metrics += len(part.Metrics)
	}
	if metrics != 2300 || len(params) == 0 {
		t.Errorf("%d metrics and %d parameters are left", metrics, len(params))
	}
	if got := Clean(Batch{}); got != nil {
		t.Errorf("nothing becomes %v", got)
	}
}

func TestNamesThatPeopleGive(t *testing.T) {
	for name, ok := range map[string]bool{"": true, "SADI/auto_ml": true, "ventas ñ": true, " x": false, "a\nb": false, strings.Repeat("x", 500): true, strings.Repeat("x", 501): false} {
		if err := CheckExperiment(name); (err == nil) != ok {
			t.Errorf("experiment %.20q: %v", name, err)
		}
	}
	for name, ok := range map[string]bool{"": true, "ventas 2024": true, "a/b": false, "a:b": false, "..": false, ".x": false, `a\b`: false, "it's": false, "x ": false, strings.Repeat("x", 251): false} {
		if err := CheckModel(name); (err == nil) != ok {
			t.Errorf("model %.20q: %v", name, err)
		}
	}
}

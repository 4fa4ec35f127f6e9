package deploy_test

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// unit reads a file of systemd: the values of each key, in order.
func unit(t *testing.T, path string) map[string][]string {
	t.Helper()
	values := map[string][]string{}
	for line := range strings.Lines(text(t, path)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && line[0] != '#' {
			values[key] = append(values[key], value)
		}
	}
	return values
}

func TestSystemd(t *testing.T) {
	for name, queue := range map[string]map[string]string{"sadi": {}, "sadi-worker": {"SADI_NATS": "nats://nats:4222"}} {
		u := unit(t, "systemd/"+name+".service")
		env := queue
		for _, line := range u["Environment"] {
			for pair := range strings.FieldsSeq(line) {
				variable, value, _ := strings.Cut(pair, "=")
				env[variable] = value
			}
		}
		start := strings.Fields(strings.Join(u["ExecStart"], " "))
		if len(start) < 2 || start[0] != "/usr/local/bin/sadi" {
			t.Fatalf("%s starts %q", name, start)
		}
		c := settings(t, name, start[1:], env)
		if state := "/var/lib/" + strings.Join(u["StateDirectory"], ""); c.Data != state {
			t.Errorf("%s keeps its data in %s and may write to %s", name, c.Data, state)
		}
		if s, err := strconv.Atoi(strings.Join(u["TimeoutStopSec"], "")); err != nil || time.Duration(s)*time.Second <= c.Grace {
			t.Errorf("%s is killed after %q s, within the grace of %s", name, u["TimeoutStopSec"], c.Grace)
		}
		if user := strings.Join(u["User"], ""); user == "" || user == "root" {
			t.Errorf("%s runs as %q", name, user)
		}
	}
}

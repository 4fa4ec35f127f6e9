// Package quiet waits until the machine has nothing else to do, for what is measured beside other work is a guess.
package quiet

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// limit is the part of the processors' time that others may take on a quiet machine.
const limit = 0.05

// Wait returns once the processors were idle for two seconds, or after atMost, and says on standard error what it waits for. It
// returns at once where the system does not tell (anywhere but Linux).
func Wait(atMost time.Duration) {
	until := time.Now().Add(atMost)
	told := false
	for {
		before, ok := read()
		if !ok {
			return
		}
		time.Sleep(2 * time.Second)
		after, _ := read()
		busy := after.share(before)
		switch {
		case busy <= limit:
			return
		case time.Now().After(until):
			fmt.Fprintf(os.Stderr, "the machine is not quiet (others take %.0f %% of it): the figures are a guess\n", 100*busy)
			return
		case !told:
			fmt.Fprintf(os.Stderr, "waiting up to %s for a quiet machine: others take %.0f %% of it\n", atMost, 100*busy)
			told = true
		}
	}
}

// ticks are the processors' times since the start of the system.
type ticks struct{ idle, all float64 }

// share is the part of the time since before that was not idle.
func (t ticks) share(before ticks) float64 {
	if t.all <= before.all {
		return 0
	}
	return 1 - (t.idle-before.idle)/(t.all-before.all)
}

func read() (ticks, bool) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return ticks{}, false
	}
	return parse(string(text))
}

// parse reads the line of all processors: user, nice, system, idle, iowait, irq, softirq, steal, … (proc(5)).
func parse(text string) (t ticks, ok bool) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 6 || fields[0] != "cpu" {
		return t, false
	}
	for i, f := range fields[1:min(len(fields), 9)] { // what guests take is in user and nice already
		var v float64
		if _, err := fmt.Sscan(f, &v); err != nil {
			return t, false
		}
		t.all += v
		if i == 3 || i == 4 {
			t.idle += v
		}
	}
	return t, true
}

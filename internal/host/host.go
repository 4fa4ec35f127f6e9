// Package host tells what the machine, or the cgroup that confines us, allows.
package host

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Cores is the number of cores that may be used; the Go runtime reads the cgroup's quota and the affinity mask.
func Cores() int { return cores }

var cores = runtime.GOMAXPROCS(0)

// Memory is the bytes of memory that may be used: the smallest of the cgroup's limits and the machine's memory; 0 where
// neither can be read.
func Memory() int64 {
	least := machineMemory()
	for _, limit := range cgroupLimits() {
		if limit > 0 && (least == 0 || limit < least) {
			least = limit
		}
	}
	return least
}

// cgroupLimits reads the limits of our cgroup and of those above it, version 2 or 1.
func cgroupLimits() []int64 {
	limits := []int64{readBytes("/sys/fs/cgroup/memory/memory.limit_in_bytes")}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return append(limits, readBytes("/sys/fs/cgroup/memory.max"))
	}
	for line := range strings.Lines(string(own)) {
		path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !ok {
			continue
		}
		for {
			limits = append(limits, readBytes("/sys/fs/cgroup"+path+"/memory.max"))
			i := strings.LastIndexByte(path, '/')
			if i < 0 {
				break
			}
			path = path[:i]
		}
	}
	return limits
}

// readBytes reads a file that holds a number of bytes; 0 where there is none or it says "max".
func readBytes(path string) int64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil || n >= 1<<60 { // version 1 writes a huge number for "no limit"
		return 0
	}
	return n
}

func machineMemory() int64 { return procKilobytes("/proc/meminfo", "MemTotal:") }

// PeakMemory is the most memory that this process has held, in bytes; 0 where it can not be read.
func PeakMemory() int64 { return procKilobytes("/proc/self/status", "VmHWM:") }

// procKilobytes reads a line such as "MemTotal:  16318412 kB".
func procKilobytes(path, key string) int64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			if f := strings.Fields(rest); len(f) == 2 && f[1] == "kB" {
				n, _ := strconv.ParseInt(f[0], 10, 64) // a line of another form counts as unknown
				return n << 10
			}
		}
	}
	return 0
}

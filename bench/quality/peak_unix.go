//go:build unix

package main

import (
	"os/exec"
	"runtime"
	"syscall"
)

// peakMegabytes is the most memory that a finished process held.
func peakMegabytes(c *exec.Cmd) int64 {
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // bytes there, kilobytes elsewhere
		return usage.Maxrss >> 20
	}
	return usage.Maxrss >> 10
}

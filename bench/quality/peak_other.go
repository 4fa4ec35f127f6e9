//go:build !unix

package main

import "os/exec"

// peakMegabytes is not known on this system.
func peakMegabytes(*exec.Cmd) int64 { return 0 }

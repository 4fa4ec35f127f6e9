//go:build unix

package host

import (
	"os"
	"runtime"
	"syscall"
)

// PeakOf is the most memory that an ended process has held, in bytes; 0 where the system does not tell.
func PeakOf(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin": // bytes there, kilobytes elsewhere
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}

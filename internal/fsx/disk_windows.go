package fsx

import (
	"errors"
	"syscall"
)

// System errors of Windows that package syscall does not name.
const (
	errorHandleDiskFull    = syscall.Errno(39)
	errorDiskFull          = syscall.Errno(112)
	errorDiskQuotaExceeded = syscall.Errno(1295)
)

func diskFull(err error) bool {
	return errors.Is(err, errorDiskFull) || errors.Is(err, errorHandleDiskFull) || errors.Is(err, errorDiskQuotaExceeded)
}

// syncDir has nothing to do: NTFS journals a rename, and a folder can not be synced.
func syncDir(string) error { return nil }

//go:build !unix

package host

import "os"

// PeakOf is the most memory that an ended process has held, in bytes; 0 where the system does not tell.
func PeakOf(*os.ProcessState) int64 { return 0 }

package tree

import (
	"syscall"
	"unsafe"
)

// onHugePages asks for pages of 2 MB behind a slice that was just made and not yet written: rows far apart, as a small
// node has them, then share an entry of the processor's table of pages. It is a wish; nothing depends on it.
func onHugePages[T any](s []T) []T {
	const page, advice = 2 << 20, 14 // MADV_HUGEPAGE
	size := uintptr(len(s)) * unsafe.Sizeof(*new(T))
	if size < 2*page {
		return s
	}
	start := unsafe.Pointer(unsafe.SliceData(s))
	skip := -uintptr(start) % page
	if bytes := (size - skip) / page * page; bytes > 0 {
		_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Add(start, skip)), bytes), advice)
	}
	return s
}

//go:build amd64 && !purego

package isa

import "golang.org/x/sys/cpu"

// Package cpu asks the system as well as the processor: registers that a system does not save may not be used.
var best = func() Level {
	x := &cpu.X86
	switch {
	case !x.HasAVX2:
		return Portable
	case x.HasAVX512 && x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL:
		return AVX512
	default:
		return AVX2
	}
}()

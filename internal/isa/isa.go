// Package isa says which instruction sets the kernels in assembly may use on this machine.
//
// A kernel gives the same bits with each of them, so the choice shows in the time alone. Of those that a kernel is
// written for, it takes the best that the machine has, as tests do with [Usable] for each.
package isa

// Level is a set of instructions; a higher one contains the lower ones.
type Level uint8

// The levels, of which all but the first are for amd64.
const (
	Portable Level = iota // what the Go compiler makes
	AVX2                  // 256-bit vectors
	AVX512                // 512-bit vectors and masks: the extensions F, BW, DQ and VL
)

func (l Level) String() string { return [...]string{"portable", "avx2", "avx512"}[l] }

// Best is the highest level that this machine has. GODEBUG=cpu.avx512f=off and cpu.avx2=off lower it; with the build tag
// purego it is Portable.
func Best() Level { return best }

// Usable are the levels that this machine has, ascending.
func Usable() []Level {
	var all []Level
	for l := Portable; l <= best; l++ {
		all = append(all, l)
	}
	return all
}

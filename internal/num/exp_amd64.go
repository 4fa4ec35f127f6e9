//go:build amd64 && !purego

package num

import "golang.org/x/sys/cpu"

// assembly says whether the processor has AVX2, which the assembly of this package uses. Results do not depend on it.
// GODEBUG=cpu.avx2=off and the build tag purego do without.
var assembly = cpu.X86.HasAVX2

// expAVX2 is Exp for n numbers, a multiple of 4.
//
//go:noescape
func expAVX2(dst, x *float64, n int)

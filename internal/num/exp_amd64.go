//go:build amd64 && !purego

package num

// expAVX2 is Exp for n numbers, a multiple of 4.
//
//go:noescape
func expAVX2(dst, x *float64, n int)

// expAVX512 is Exp for n numbers, at least one. It takes less than half the instructions for a number; the time that saves has
// not been measured.
//
//go:noescape
func expAVX512(dst, x *float64, n int)

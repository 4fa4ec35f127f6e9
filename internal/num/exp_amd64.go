//go:build amd64 && !purego

package num

// expAVX2 is Exp for n numbers, a multiple of 4.
//
//go:noescape
func expAVX2(dst, x *float64, n int)

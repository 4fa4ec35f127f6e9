//go:build !amd64 || purego

package num

func expAVX2(dst, x *float64, n int) { panic("num: no assembly on this machine") }

//go:build !amd64 || purego

package gemm

func tileAVX2(*float32, int, *float32, int, int, *float32, int, float32) {
	panic("gemm: there is no assembly for this machine")
}

//go:build amd64 && !purego

package gemm

// tileAVX2 is tileGo; inner is at least 1.
//
//go:noescape
func tileAVX2(c *float32, step int, a *float32, rowStep, colStep int, panel *float32, inner int, factor float32)

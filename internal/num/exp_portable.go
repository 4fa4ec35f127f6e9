//go:build !amd64 || purego

package num

const noAssembly = "num: there is no assembly for this machine"

func expAVX2(_, _ *float64, _ int)   { panic(noAssembly) }
func expAVX512(_, _ *float64, _ int) { panic(noAssembly) }

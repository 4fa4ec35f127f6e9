//go:build !amd64 || purego

package num

func subtractFourAVX2(_, _, _, _, _, _ *float64, _ int)                  { panic(noAssembly) }
func addSquaresFourAVX2(_, _, _, _, _, _ *float64, _ int)                { panic(noAssembly) }
func addSquaresFour32AVX2(_, _ *float64, _, _, _, _ *float32, _ int)     { panic(noAssembly) }
func addDifferencesFour32AVX2(_, _ *float64, _, _, _, _ *float32, _ int) { panic(noAssembly) }

//go:build !amd64 || purego

package tree

const noAssembly = "tree: there is no assembly for this machine"

func accumulateAVX2(*int64, *uint8, int, *uint32, int, *int64) { panic(noAssembly) }
func subtractAVX2(_, _ *int64, _ int)                          { panic(noAssembly) }
func prefixAVX2(_, _ *int64, _ int)                            { panic(noAssembly) }
func highestAVX2(*int64, int, *scanner) float64                { panic(noAssembly) }
func candidateAVX2(*int64, int, *scanner) int                  { panic(noAssembly) }
func subtractAVX512(_, _ *int64, _ int)                        { panic(noAssembly) }
func prefixAVX512(_, _ *int64, _ int)                          { panic(noAssembly) }
func highestAVX512(*int64, int, *scanner) float64              { panic(noAssembly) }
func candidateAVX512(*int64, int, *scanner) int                { panic(noAssembly) }
func partAVX2(_, _, _ *uint32, _ int, _ *uint8, _ *[256]uint8, _ *[256][8]uint8) int {
	panic(noAssembly)
}
func partAVX512(_, _, _ *uint32, _ int, _ *uint8, _ *[256]uint8) int { panic(noAssembly) }

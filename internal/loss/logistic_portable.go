//go:build !amd64 || purego

package loss

const noAssembly = "loss: there is no assembly for this machine"

func logisticAVX2(_, _ *float32, _, _, _ *float64, _ int)   { panic(noAssembly) }
func logisticAVX512(_, _ *float32, _, _, _ *float64, _ int) { panic(noAssembly) }

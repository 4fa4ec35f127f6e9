//go:build !amd64 || purego

package mlp

const noAssembly = "mlp: there is no assembly for this machine"

func seluAVX2(_, _, _ *float32, _ int)                 { panic(noAssembly) }
func mishAVX2(_, _, _ *float32, _ int)                 { panic(noAssembly) }
func turnsAVX2(_, _, _ *float32, _ int)                { panic(noAssembly) }
func adamAVX2(_, _, _, _ *float32, _ int, _ *adamStep) { panic(noAssembly) }

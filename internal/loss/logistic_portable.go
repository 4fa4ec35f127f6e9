//go:build !amd64 || purego

package loss

func logisticAVX2(_, _ *float32, _, _, _ *float64, _ int) {
	panic("loss: there is no assembly for this machine")
}

//go:build !amd64 || purego

package svm

func multiplyAVX2(_ *[lanes]float64, _, _ *float64, _ int) {
	panic("svm: there is no assembly for this machine")
}

//go:build amd64 && !purego

package svm

// multiplyAVX2 is multiplyGo for d features, at least one.
//
//go:noescape
func multiplyAVX2(dst *[lanes]float64, x, panel *float64, d int)

//go:build amd64 && !purego

package mlp

// seluAVX2 is activation.apply of selu for n numbers of a row, a multiple of 8.
//
//go:noescape
func seluAVX2(z, slope, bias *float32, n int)

// mishAVX2 is activation.apply of mish for n numbers of a row, a multiple of 8.
//
//go:noescape
func mishAVX2(z, slope, bias *float32, n int)

// turnsAVX2 is turns for n numbers, a multiple of 8.
//
//go:noescape
func turnsAVX2(cos, sin, t *float32, n int)

// adamAVX2 is adamStep.move for n parameters, a multiple of 8.
//
//go:noescape
func adamAVX2(w, by, m, v *float32, n int, s *adamStep)

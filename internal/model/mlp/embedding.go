package mlp

import (
	"math"

	"sadi/internal/gemm"
)

// The embedding of a number x is x itself and a few sums of waves of it, learned for each input (PBLD: periodic with bias,
// linear, dense connection; Gorishniy et al. 2022, Holzmüller et al. 2024):
//
//	x ↦ (x, C·cos(2π(f·x + φ)) + c)
//
// with the frequencies f and phases φ, in turns. Inputs that are not embedded follow behind as they are.

// embed fills plain with the embedded rows of x.
func (p *pass) embed(w, x []float32) {
	rows, in, wide := p.rows, p.Inputs, p.embedded()
	for i := range rows {
		row, from := p.plain[i*wide:(i+1)*wide], x[i*in:(i+1)*in]
		for j, v := range from[:p.Embedded] {
			row[j*(1+learned)] = v
		}
		copy(row[p.Embedded*(1+learned):], from[p.Embedded:])
	}
	for j := range p.Embedded {
		lo, hi := j*rows*waves, (j+1)*rows*waves
		frequency, phase := (*[waves]float32)(w[p.frequency+j*waves:]), (*[waves]float32)(w[p.phase+j*waves:])
		for i := range rows {
			angles, v := (*[waves]float32)(p.angles[lo+i*waves:]), x[i*in+j]
			for k := range angles {
				angles[k] = float32(frequency[k]*v) + phase[k]
			}
		}
		turns(p.cos[lo:hi], p.sin[lo:hi], p.angles[lo:hi])
		mixed := gemm.Of(p.mixed, rows, learned)
		gemm.Mul(mixed, gemm.Of(p.cos[lo:hi], rows, waves), p.mixer(w, j), 1, &p.work)
		offset := (*[learned]float32)(w[p.offset+j*learned:])
		for i := range rows {
			to, from := p.plain[i*wide+j*(1+learned)+1:], mixed.Data[i*learned:]
			for k, v := range offset {
				to[k] = from[k] + v
			}
		}
	}
}

// mixer is C of input j, transposed.
func (p *pass) mixer(w []float32, j int) gemm.Matrix {
	return gemm.Of(w[p.mix+j*waves*learned:], waves, learned)
}

// embeddingGradient writes the gradient by the parameters of the embedding; back[0] has that by the embedded rows.
func (p *pass) embeddingGradient(g, w, x []float32) {
	rows, in, wide := p.rows, p.Inputs, p.embedded()
	for j := range p.Embedded {
		lo, hi := j*rows*waves, (j+1)*rows*waves
		back := gemm.Of(p.mixed, rows, learned)
		for i := range rows {
			copy(back.Data[i*learned:][:learned], p.back[0][i*wide+j*(1+learned)+1:])
		}
		sumRows(g[p.offset+j*learned:][:learned], back.Data)
		gemm.Mul(p.mixer(g, j), gemm.Of(p.cos[lo:hi], rows, waves).T(), back, 1, &p.work)
		by := gemm.Of(p.angles[lo:hi], rows, waves)
		gemm.Mul(by, back, p.mixer(w, j).T(), -2*math.Pi, &p.work)
		frequency, phase := (*[waves]float32)(g[p.frequency+j*waves:]), (*[waves]float32)(g[p.phase+j*waves:])
		clear(frequency[:])
		clear(phase[:])
		for i := range rows {
			angles, sin, v := (*[waves]float32)(by.Data[i*waves:]), (*[waves]float32)(p.sin[lo+i*waves:]), x[i*in+j]
			for k := range angles {
				t := float32(angles[k] * sin[k])
				phase[k] += t
				frequency[k] += float32(t * v)
			}
		}
	}
}

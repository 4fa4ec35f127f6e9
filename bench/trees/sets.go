package main

import (
	"math"
	"math/rand/v2"

	"sadi"
	"sadi/internal/rng"
)

// generated are the sets without a file, at a share of their full size.
func generated(scale float64) []source {
	boosts := []string{"depth6", "leaves63", "leaves255"}
	size := func(full int) int { return int(float64(full) * scale) }
	binary := func(n, d int, row func(r *rand.Rand, x []float32) float64) func(seed uint64) draw {
		return func(seed uint64) draw {
			return generate(seed, n, d, draw{Problem: sadi.Binary, Classes: 2}, func(r *rand.Rand, x []float32) float32 {
				if z := row(r, x); r.Float64() < 1/(1+math.Exp(-z)) {
					return 1
				}
				return 0
			})
		}
	}
	return []source{
		{"higgs", append(boosts, "forest"), binary(size(1_000_000), 28, higgs)},
		{"wide", boosts, binary(size(100_000), 200, wide)},
		{"miss", boosts, binary(size(500_000), 50, miss)},
		{"onehot", boosts, binary(size(200_000), 100, onehot)},
		{"cover", boosts[:2], func(seed uint64) draw {
			return generate(seed, size(500_000), 54, draw{Problem: sadi.Multiclass, Classes: 7}, cover)
		}},
	}
}

// generate makes n rows to learn from and a fifth more, at most 200,000, to judge.
func generate(seed uint64, n, d int, out draw, row func(r *rand.Rand, x []float32) float32) draw {
	r := rng.New(seed).Child("bench").Rand()
	out.Fit, out.Levels = n, make([]int, d)
	rows := n + min(n/5, 200_000)
	out.y, out.cols = make([]float32, rows), make([][]float32, d)
	for j := range out.cols {
		out.cols[j] = make([]float32, rows)
	}
	x := make([]float32, d)
	for i := range rows {
		out.y[i] = row(r, x)
		for j, v := range x {
			out.cols[j][i] = v
		}
	}
	return out
}

// higgs is like the HIGGS data: 28 continuous columns, some skewed, some related, and log-odds that need interactions.
func higgs(r *rand.Rand, x []float32) float64 {
	var v [28]float64
	for j := range v {
		g := r.NormFloat64()
		switch j % 4 {
		case 0:
			v[j] = g
		case 1:
			v[j] = math.Exp(0.5 * g)
		case 2:
			v[j] = 2*r.Float64() - 1
		case 3:
			v[j] = 0.6*v[j-3] + 0.8*g
		}
		x[j] = float32(v[j])
	}
	z := 0.8*v[0]*v[4] + 0.6*math.Sin(3*v[2]) + 0.5*v[3]*v[3] - 0.9 - 0.7*math.Log(v[1])*v[6] + 0.4*math.Abs(v[8]-v[12]) +
		0.3*v[20] - 0.5*v[24]*v[10] + 0.3*math.Tanh(2*v[7]*v[11])
	if v[16] > 0.3 && v[18] < 0.2 {
		z += 0.9
	}
	return 1.2 * z
}

// wide has 200 columns, a fifth of them related to others, and log-odds of pair products and waves of 40 of them.
func wide(r *rand.Rand, x []float32) float64 {
	for j := range x {
		g := r.NormFloat64()
		if j%5 == 4 {
			g = 0.5*float64(x[j-4]) + 0.85*g
		}
		x[j] = float32(g)
	}
	z := 0.0
	for j := 0; j < 40; j += 2 {
		w := 0.6 / math.Sqrt(1+float64(j)/2)
		z += w * (float64(x[j*3])*float64(x[j*3+1]) + math.Sin(2*float64(x[j*5])))
	}
	return z
}

// onehot has ten categories of ten levels each, every level a column of 0 and 1.
func onehot(r *rand.Rand, x []float32) float64 {
	clear(x)
	z, before := 0.0, 0
	for c := range 10 {
		level := min(r.IntN(10), r.IntN(10))
		x[10*c+level] = 1
		z += 0.2 * float64((level*7+c)%10-4)
		if c > 0 && level == before {
			z -= 0.8
		}
		before = level
	}
	return z
}

// miss has 50 columns, half of them with 2 to 15 values, and a third of the values missing, in two columns for a reason.
func miss(r *rand.Rand, x []float32) float64 {
	var v [50]float64
	for j := range v {
		if j < 25 {
			v[j] = float64(r.IntN(2 + j*13/24))
		} else {
			v[j] = r.NormFloat64()
		}
	}
	z := -0.3 + 0.5*v[0]*v[30] + 0.3*math.Sin(v[10]) + 0.2*(v[5]-1)*v[26] + 0.4*math.Abs(v[35]) + 0.35*v[40]*v[41]
	if int(v[20])%3 == 1 {
		z += 0.6
	}
	if int(v[15])%2 == 0 && v[45] > 0 {
		z -= 0.7
	}
	for j := range v {
		p := 0.3
		if j == 12 || j == 28 {
			p = 0.15
			if r.Float64() < 1/(1+math.Exp(-z)) {
				p = 0.45
			}
		}
		x[j] = float32(v[j])
		if r.Float64() < p {
			x[j] = float32(math.NaN())
		}
	}
	return 1.3 * z
}

// cover is like the forest cover data: 10 numbers, two categories as 4 and 40 columns of 0 and 1, and 7 unequal classes.
func cover(r *rand.Rand, x []float32) float32 {
	clear(x)
	area, soil := r.IntN(4), int(40*r.Float64()*r.Float64())
	height := 2500 + 150*float64(area) + 6*float64(soil) + 250*r.NormFloat64()
	x[0] = float32(math.Round(height))
	for j := 1; j < 10; j++ {
		x[j] = float32(math.Round(100 + 60*math.Abs(r.NormFloat64())))
	}
	x[10+area], x[14+soil] = 1, 1
	best, class := math.Inf(-1), 0
	for k := range 7 {
		centre := 2300 + 180*float64(k)
		z := -math.Pow((height-centre)/220, 2) - 0.5*float64(k%3) + 0.8*math.Sin(float64(soil*(k+1))) +
			0.01*float64(x[1+k]-x[2])*math.Cos(float64(area+k))
		if z -= math.Log(-math.Log(r.Float64())); z > best {
			best, class = z, k
		}
	}
	return float32(class)
}

package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"

	"sadi/internal/rng"
)

const header = "id,amount,rate,score,city,code,flag,x1,x2,x3,x4,x5,x6,date,comment"

// generate writes a file of at least size bytes: ten columns of numbers, short and long, some with gaps; words that
// repeat, some quoted; dates; and comments that hardly repeat.
func generate(path string, size int64) (rows int, written int64, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	r := rng.New(7).Child("bench/csv").Rand()
	cities := []string{"London", "Paris", "New York", `"Washington, D.C."`, "Tokyo", "São Paulo", "Berlin", `"Say ""hi"""`, "Lagos", "Delhi"}
	b := append([]byte(header), '\n')
	for ; written < size; rows++ {
		b = strconv.AppendInt(b, int64(rows), 10)
		b = append(b, ',')
		b = strconv.AppendFloat(b, math.Exp(r.NormFloat64()*2+4), 'f', 2, 64)
		b = append(b, ',')
		b = strconv.AppendFloat(b, r.Float64(), 'f', 6, 64)
		b = append(b, ',')
		if r.IntN(10) > 0 {
			b = strconv.AppendFloat(b, r.NormFloat64(), 'g', -1, 64)
		}
		b = append(b, ',')
		b = append(b, cities[r.IntN(len(cities))]...)
		b = fmt.Appendf(b, ",C%05d,%c", r.IntN(20000), "TF"[r.IntN(2)])
		for range 6 {
			b = append(b, ',')
			if r.IntN(20) > 0 {
				b = strconv.AppendFloat(b, r.NormFloat64()*100, 'f', 4, 64)
			}
		}
		b = fmt.Appendf(b, ",2024-%02d-%02d,note %d\n", 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000000))
		n, err := w.Write(b)
		if err != nil {
			return 0, 0, err
		}
		written += int64(n)
		b = b[:0]
	}
	if err := w.Flush(); err != nil {
		return 0, 0, err
	}
	return rows, written, f.Close()
}

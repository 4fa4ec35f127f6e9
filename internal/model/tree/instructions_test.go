package tree

import (
	"context"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"testing"

	"sadi"
	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/isa"
	"sadi/internal/model"
	"sadi/internal/par"
	"sadi/internal/rng"
)

// eachInstructions runs f with every kind of instructions that this machine has, the portable one first.
func eachInstructions(t *testing.T, f func(kind isa.Level)) {
	t.Helper()
	defer func(kind isa.Level) { inUse = kind }(inUse)
	for _, inUse = range isa.Usable() {
		f(inUse)
	}
}

// The bytes of a model do not depend on the instructions.
func TestInstructionsDoNotShow(t *testing.T) {
	leafwise := plain(2)
	leafwise.LossGuide, leafwise.MaxDepth, leafwise.MaxLeaves = true, 0, 60
	sampled := plain(2)
	sampled.Subsample, sampled.ColumnsByTree, sampled.MinChildWeight, sampled.Gamma = 0.3, 0.4, 20, 1
	free := plain(2)
	free.Lambda, free.MinChildWeight, free.MaxBin = 0, 0, 7
	limited := plain(2)
	limited.Alpha, limited.MaxDeltaStep = 3, 0.7
	for _, problem := range []sadi.Problem{sadi.Binary, sadi.Multiclass, sadi.RegressionValue} {
		set := big(problem)
		for name, o := range map[string]BoostOptions{"plain": plain(2), "leaf-wise": leafwise, "sampled": sampled, "free": free, "limited": limited} {
			var want []byte
			eachInstructions(t, func(kind isa.Level) {
				x := &dataset.Matrix{Rows: set.X.Rows, Features: set.X.Features, Cols: set.X.Cols} // bins made anew
				b, err := Boost(context.Background(), model.Train{Set: dataset.Set{X: x, Y: set.Y}, Stream: rng.New(1), Pool: par.New(3)}, o)
				if err != nil {
					t.Fatal(err)
				}
				var w codec.Writer
				b.Encode(&w)
				if want == nil {
					want = w.Bytes()
				}
				if !slices.Equal(w.Bytes(), want) {
					t.Errorf("%s, %s: %v give other bytes", problem, name, kind)
				}
			})
		}
	}
}

// checkScan compares every way to the best split of one column: over the occupied bins as a readable loop, and over all
// bins with each kind of instructions. It returns the split.
func checkScan(t *testing.T, f finder, cells []int64, floor float64) split {
	t.Helper()
	f.bins = &Bins{Columns: []Column{{Count: len(cells) - 1}}}
	f.prepare()
	s := f.scaled()
	sum := int64(0)
	var levels []level
	for b, v := range cells {
		sum += v
		if v != 0 {
			levels = append(levels, level{bin: b, sum: v})
		}
	}
	g, h := f.fixed.split(sum)
	parent := s.score(float64(g), float64(h))
	want := split{feature: -1, gain: floor}
	if len(levels) > 1 {
		s.findNumber(&want, levels, sum, parent, 3, 0)
	}
	eachInstructions(t, func(kind isa.Level) {
		got := split{feature: -1, gain: floor}
		var scan scanner
		scan.start(&s, sum, parent)
		scan.find(&s, &got, cells, 3)
		if got != want {
			t.Errorf("%v: got %+v, want %+v, for %v", kind, got, want, cells)
		}
	})
	return want
}

func TestScan(t *testing.T) {
	r := rng.New(12).Rand()
	found := 0
	for try := range 3000 {
		cells := make([]int64, 2+r.IntN(255))
		shift := uint(2 + r.IntN(31)) // as newFixed chooses it: every sum of h fits, and every sum of |g|
		rows := min(1<<(shift-1), 1+r.IntN(5000))
		room := int64(1) << min(62-shift-uint(bits.Len(uint(rows))), 50-uint(bits.Len(uint(rows))))
		for range rows {
			b := r.IntN(len(cells))
			switch try % 4 {
			case 0: // few bins are occupied
				b = b / 9 * 9
			case 1: // nothing is missing
				b = max(b, 1)
			}
			g, h := r.Int64N(2*room+1)-room, int64(1)
			if try%3 == 0 {
				g = room // ties everywhere
			}
			cells[b] += g<<shift + h
		}
		f := finder{regular: regular{lambda: float64(r.IntN(3)), minChildWeight: float64(r.IntN(4))},
			fixed: fixed{gScale: 1, hScale: 1, shift: shift}}
		if s := checkScan(t, f, cells, 1e-9*float64(r.IntN(2))); s.feature >= 0 {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d of the columns had a split", found)
	}
}

// Columns of every length: prefix sums and what repeats them, and about the highest sum of scores.
func TestScanColumns(t *testing.T) {
	r := rng.New(17).Rand()
	for n := 1; n <= MaxBins; n++ {
		cells, want, sum := make([]int64, n+9), make([]int64, n), int64(0)
		for k := range cells {
			cells[k] = (r.Int64N(2001)-1000)<<20 + r.Int64N(50) // those behind the n must not show
		}
		for k := range want {
			sum += cells[k]
			want[k] = sum
		}
		f := finder{regular: regular{lambda: 1, minChildWeight: 3}, fixed: fixed{gScale: 1, hScale: 1, shift: 20}}
		f.bins = &Bins{Columns: []Column{{Count: n}}}
		f.prepare()
		var highest float64
		eachInstructions(t, func(kind isa.Level) {
			var scan scanner
			scan.start(&f, sum+cells[n], 0)
			scan.missing = cells[n]
			padded := scan.addUp(cells[:n])
			if padded < n || padded%scanLanes() != 0 || padded >= n+scanLanes() || !slices.Equal(scan.prefix[:n], want) {
				t.Fatalf("%v: %d prefix sums for %d cells, or wrong ones", kind, padded, n)
			}
			for _, v := range scan.prefix[n:padded] {
				if v != sum {
					t.Fatalf("%v: behind the prefix sums stands %d, want the last one, %d", kind, v, sum)
				}
			}
			got := scan.highest(padded)
			if kind == isa.Portable {
				highest = got
			} else if !(math.Abs(got-highest) <= 1e-13*highest) {
				t.Fatalf("%v: the highest of %d is %v, in Go %v", kind, n, got, highest)
			}
		})
	}
}

// Cells of every count, and none behind them.
func TestSubtract(t *testing.T) {
	r := rng.New(18).Rand()
	for n := range 70 {
		parent, child := make([]int64, n+1), make([]int64, n+1)
		for k := range parent {
			parent[k], child[k] = int64(r.Uint64()), int64(r.Uint64())
		}
		want := slices.Clone(parent)
		for k := range n {
			want[k] -= child[k]
		}
		eachInstructions(t, func(kind isa.Level) {
			got := slices.Clone(parent)
			new(histograms).subtract(got[:n], child[:n])
			if !slices.Equal(got, want) {
				t.Errorf("%v: got %v, want %v", kind, got, want)
			}
		})
	}
}

// FuzzScan takes its cells from raw bytes, brought into the range that newFixed guarantees.
func FuzzScan(f *testing.F) {
	f.Add([]byte("\x01\x02\x03\x04\x05\x06\x07\x08\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8"), uint8(20), 1.0, 0.0, 0.0)
	f.Add(make([]byte, 2000), uint8(32), 0.0, 1.0, 1e300)
	f.Fuzz(func(t *testing.T, raw []byte, shift uint8, lambda, least, floor float64) {
		if !(lambda >= 0 && lambda < mostLambda && least >= 0 && floor >= 0) || math.IsInf(floor, 0) {
			t.Skip()
		}
		s := uint(shift)%31 + 2
		cells := make([]int64, min(max(len(raw)/8, 2), 256))
		n := int64(len(cells))
		for k := range cells {
			var v uint64
			if len(raw) >= 8*k+8 {
				v = binary.LittleEndian.Uint64(raw[8*k:])
			}
			room := int64(1)<<min(63-s, 50)/n - 1
			g, h := int64(v>>32)*int64(int32(v))%max(room, 1), int64(v>>7)%(int64(1)<<s/n+1)
			if h = max(h, 0); h*n >= 1<<s {
				h = 0
			}
			cells[k] = g<<s + h
		}
		checkScan(t, finder{regular: regular{lambda: lambda, minChildWeight: least}, fixed: fixed{gScale: 1, hScale: 1, shift: s}}, cells, floor)
	})
}

// Rows and columns of every count, at every place in memory, with rows that lie close together and far apart.
func TestAccumulate(t *testing.T) {
	r := rng.New(13).Rand()
	for try := range 300 {
		n, columns := 1+r.IntN(400), 1+r.IntN(tileWidth)
		tl := tile{columns: make([]int32, columns), width: (columns + 3) &^ 3}
		tl.bins = make([]uint8, n*tl.width+4)[:n*tl.width]
		packed := make([]int64, n)
		for i := range packed {
			packed[i] = r.Int64()
			for c := range columns {
				tl.bins[i*tl.width+c] = uint8(r.IntN(256))
			}
		}
		var rows []uint32
		for i := range uint32(n) {
			if r.IntN(1+try%20) == 0 {
				rows = append(rows, i)
			}
		}
		eachInstructions(t, func(kind isa.Level) {
			want := make([]int64, tl.width*histogramStride)
			got := slices.Clone(want)
			for _, i := range rows {
				for c := range tl.width {
					want[c*histogramStride+int(tl.bins[int(i)*tl.width+c])] += packed[i]
				}
			}
			tl.accumulate(got, rows, packed)
			if !slices.Equal(got, want) {
				t.Fatalf("%v, %d of %d rows, %d columns: the sums differ", kind, len(rows), n, columns)
			}
		})
	}
}

// Nodes of every small length, with rows at all distances, keep their order on both sides.
func TestPart(t *testing.T) {
	r := rng.New(16).Rand()
	for try := range 400 {
		n := r.IntN(60)
		bin := make([]uint8, 1+n*(1+try%7))
		for i := range bin {
			bin[i] = uint8(r.IntN(256))
		}
		var side [256]uint8
		for b := range side {
			side[b] = uint8(r.IntN(2))
			if try%10 < 2 { // all on one side
				side[b] = uint8(try % 10)
			}
		}
		var rows, left, right []uint32
		for i := range bin {
			if len(rows) < n && r.IntN(1+try%7) == 0 {
				rows = append(rows, uint32(i))
				if side[bin[i]] == 1 {
					left = append(left, uint32(i))
				} else {
					right = append(right, uint32(i))
				}
			}
		}
		eachInstructions(t, func(kind isa.Level) {
			p := partition{idx: slices.Clone(rows)}
			const guard = 7 // what stands behind a task's rows belongs to another one
			p.tmp, p.aux = make([]uint32, len(rows)+1), make([]uint32, len(rows)+1)
			p.tmp[len(rows)], p.aux[len(rows)] = guard, guard
			task := partitionTask{hi: len(rows), bin: bin, left: &side}
			p.part(&task)
			if task.lefts != len(left) || !slices.Equal(p.tmp[:len(left)], left) || !slices.Equal(p.aux[:len(right)], right) {
				t.Fatalf("%v: got %v and %v, want %v and %v", kind, p.tmp[:task.lefts], p.aux, left, right)
			}
			if p.tmp[len(rows)] != guard || p.aux[len(rows)] != guard {
				t.Fatalf("%v: %d rows are written past the end", kind, len(rows))
			}
		})
	}
}

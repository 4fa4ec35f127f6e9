// Package rng gives every consumer of chance its own named stream, derived from the seed by path.
//
// A child stream depends on its parent and its name only, so adding a consumer never shifts another one, and work may
// run in any order on any number of threads.
package rng

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"

	"sadi/internal/elementary"
)

// Stream is a place in the tree of random streams. It is a value; copying it copies nothing but the place.
type Stream struct{ hi, lo uint64 }

// New is the root stream of a seed.
func New(seed uint64) Stream {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], seed)
	return derive([]byte("sadi/rng/v1"), b[:])
}

// Child is the stream called name below s; names may be paths such as "trial/17/fold/2".
func (s Stream) Child(name string) Stream {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], s.hi)
	binary.LittleEndian.PutUint64(b[8:], s.lo)
	return derive(b[:], []byte(name))
}

// At is the i-th child of s, for loops.
func (s Stream) At(i int) Stream {
	var b [17]byte
	b[0] = '#' // no name has this form, so At(i) never meets Child(name)
	binary.LittleEndian.PutUint64(b[1:9], uint64(i))
	return s.Child(string(b[:]))
}

// Rand is a fresh generator (PCG-DXSM) at the start of the stream.
func (s Stream) Rand() *rand.Rand { return rand.New(rand.NewPCG(s.hi, s.lo)) }

// Uint64 is the first number of the stream, for use as a seed or a hash key.
func (s Stream) Uint64() uint64 { return s.hi ^ s.lo }

// Normal draws from the standard normal distribution, by inversion. Unlike r.NormFloat64, it gives the same bits on every
// architecture.
func Normal(r *rand.Rand) float64 {
	u := float64(r.Uint64()>>12) + 0.5 // in 2^-52, never 0 or 1, symmetrical about a half
	return math.Sqrt2 * elementary.Erfinv(math.Ldexp(u, -51)-1)
}

func derive(parts ...[]byte) Stream {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	sum := h.Sum(nil)
	return Stream{binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])}
}

package rng

import (
	"math"
	"slices"
	"testing"
)

// TestGolden pins the streams; testdata/golden.py computes them independently. Every model ever made depends on these
// numbers: they are not to be changed to fix a bug.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		name   string
		stream Stream
		key    uint64
		first  []uint64
	}{
		{`New(0)`, New(0), 0x4cd5fdf03e1713f, []uint64{0x58deea545eaacb3, 0xc902538268a2fac8, 0x5f8005ee4ab264ad}},
		{`New(42)`, New(42), 0x8656812043754d1a, []uint64{0x65fe5279780f2c19, 0xa073853dfd90a8d0, 0xadebe24d6f5f80ef}},
		{`New(42).Child("trial/17/fold/2")`, New(42).Child("trial/17/fold/2"), 0x441024e45fda7359, []uint64{0xe6fc4754fb4b138d, 0x749c4ee929bc6018, 0xe7f5388fb4d3f44d}},
		{`New(42).Child("trial").Child("17")`, New(42).Child("trial").Child("17"), 0x5871b9749b81ac2f, []uint64{0x8e927ff1d2131468, 0x855a5744fda0f2e4, 0x1b1cc58fd230d8e6}},
		{`New(42).At(0)`, New(42).At(0), 0xcd7486578d280ac1, []uint64{0xdbe95e97f66946d9, 0x3cef909e72f03081, 0x9949b342c69454}},
		{`New(42).At(7)`, New(42).At(7), 0xba4ff2fe1b2f8540, []uint64{0xb06b1c1245173bf7, 0x8f7f8c46f82e79d5, 0x37b61fec904827a3}},
		{`New(1 << 63).Child("")`, New(1 << 63).Child(""), 0x2d59cc4deff05c9c, []uint64{0xdfd09f8447785c33, 0x25dcfe932120e13c, 0xccbe0becfb8633a8}},
	} {
		if got := c.stream.Uint64(); got != c.key {
			t.Errorf("%s: Uint64 is %#x, want %#x", c.name, got, c.key)
		}
		r := c.stream.Rand()
		if got := []uint64{r.Uint64(), r.Uint64(), r.Uint64()}; !slices.Equal(got, c.first) {
			t.Errorf("%s: begins with %#x, want %#x", c.name, got, c.first)
		}
	}
}

// TestDistributions pins how the generator is turned into what algorithms draw. The numbers are those of Go 1.26; they
// are not to be changed to fix a bug.
func TestDistributions(t *testing.T) {
	r := New(42).Child("distributions").Rand()
	if got, want := r.Perm(8), []int{2, 6, 3, 0, 1, 7, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("Perm: got %#v, want %#v", got, want)
	}
	if got, want := []float64{r.Float64(), r.NormFloat64(), r.ExpFloat64()}, []float64{0.22004065674743567, -0.21837303990998222, 0.3713263186320523}; !slices.Equal(got, want) {
		t.Errorf("floats: got %#v, want %#v", got, want)
	}
	if got, want := []int{r.IntN(10), r.IntN(1000), r.IntN(1 << 40)}, []int{0, 480, 48283709438}; !slices.Equal(got, want) {
		t.Errorf("IntN: got %#v, want %#v", got, want)
	}
}

// TestIndependence: a stream depends on its place alone, never on what was drawn or made before.
func TestIndependence(t *testing.T) {
	root := New(5)
	want := root.Child("b").Rand().Uint64()
	root.Child("a").Rand().Uint64()
	root.Rand().Uint64()
	if got := root.Child("b").Rand().Uint64(); got != want {
		t.Errorf("after other streams were used: got %#x, want %#x", got, want)
	}
	copied := root
	if copied.Child("b") != root.Child("b") {
		t.Error("a copy of a stream has other children")
	}
}

func TestPlacesDiffer(t *testing.T) {
	root := New(5)
	places := map[Stream]string{}
	add := func(name string, s Stream) {
		if other, ok := places[s]; ok {
			t.Errorf("%s and %s are the same stream", name, other)
		}
		places[s] = name
	}
	add("root", root)
	add("other seed", New(6))
	for _, name := range []string{"", "a", "b", "ab", "a/b", "#", "0", "7", "#7"} {
		add("child "+name, root.Child(name))
		add("grandchild "+name, root.Child("a").Child(name))
	}
	for i := -2; i < 300; i++ {
		add("at", root.At(i))
	}
}

// Moments and tail of a hundred thousand draws, within four standard errors.
func TestNormal(t *testing.T) {
	const n = 100_000
	r := New(1).Child("normal").Rand()
	var sum, squares, beyond float64
	for range n {
		x := Normal(r)
		sum += x
		squares += float64(x * x)
		if x > 2 {
			beyond++
		}
	}
	for _, c := range []struct {
		name             string
		got, want, error float64
	}{
		{"mean", sum / n, 0, 1 / math.Sqrt(n)},
		{"variance", squares / n, 1, math.Sqrt2 / math.Sqrt(n)},
		{"share above 2", beyond / n, 0.02275, math.Sqrt(0.02275 / n)},
	} {
		if math.Abs(c.got-c.want) > 4*c.error {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
}

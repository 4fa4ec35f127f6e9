package manifest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"sadi"
)

// RFC 8785, appendix B.
var rfcNumbers = []struct {
	bits uint64
	want string
}{
	{0x0000000000000000, "0"},
	{0x8000000000000000, "0"},
	{0x0000000000000001, "5e-324"},
	{0x8000000000000001, "-5e-324"},
	{0x7fefffffffffffff, "1.7976931348623157e+308"},
	{0xffefffffffffffff, "-1.7976931348623157e+308"},
	{0x4340000000000000, "9007199254740992"},
	{0xc340000000000000, "-9007199254740992"},
	{0x4430000000000000, "295147905179352830000"},
	{0x44b52d02c7e14af5, "9.999999999999997e+22"},
	{0x44b52d02c7e14af6, "1e+23"},
	{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
	{0x444b1ae4d6e2ef4e, "999999999999999700000"},
	{0x444b1ae4d6e2ef4f, "999999999999999900000"},
	{0x444b1ae4d6e2ef50, "1e+21"},
	{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
	{0x3eb0c6f7a0b5ed8d, "0.000001"},
	{0x41b3de4355555553, "333333333.3333332"},
	{0x41b3de4355555554, "333333333.33333325"},
	{0x41b3de4355555555, "333333333.3333333"},
	{0x41b3de4355555556, "333333333.3333334"},
	{0x41b3de4355555557, "333333333.33333343"},
	{0xbecbf647612f3696, "-0.0000033333333333333333"},
	{0x43143ff3c1cb0959, "1424953923781206.2"},
}

func TestNumbersOfTheRFC(t *testing.T) {
	for _, c := range rfcNumbers {
		got, err := Canonical(math.Float64frombits(c.bits))
		if err != nil || string(got) != c.want {
			t.Errorf("%016x: got %s, %v; want %s", c.bits, got, err, c.want)
		}
	}
}

// The authors of the RFC define an endless sequence of doubles, most of them from a chain of SHA-256, and publish the
// SHA-256 of the first n lines "bits,number\n": https://github.com/cyberphone/json-canonicalization, testdata. The
// sequence begins with values like those of appendix B, the powers of ten among them; they stand in es6_numbers.txt.
func TestNumbersOfTheAuthors(t *testing.T) {
	want := map[int]string{
		1000:   "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
		10000:  "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
		100000: "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
	}
	lines := sha256.New()
	n := 0
	line := func(bits uint64) {
		fmt.Fprintf(lines, "%x,%s\n", bits, appendNumber(nil, math.Float64frombits(bits)))
		n++
		if sum, ok := want[n]; ok {
			if got := hex.EncodeToString(lines.Sum(nil)); got != sum {
				t.Errorf("the first %d numbers: got %s, want %s", n, got, sum)
			}
		}
	}
	for _, bits := range firstNumbers(t) {
		line(bits)
	}
	for i := range uint64(2000) {
		line(0x0010000000000000 + i)
	}
	var block [32]byte
	for n < 100000 {
		block = sha256.Sum256(block[:])
		for i := 0; i < 32 && n < 100000; i += 8 {
			bits := binary.LittleEndian.Uint64(block[i:])
			if f := math.Float64frombits(bits); f != 0 && !math.IsNaN(f) && !math.IsInf(f, 0) {
				line(bits)
			}
		}
	}
}

func TestCanonicalForm(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"RFC 8785, 3.2.2",
			`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
			  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`},
		{"RFC 8785, 3.2.3",
			`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
			  "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`,
			`{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","` +
				"\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`},
		{"no Unicode normalisation", `"A\u030a"`, `"A` + "\u030a" + `"`},
		{"empty", ` { "b" : [ ] , "a" : { } , "" : "" } `, `{"":"","a":{},"b":[]}`},
		{"a prefix comes first", `{"ab":1,"a":2}`, `{"a":2,"ab":1}`},
		{"escapes", `"\u0000\u001f\b\f\t\u007f<>&\u2028"`, `"\u0000\u001f\b\f\t` + "\u007f<>&\u2028" + `"`},
		{"an escaped backslash before u", `"\\ud800"`, `"\\ud800"`},
		{"minus zero", `[-0, -0.0, 0e5]`, `[0,0,0]`},
	} {
		got, err := Canonicalize([]byte(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", c.name, got, err, c.want)
		}
	}
}

func TestCanonicalizeRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"a name twice": `{"a":1,"\u0061":2}`, "half a rune": `"\ud800"`, "the other half": `"\udc00"`, "half a rune before text": `"\ud800\u0041"`,
		"bytes": "\"\xff\"", "nothing": ``, "two values": `1 2`, "overflow": `1e400`, "open": `[1,2`, "comma": `[1,]`, "NaN": `NaN`,
		"depth": strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2),
	} {
		if got, err := Canonicalize([]byte(in)); sadi.CodeOf(err) != sadi.Corrupt {
			t.Errorf("%s: got %s, %v", name, got, err)
		}
	}
}

func TestNumbersThatJSONCanNotCarry(t *testing.T) {
	for path, change := range map[string]func(*Determined){
		"trials[1].fold_scores[2]":   func(d *Determined) { d.Trials[1].FoldScores[2] = math.NaN() },
		"trials[0].score":            func(d *Determined) { d.Trials[0].Score = new(math.Inf(1)) },
		"trials[0].params.depth":     func(d *Determined) { d.Trials[0].Params = map[string]any{"a": 1, "depth": math.Inf(-1)} },
		"dataset.bytes":              func(d *Determined) { d.Dataset.Bytes = 1<<53 + 1 },
		"ensemble.members[0].weight": func(d *Determined) { d.Ensemble = &Ensemble{Members: []Member{{Weight: math.NaN()}}} },
	} {
		d := &Determined{Trials: []Trial{{}, {FoldScores: []float64{1, 2, 3}}}}
		change(d)
		_, err := Canonical(d)
		if err == nil || !strings.Contains(err.Error(), "("+path+")") {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestSeed(t *testing.T) {
	for seed, want := range map[Seed]string{0: "0", 42: "42", 1 << 53: "9007199254740992", 1<<53 + 1: `"9007199254740993"`, 1<<64 - 1: `"18446744073709551615"`} {
		text, err := json.Marshal(seed)
		var back Seed
		if err != nil || string(text) != want || json.Unmarshal(text, &back) != nil || back != seed {
			t.Errorf("%d: got %s, %v, back %d", uint64(seed), text, err, back)
		}
	}
	var s Seed
	for _, bad := range []string{`-1`, `1.5`, `"x"`, `null`, `1e3`, `""`} {
		if err := json.Unmarshal([]byte(bad), &s); err == nil {
			t.Errorf("%s was read as %d", bad, s)
		}
	}
}

// FuzzCanonicalize: the canonical form of JSON is JSON, canonical, and means the same.
func FuzzCanonicalize(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-7,"\u20ac"],"":null}`, `"\ud83d\ude00"`, `[[[]]]`, `-0`, `{"a":1,"a":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := Canonicalize(in)
		if err != nil {
			return
		}
		if !json.Valid(out) {
			t.Fatalf("%q becomes %q, which is no JSON", in, out)
		}
		again, err := Canonicalize(out)
		if err != nil || string(again) != string(out) {
			t.Fatalf("%q becomes %q, and that %q, %v", in, out, again, err)
		}
	})
}

func firstNumbers(t *testing.T) (bits []uint64) {
	t.Helper()
	text, err := os.ReadFile("testdata/es6_numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(text)) {
		b, err := strconv.ParseUint(line, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		bits = append(bits, b)
	}
	return bits
}

package csvio

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"sadi/internal/rng"
)

// numberTexts are numbers as they are written, easy and hard; strconv is what ours is held against.
func numberTexts() []string {
	texts := []string{
		"0", "-0", "0.0", "-0.0", "1", "-1", "00012", "0.1", "0.2", "0.3", "123456789012345678", "9007199254740993",
		"9007199254740992.5", "9007199254740993.0000000000000000001", "0.30471707975443135", "-1.0399841062404955",
		"2.2250738585072011e-308", "2.2250738585072014e-308", "5e-324", "2e-324", "1.7976931348623157e308", "1e-400",
		"3.4028234663852886e38", "0.000000000000000000000000001", "1234567890.1234567890123456789", "7.0e-10",
		"1e22", "1e23", "9007199254740991e22", "8.5e21", "0.5", ".5", "5.", "1e5", "1E+5", "1e-5",
		"179769313486231580793728971405301e275", "12345678", "123456789", "1234567812345678", "12345678.12345678",
		"1234567812345678.123", "0.12345678", "0.1234567812345678", "0.12345678123456781234", "99999999.99999999",
	}
	r := rng.New(1).Child("numbers").Rand()
	for range 15000 {
		v := math.Float64frombits(r.Uint64())
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		texts = append(texts, strconv.FormatFloat(v, 'g', -1, 64))
		v = r.NormFloat64() * math.Pow(10, float64(r.IntN(12)-4))
		texts = append(texts, strconv.FormatFloat(v, 'f', -1, 64), strconv.FormatFloat(v, 'f', r.IntN(12), 64),
			strconv.FormatFloat(float64(float32(v)), 'f', -1, 64))
		texts = append(texts, fmt.Sprintf("%d.%0*d", r.IntN(1000000), 1+r.IntN(18), r.Uint64()%1000000000000000000))
	}
	return texts
}

func TestNumbersAreRoundedCorrectly(t *testing.T) {
	var scratch [512]byte
	quick := 0
	for _, text := range numberTexts() {
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		same := func(how string, got float64) {
			if math.Float64bits(got) != math.Float64bits(want) {
				t.Errorf("%s of %s: got %v, want %v", how, text, got, want)
			}
		}
		b := append(append(scratch[:0], text...), ',')
		if got, next, _, _, ok := plainNumber(b, 0, '.'); ok && next == len(text) {
			same("plainNumber", got)
			quick++
		}
		b = append(append(scratch[:0], strings.Replace(text, ".", ",", 1)...), ';')
		if got, next, _, _, ok := plainNumber(b, 0, ','); ok && next == len(text) {
			same("plainNumber with comma", got)
		}
		same("parseNumber", parseNumber([]byte(text), point))
		same("parseNumber with comma", parseNumber([]byte(strings.Replace(text, ".", ",", 1)), commaSpace))
	}
	if quick < 35000 {
		t.Errorf("only %d numbers went the quick way", quick)
	}
}

// TestQuotient compares with exact rational arithmetic.
func TestQuotient(t *testing.T) {
	r := rng.New(2).Child("quotients").Rand()
	for i := range 20000 {
		m := r.Uint64() >> r.IntN(64)
		if m == 0 {
			m = 1
		}
		k := i % len(pow5)
		exact := new(big.Rat).SetFrac(new(big.Int).SetUint64(m), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil))
		want, _ := exact.Float64()
		if got := quotient(m, k); got != want {
			t.Fatalf("%d/10^%d: got %v, want %v", m, k, got, want)
		}
	}
}

func TestDigits8(t *testing.T) {
	for _, text := range []string{"", "1", "12", "12345678", "00000001", "99999999", "1234567x", "12.45678", "1\xff345678", "1:345678", "1/345678"} {
		b := append([]byte(text), "\x00\x00\x00\x00\x00\x00\x00\x00"...)
		n := 0
		for n < 8 && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		want, _ := strconv.ParseUint("0"+string(b[:n]), 10, 64)
		var w uint64
		for i := range 8 {
			w |= uint64(b[i]) << (8 * i)
		}
		if v, k := digits8(w); v != want || k != n {
			t.Errorf("%q: got %d of %d digits, want %d of %d", text, v, k, want, n)
		}
	}
}

func TestLosesDigits(t *testing.T) {
	for text, want := range map[string]bool{
		"1": false, "9007199254740992": false, "9007199254740993": true, "-9007199254740993": true, "1,000": false,
		"18014398509481984": false, "18014398509481985": true, "100000000000000000000000": true, "1000000000000000000000": false,
		"000000000000000000000000001": false, strings.Repeat("9", 400): true,
	} {
		if got := losesDigits([]byte(text)); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestFormatsOf(t *testing.T) {
	set := func(f ...format) (s formatSet) {
		for _, f := range f {
			s |= 1 << f
		}
		return s
	}
	for text, want := range map[string]formatSet{
		"": 0, "-": 0, ".": 0, "e5": 0, "1e": 0, "1e+": 0, "1.5.5": 0, "--1": 0, "1-": 0, "0x1": 0, "1 ": 0, "1,": withComma,
		"12": anyFormat, "+12": anyFormat, "1e5": anyFormat, "1.5": withPoint, "1,5": withComma, ".5": withPoint,
		"1.5e3": withPoint, "1.234": withPoint | set(commaPoint), "1,234": withComma | set(pointComma),
		"0.234": withPoint, "1234.567": withPoint, "1.234.567": set(commaPoint), "1,234,567": set(pointComma),
		"1.234,5": set(commaPoint), "1,234.5": set(pointComma), "1 234": set(pointSpace, commaSpace), "1 234,5": set(commaSpace),
		"1'234": set(pointTick, commaTick), "1'234.5": set(pointTick), "12 34": 0, "1 234 56": 0, "1,234e5": withComma,
		"1,234,567e5": 0, "1 234'567": 0, "1.234 567": 0, "9007199254740993": 0, "9.007.199.254.740.993": 0, "1\u00a0234": bothSpaces,
		"192.168.100.200": set(commaPoint), "192.168.1.20": 0,
	} {
		if got := formatsOf([]byte(text)); got != want {
			t.Errorf("%q: got %08b, want %08b", text, got, want)
		}
	}
}

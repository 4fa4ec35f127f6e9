package evaluate

import (
	"encoding/json"
	"math"
)

// Number is a float64 that JSON can carry: NaN and infinities are null, a negative zero is 0, and null reads as NaN.
type Number float64

var undefined = Number(math.NaN())

// Defined reports whether the number is one.
func (n Number) Defined() bool {
	return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0)
}

// MarshalJSON writes the number with the fewest digits that read back the same, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Defined() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n) + 0)
}

// UnmarshalJSON reads a number or null.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = undefined
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}

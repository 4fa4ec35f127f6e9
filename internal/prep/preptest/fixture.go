package preptest

import (
	"encoding/json"
	"os"
	"testing"
)

// Fixture reads testdata/NAME.json, which testdata/NAME.py has made, into v.
func Fixture(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatalf("testdata/%s.json: %v", name, err)
	}
}

// Close reports whether two numbers differ by at most tolerance, relative to their size where that is above 1.
func Close(got, want, tolerance float64) bool {
	if got == want {
		return true
	}
	d := got - want
	return max(d, -d) <= tolerance*max(1, got, -got, want, -want)
}

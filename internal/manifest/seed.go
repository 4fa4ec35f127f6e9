package manifest

import (
	"encoding/json"
	"strconv"
	"strings"

	"sadi"
)

// Seed is the seed of all chance. In JSON it is a number up to 2^53 and a text above, because a JSON number is an IEEE
// double in most programs and in RFC 8785.
type Seed uint64

const maxExact = 1 << 53

// MarshalJSON writes the seed.
func (s Seed) MarshalJSON() ([]byte, error) {
	text := strconv.FormatUint(uint64(s), 10)
	if s > maxExact {
		text = `"` + text + `"`
	}
	return []byte(text), nil
}

// UnmarshalJSON reads either form.
func (s *Seed) UnmarshalJSON(data []byte) error {
	text := string(data)
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return sadi.Errorf(sadi.Corrupt, "%s is not a seed", data)
	}
	*s = Seed(v)
	return nil
}

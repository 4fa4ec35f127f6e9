package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// jsonFormat is JSON as RFC 7493 has it: UTF-8, no name twice in an object.
var jsonFormat = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if _, first := v.(*any); first { // huma parses twice: for the schema, then into the type
			if !utf8.Valid(data) {
				return fmt.Errorf("the body is not UTF-8")
			}
			if name := twice(data); name != "" {
				return fmt.Errorf("the name %q stands twice in an object", name)
			}
		}
		err := json.Unmarshal(data, v)
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field != "" {
			return fold(kind.Field, "the "+kind.Value+" does not fit")
		}
		return err
	},
}

// fold puts a place before a sentence, unfold takes it off again: huma hands on the text of an error alone.
func fold(place, text string) error { return errors.New(place + folded + text) }

func unfold(message string) (place, text string, ok bool) { return strings.Cut(message, folded) }

const folded = "\x00"

// twice finds a name that an object of well-formed JSON has twice, "" if there is none.
func twice(data []byte) string {
	d := json.NewDecoder(bytes.NewReader(data))
	var open []map[string]bool // nil for an array
	name := true               // the next token may be a name
	for {
		t, err := d.Token()
		if err != nil {
			return "" // the end, or what the decoder proper will complain of
		}
		switch t {
		case json.Delim('{'):
			open, name = append(open, map[string]bool{}), true
			continue
		case json.Delim('['):
			open = append(open, nil)
			continue
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		default:
			if n := len(open); n > 0 && open[n-1] != nil && name {
				key, _ := t.(string)
				if open[n-1][key] {
					return key
				}
				open[n-1][key] = true
				name = false
				continue
			}
		}
		name = true
	}
}

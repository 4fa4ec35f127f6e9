package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Difference is a field that two manifests do not share.
type Difference struct {
	Path string `json:"path"` // "determined.trials[3].score"
	A    string `json:"a"`    // canonical JSON; "" = absent
	B    string `json:"b"`
}

// Diff lists the fields of the determined parts that differ, in the order of their paths in canonical JSON. Two
// manifests have the same digest exactly when there are none.
func Diff(a, b *Manifest) ([]Difference, error) {
	x, err := tree(&a.Determined)
	if err != nil {
		return nil, err
	}
	y, err := tree(&b.Determined)
	if err != nil {
		return nil, err
	}
	return diff(nil, "determined", x, y), nil
}

// absent stands for a field that is not there, which is not null.
type absent struct{}

func tree(d *Determined) (v any, err error) {
	text, err := Canonical(d)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // canonical numbers are equal exactly when their texts are
	err = decoder.Decode(&v)
	return v, err
}

func diff(out []Difference, path string, a, b any) []Difference {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		for _, name := range names(x, y) {
			out = diff(out, path+"."+name, member(x, name), member(y, name))
		}
		return out
	case []any:
		y, ok := b.([]any)
		if !ok {
			break
		}
		for i := range max(len(x), len(y)) {
			out = diff(out, fmt.Sprintf("%s[%d]", path, i), item(x, i), item(y, i))
		}
		return out
	}
	if p, q := show(a), show(b); p != q {
		out = append(out, Difference{path, p, q})
	}
	return out
}

func names(x, y map[string]any) []string {
	var all []string
	for _, m := range []map[string]any{x, y} {
		for name := range m {
			all = append(all, name)
		}
	}
	slices.SortFunc(all, compareUTF16)
	return slices.Compact(all)
}

func member(m map[string]any, name string) any {
	if v, ok := m[name]; ok {
		return v
	}
	return absent{}
}

func item(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return absent{}
}

func show(v any) string {
	if v == (absent{}) {
		return ""
	}
	text, err := Canonical(v)
	if err != nil { // v comes from canonical JSON
		return err.Error()
	}
	return string(text)
}

package manifest

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"sadi"
)

// checkNumbers returns an error that names the first field, by its path in the JSON, whose number JSON can not carry.
func checkNumbers(v any) error { return checkValue(reflect.ValueOf(v), "") }

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

func checkValue(v reflect.Value, path string) error {
	if !v.IsValid() || v.Type().Implements(jsonMarshaler) || v.Type().Implements(textMarshaler) {
		return nil
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return sadi.Errorf(sadi.Internal, "the number %v can not stand in a record", f).At("%s", path)
		}
	case reflect.Int, reflect.Int64:
		if n := v.Int(); n > maxExact || n < -maxExact {
			return sadi.Errorf(sadi.Internal, "the integer %d is too large for a JSON number", n).At("%s", path)
		}
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		if n := v.Uint(); n > maxExact {
			return sadi.Errorf(sadi.Internal, "the integer %d is too large for a JSON number", n).At("%s", path)
		}
	case reflect.Pointer, reflect.Interface:
		return checkValue(v.Elem(), path)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := checkValue(v.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, k := range keys {
			if err := checkValue(v.MapIndex(k), join(path, fmt.Sprint(k))); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for field, x := range v.Fields() {
			name, _, ok := jsonName(field)
			if !ok {
				continue
			}
			at := path
			if name != "" {
				at = join(path, name)
			}
			if err := checkValue(x, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// jsonName is the name of a field in JSON, "" for an embedded struct, and whether it may be left out when empty; ok is
// false for a field that is not written.
func jsonName(f reflect.StructField) (name string, omitEmpty, ok bool) {
	tag := f.Tag.Get("json")
	if tag == "-" || !f.IsExported() && !f.Anonymous {
		return "", false, false
	}
	name, options, _ := strings.Cut(tag, ",")
	if name == "" && !f.Anonymous {
		name = f.Name
	}
	return name, strings.Contains(options, "omitempty"), true
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// fillEmpty replaces nil lists and maps that are always written by empty ones, so that they are [] and {} in JSON and
// never null. v is the value of a pointer to a struct.
func fillEmpty(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fillEmpty(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			fillEmpty(v.Index(i))
		}
	case reflect.Struct:
		for field, x := range v.Fields() {
			_, omitEmpty, ok := jsonName(field)
			if !ok || !x.CanSet() {
				continue
			}
			if !omitEmpty && x.Type() != reflect.TypeFor[json.RawMessage]() {
				if x.Kind() == reflect.Slice && x.IsNil() {
					x.Set(reflect.MakeSlice(x.Type(), 0, 0))
				} else if x.Kind() == reflect.Map && x.IsNil() {
					x.Set(reflect.MakeMap(x.Type()))
				}
			}
			fillEmpty(x)
		}
	}
}

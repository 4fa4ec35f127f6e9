package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"sadi"
	"sadi/internal/near"
)

var errNotSmall = errors.New("it is not a plain file of at most 1 MiB")

// readFile reads a configuration file that origin named.
func readFile(path string, origin Origin) (map[string]found, error) {
	text, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, sadi.Errorf(sadi.NotFound, "there is no configuration file %s", path).At("%s", origin)
	}
	if err != nil {
		return nil, sadi.Errorf(sadi.BadUsage, "the configuration file can not be read: %w", err).At("%s", origin)
	}
	return parseFile(filepath.Base(path), text)
}

// parseFile reads the text of a configuration file: one mapping from the names of settings to plain values. One file can
// serve both roles, so the names of either are known.
func parseFile(name string, text []byte) (map[string]found, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, sadi.Errorf(sadi.BadUsage, "the configuration file is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: ")).At("%s", name)
	}
	if decoder.Decode(new(yaml.Node)) != io.EOF {
		return nil, sadi.Errorf(sadi.BadUsage, "the configuration file has more than one document").At("%s", name)
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	at := func(n *yaml.Node) string { return fmt.Sprintf("%s:%d", name, n.Line) }
	if root.Kind != yaml.MappingNode {
		return nil, sadi.Errorf(sadi.BadUsage, "the configuration file holds no settings").At("%s", at(root)).Advise("write one setting a line, such as listen: 127.0.0.1:8000")
	}
	values := map[string]found{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		s, err := settingOf(key.Value)
		if err != nil {
			return nil, err.At("%s", at(key))
		}
		if _, twice := values[s]; twice {
			return nil, sadi.Errorf(sadi.BadUsage, "%s is given twice", s).At("%s", at(key))
		}
		if value.Kind != yaml.ScalarNode {
			return nil, sadi.Errorf(sadi.BadUsage, "the value of %s is not plain", s).At("%s", at(value)).Advise("write a text or a number after the colon")
		}
		if value.Tag != "!!null" {
			values[s] = found{value.Value, Origin(at(value))}
		}
	}
	return values, nil
}

// settingOf is the name of the setting that a key of the file means.
func settingOf(key string) (string, *sadi.Error) {
	name := strings.ReplaceAll(key, "_", "-")
	var all []string
	for _, s := range settings {
		if s.Name == fileSetting {
			continue
		}
		if s.Name == name {
			return s.Name, nil
		}
		for _, a := range s.Aliases {
			if a == name {
				return s.Name, nil
			}
		}
		all = append(all, s.Name)
	}
	err := sadi.Errorf(sadi.BadUsage, "%q is no setting", key).Advise("sadi serve --print-config lists them")
	if hits := near.Names(name, all); len(hits) > 0 {
		err = err.Advise("did you mean %s?", strings.Join(hits, ", "))
	}
	return "", err
}

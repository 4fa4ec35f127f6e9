package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func (s set) files(data, work string) (train, test string, err error) {
	if s.Columns > 0 {
		return s.generate(work)
	}
	return divide(s, data, work)
}

// divide writes the rows of a file to two files of the same form, as NAME.test_idx says. It cuts bytes and understands
// nothing, so that both programs meet the form of the original.
func divide(s set, data, work string) (train, test string, err error) {
	raw, err := os.ReadFile(filepath.Join(data, s.File))
	if err != nil {
		return "", "", err
	}
	zipped := strings.HasSuffix(s.File, ".gz")
	if zipped {
		r, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return "", "", err
		}
		if raw, err = io.ReadAll(r); err != nil {
			return "", "", err
		}
	}
	text, err := os.ReadFile(filepath.Join(data, s.Test))
	if err != nil {
		return "", "", err
	}
	held := map[int]bool{}
	for _, f := range strings.Fields(string(text)) {
		i, err := strconv.Atoi(f)
		if err != nil {
			return "", "", err
		}
		held[i] = true
	}
	records := cut(raw)
	a, b := bytes.Clone(records[0]), bytes.Clone(records[0])
	for i, rec := range records[1:] {
		if held[i] {
			b = append(b, rec...)
		} else {
			a = append(a, rec...)
		}
	}
	train, test = filepath.Join(work, "train.csv"), filepath.Join(work, "test.csv")
	if zipped {
		train += ".gz"
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		if _, err := w.Write(a); err != nil {
			return "", "", err
		}
		if err := w.Close(); err != nil {
			return "", "", err
		}
		a = z.Bytes()
	}
	if err := os.WriteFile(train, a, 0o666); err != nil {
		return "", "", err
	}
	return train, test, os.WriteFile(test, b, 0o666)
}

// cut divides bytes at line feeds outside quotes; every record keeps its line end.
func cut(raw []byte) [][]byte {
	var records [][]byte
	quoted, from := false, 0
	for i, c := range raw {
		if c == '"' {
			quoted = !quoted
		} else if c == '\n' && !quoted {
			records = append(records, raw[from:i+1])
			from = i + 1
		}
	}
	if from < len(raw) {
		records = append(records, append(bytes.Clone(raw[from:]), '\n'))
	}
	return records
}

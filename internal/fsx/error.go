package fsx

import (
	"errors"
	"io/fs"

	"sadi"
)

// writeError is the error for people about a file that could not be written.
func writeError(path string, err error) error {
	e := &sadi.Error{Code: sadi.Unavailable, Where: path, Err: err, Message: "the file can not be written: " + cause(err)}
	switch {
	case diskFull(err):
		e.Message = "no space left on the disk"
		e.Hint = "free some space, or choose a folder on another disk"
	case errors.Is(err, fs.ErrPermission):
		e.Message = "the file may not be written"
		e.Hint = "check who owns the folder, or choose another one"
	case errors.Is(err, fs.ErrNotExist):
		e.Message = "the folder of the file does not exist"
	}
	return e
}

// readError is the error for people about a file that could not be read.
func readError(path string, err error) error {
	e := &sadi.Error{Code: sadi.Unavailable, Where: path, Err: err, Message: "the file can not be read: " + cause(err)}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Code, e.Message = sadi.NotFound, "the file does not exist"
	case errors.Is(err, fs.ErrPermission):
		e.Message, e.Hint = "the file may not be read", "check who owns it"
	}
	return e
}

// cause is the system's own word, without the path that stands in Where.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

package sadi

import (
	"errors"
	"fmt"
	"strings"
)

// Code names a kind of error for machines. Codes are part of the API and never change meaning.
type Code string

// The error codes.
const (
	BadUsage       Code = "bad_usage"       // the request is malformed: an unknown option, a value out of range
	BadData        Code = "bad_data"        // the file can not be used as it is
	NotFound       Code = "not_found"       // a named file, column, job or model does not exist
	TargetUnclear  Code = "needs_target"    // no target was given and none is clear enough
	NoModel        Code = "no_model"        // no algorithm could be fitted
	LimitExceeded  Code = "limit_exceeded"  // a declared bound (size, memory, columns) was passed
	Corrupt        Code = "corrupt"         // a file of ours is damaged or from an unknown version
	SchemaMismatch Code = "schema_mismatch" // data to predict lacks what the model needs
	Interrupted    Code = "interrupted"     // stopped by the user or the system
	Unavailable    Code = "unavailable"     // something outside (disk, network, service) did not work
	Unauthorized   Code = "unauthorized"    // who asks is not known
	Forbidden      Code = "forbidden"       // the request leads where it may not: out of the data root, beyond a role
	Conflict       Code = "conflict"        // the job is in a state that does not admit the request
	Internal       Code = "internal"        // a defect of ours
)

// Codes lists every code, for documentation and for the test that pins them.
func Codes() []Code {
	return []Code{BadUsage, BadData, NotFound, TargetUnclear, NoModel, LimitExceeded, Corrupt, SchemaMismatch,
		Interrupted, Unavailable, Unauthorized, Forbidden, Conflict, Internal}
}

// Error is an error for people: what happened, where, and what to do; Err is the cause for the operator.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`         // one sentence, no final stop
	Where   string `json:"where,omitempty"` // "row 17, column \"age\"", "params.models[2]"
	Hint    string `json:"hint,omitempty"`  // what to do about it
	Err     error  `json:"-"`
}

// Errorf makes an Error with a code and a formatted message; %w sets the cause.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// At returns the error with its place set.
func (e *Error) At(format string, args ...any) *Error {
	c := *e
	c.Where = fmt.Sprintf(format, args...)
	return &c
}

// Advise returns the error with advice on what to do.
func (e *Error) Advise(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// Error is the sentence, its place and its advice on one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	if e.Where != "" {
		b.WriteString(" (" + e.Where + ")")
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the outermost Error in the chain, Internal for any other error, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

package mlflow

import (
	"errors"
	"time"

	"sadi"
)

// Fault is why a store did not do something.
type Fault struct {
	Kind   FaultKind
	After  time.Duration // of a temporary fault: how long the server asks to wait; 0 = it does not say
	Undone bool          // of a temporary fault: the server says that it has done nothing
	Lone   bool          // of a temporary fault: the server answered, so it may be this call that it fails at
	Err    error         // for people
}

// FaultKind says what a fault means for what comes after it.
type FaultKind uint8

// The kinds of fault.
const (
	Rejected FaultKind = iota // the call itself is wrong; it will never be taken
	Away                      // the store can not be reached, or says to come again
	NotHere                   // this store has no such call
	ShutOut                   // whoever asks may not, or this is no such store at all: nothing will be taken as things are
)

// Error is the sentence for people.
func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

func is(err error, kind FaultKind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == kind
}

// Temporary reports whether the same call may succeed later.
func Temporary(err error) bool { return is(err, Away) }

// Unsupported reports whether the store lacks the call altogether.
func Unsupported(err error) bool { return is(err, NotHere) }

// Refused reports whether the store takes nothing from this caller as things are.
func Refused(err error) bool { return is(err, ShutOut) }

// NoSuchCall is the fault of a store that lacks a call.
func NoSuchCall(what string) error {
	return &Fault{Kind: NotHere, Err: sadi.Errorf(sadi.Unavailable, "the server keeps no %s", what)}
}

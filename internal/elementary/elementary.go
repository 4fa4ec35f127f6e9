// Package elementary holds exponentials, logarithms and their kin that give the same bits on every architecture, which
// those of package math do not: some are assembly there, and different assembly from one processor to the next, and
// where a processor can multiply and add in one step the compiler makes use of it.
//
// The functions are those of the Go library in portable form (Copyright 2009 The Go Authors, BSD licence, after FreeBSD's
// msun, Copyright 1993 Sun Microsystems, and Cephes), with one change: every product is rounded before it is added
// (float64(a*b) + c). What package math computes exactly (Sqrt, Floor, Frexp, Ldexp, Abs, …) is used as it is.
package elementary

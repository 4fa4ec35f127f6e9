// Package cputime tells the benchmarks how much processor time they used, which a busy machine changes less than the time
// on the clock.
package cputime

package host

import "runtime"

// FavourAnswers makes the process quick to answer while it computes with all cores.
//
// Go's scheduler knows no priorities: with as many threads as cores, a goroutine that has to answer waits behind those
// that compute, some milliseconds at each of the dozen steps of a request. With more threads the decision is the
// system's, which lets a thread that mostly sleeps go first. At 200 submissions a second, with two cores that compute, the
// 99th percentile of the answers fell from 165 ms to 63 ms by it (bench/load).
//
// A process that holds little memory collects garbage all the time: the ballast, which no page of memory stands behind,
// makes that rarer. It spares a quarter of the processor time of small jobs.
func FavourAnswers() {
	runtime.GOMAXPROCS(3 * cores)
	if ballast == nil {
		ballast = make([]byte, 64<<20)
	}
}

var ballast []byte

package impute

// median is the middle of the values, the mean of the two middle ones if their number is even, 0 if there is none. It
// reorders the values.
func median(v []float64) float64 {
	n := len(v)
	if n == 0 {
		return 0
	}
	hi := quickselect(v, n/2)
	if n%2 == 1 {
		return hi
	}
	lo := v[0]
	for _, x := range v[:n/2] {
		lo = max(lo, x)
	}
	return float64(lo/2) + float64(hi/2) // halves first: the sum could overflow
}

// quickselect returns the k-th smallest of v (Hoare 1961, pivot = median of three) and leaves no larger value before
// index k.
func quickselect(v []float64, k int) float64 {
	lo, hi := 0, len(v)-1
	for lo < hi {
		a, b, c := v[lo], v[lo+(hi-lo)/2], v[hi]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	return v[k]
}

package loss

import "math"

// WeightedQuantile is the least value with at least the share alpha of the weight at or below it, and the middle of it
// and the next one where the share is met exactly; 0 where no row weighs anything. w may be nil. It takes linear time
// on average (Hoare's selection, with weights in place of counts).
func WeightedQuantile(y, w []float64, alpha float64) float64 {
	v := make([]weighted, 0, len(y))
	var total float64
	for i := range y {
		if u := weight(w, i); u > 0 {
			v = append(v, weighted{y[i], u})
			total += u
		}
	}
	if len(v) == 0 {
		return 0
	}
	share, below, next := alpha*total, 0.0, math.Inf(1) // next is the least value known to lie above v
	for {
		pivot := median(v[0].value, v[len(v)/2].value, v[len(v)-1].value)
		less, equal, lessWeight, equalWeight := around(v, pivot)
		switch {
		case less > 0 && below+lessWeight >= share:
			v, next = v[:less], pivot
		case below+lessWeight+equalWeight < share && less+equal < len(v):
			v, below = v[less+equal:], below+lessWeight+equalWeight
		case below+lessWeight+equalWeight != share:
			return pivot
		default:
			for _, x := range v[less+equal:] {
				next = min(next, x.value)
			}
			if math.IsInf(next, 1) {
				return pivot
			}
			return pivot + float64((next-pivot)/2)
		}
	}
}

// weighted is a value with its weight.
type weighted struct{ value, weight float64 }

// around moves the values below the pivot to the front, and those equal to it behind them.
func around(v []weighted, pivot float64) (less, equal int, lessWeight, equalWeight float64) {
	end := len(v)
	for k := 0; k < end; {
		switch x := v[k]; {
		case x.value < pivot:
			v[k], v[less] = v[less], x
			lessWeight += x.weight
			less++
			k++
		case x.value > pivot:
			end--
			v[k], v[end] = v[end], x
		default:
			equalWeight += x.weight
			k++
		}
	}
	return less, end - less, lessWeight, equalWeight
}

func median(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

package model

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"sadi/internal/codec"
	"sadi/internal/dataset"
	"sadi/internal/par"
)

// sums predicts the sum of a row's features and its negative; it refuses rows with a feature below 0.
type sums struct{}

func (sums) Outputs() int         { return 2 }
func (sums) Features() int        { return 3 }
func (sums) Encode(*codec.Writer) {}
func (s sums) Predict(dst []float64, x *dataset.Matrix) error {
	if err := CheckPredict(s, dst, x); err != nil {
		return err
	}
	for i := range x.Rows {
		sum := 0.0
		for _, col := range x.Cols {
			if col[i] < 0 {
				return errors.New("below 0")
			}
			sum += float64(col[i])
		}
		dst[2*i], dst[2*i+1] = sum, -sum
	}
	return nil
}

func TestPredictSharesRows(t *testing.T) {
	ctx := context.Background()
	for _, n := range []int{0, 1, predictRows, predictRows + 1, 3*predictRows - 5} {
		x := &dataset.Matrix{Rows: n, Features: make([]dataset.Feature, 3), Cols: make([][]float32, 3)}
		for j := range x.Cols {
			for i := range n {
				x.Cols[j] = append(x.Cols[j], float32(i*(j+1)))
			}
		}
		want, got := make([]float64, 2*n), make([]float64, 2*n)
		if err := (sums{}).Predict(want, x); err != nil {
			t.Fatal(err)
		}
		if err := Predict(ctx, sums{}, got, x, par.New(3)); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d rows: %v, or other predictions", n, err)
		}
		if n > 0 {
			x.Cols[1][n-1] = -1
			if err := Predict(ctx, sums{}, got, x, par.New(3)); err == nil {
				t.Errorf("%d rows: the error of the last one is lost", n)
			}
			if err := Predict(ctx, sums{}, got[1:], x, nil); err == nil {
				t.Errorf("%d rows: room for too few predictions", n)
			}
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	x := &dataset.Matrix{Rows: 3 * predictRows, Cols: make([][]float32, 3)}
	for j := range x.Cols {
		x.Cols[j] = make([]float32, x.Rows)
	}
	if err := Predict(ended, sums{}, make([]float64, 2*x.Rows), x, nil); err == nil {
		t.Error("a context that has ended is not heard")
	}
}

// laborious is sums, at a price.
type laborious struct {
	sums
	calls *[]int
}

func (laborious) Work() int { return predictWork / 10 }
func (l laborious) Predict(dst []float64, x *dataset.Matrix) error {
	*l.calls = append(*l.calls, x.Rows)
	return l.sums.Predict(dst, x)
}

func TestLaboriousRowsComeInSmallBlocks(t *testing.T) {
	x := &dataset.Matrix{Rows: 25, Features: make([]dataset.Feature, 3), Cols: [][]float32{make([]float32, 25), make([]float32, 25), make([]float32, 25)}}
	var calls []int
	if err := Predict(context.Background(), laborious{calls: &calls}, make([]float64, 50), x, nil); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(calls) != "[10 10 5]" {
		t.Errorf("blocks of %v rows, want 10, 10 and 5", calls)
	}
}

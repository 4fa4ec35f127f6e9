package preptest

import (
	"testing"

	"sadi/internal/codec"
	"sadi/internal/prep"
)

// FuzzDecode feeds foreign bytes to a decoder; what it accepts must transform the samples that it fits.
func FuzzDecode(f *testing.F, tr prep.Transformer, opt Options) {
	for _, s := range opt.Samples {
		l, err := tr.Fit(f.Context(), s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded(l.Fitted))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := codec.NewReader(data)
		fitted := opt.Decode(r)
		if r.Done() != nil {
			return
		}
		for _, s := range opt.Samples {
			if fitted.Takes() == len(s.Nums) && fitted.Width() <= prep.MaxWidth {
				apply(fitted, rows(s.Block, []int{0, 1, s.Rows - 1}))
			}
		}
	})
}

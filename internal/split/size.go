package split

import (
	"fmt"
	"time"
)

// HoldoutSize is the fraction of n rows to set aside: about 500 of them in a small table, 2500 in a larger one, between
// 10 % and 20 % below 5,000 rows and between 1 % and 10 % above.
func HoldoutSize(n int) float64 {
	if n < 5000 {
		return min(max(500/float64(max(n, 1)), 0.1), 0.2)
	}
	return min(max(2500/float64(n), 0.01), 0.1)
}

// Facts are what the number of folds is decided by.
type Facts struct {
	Rows    int           // rows to divide
	Columns int           // feature columns of the table
	Outputs int           // functions to learn: one for each class where there are more than two; 0 = one
	Wall    time.Duration // budget of the job; 0 = it is bounded by trials, not by time
	By      By
	Usable  []int // the rows to divide, for the rarest class, the groups and the times; nil = do not look
}

// The limits of cross-validation: as many cells per hour of budget as FLAML allows (1e7), times ten, because our fits
// are faster, and as many times fewer as a booster grows trees in a round; above maxCVRows one hold-out is exact enough.
const (
	maxCVRows    = 100_000
	cellsPerHour = 10 * 1e7
	trialsWall   = time.Hour // a job bounded by trials is planned as if it had this long
)

// Folds chooses the number of folds, 1 = one hold-out, and says why.
func Folds(f Facts) (k int, why string) {
	wall := f.Wall
	if wall <= 0 {
		wall = trialsWall
	}
	limit := cellsPerHour * wall.Hours()
	cells := float64(f.Rows) * float64(max(f.Columns, 1)) * float64(max(f.Outputs, 1)) / 0.9
	size := fmt.Sprintf("%d rows × %d columns", f.Rows, f.Columns)
	if f.Outputs > 1 {
		size += fmt.Sprintf(" × %d classes", f.Outputs)
	}
	switch {
	case f.Rows >= maxCVRows:
		k, why = 1, fmt.Sprintf("one hold-out: with %d rows it is exact enough", f.Rows)
	case cells >= limit:
		k, why = 1, "one hold-out: "+size+" are too many for folds within the budget"
	case f.Wall >= 2*time.Minute && f.Rows <= 10_000 && 8*cells < limit:
		k, why = 8, fmt.Sprintf("8 folds: %d rows are few and the budget allows it", f.Rows)
	default:
		k, why = 5, "5 folds: "+size+" are small enough for the budget"
	}
	if k == 1 {
		return k, why
	}
	bound, reason := f.bound()
	if k > bound {
		return max(bound, 1), fmt.Sprintf("%d folds: %s", max(bound, 1), reason)
	}
	return k, why
}

// bound is the largest number of folds that the rows allow. A rare class bounds it at 3 at the lowest: KFold leaves
// every class with two rows in every Fit, so fewer folds would only waste rows.
func (f Facts) bound() (k int, why string) {
	k, why = max(f.Rows, 1), fmt.Sprintf("there are only %d rows", f.Rows)
	if f.Usable == nil {
		return k, why
	}
	switch {
	case f.By.Time != nil:
		times := len(boundaries(timeline(f.Usable, f.By.Time), f.By.Time)) + 1
		return min(k, times-1), fmt.Sprintf("there are only %d different times", times)
	case f.By.Group != nil:
		seen := map[int32]bool{}
		for _, r := range f.Usable {
			seen[f.By.Group[r]] = true
		}
		return min(k, len(seen)), fmt.Sprintf("there are only %d groups", len(seen))
	case f.By.Classes > 0:
		count := make([]int, f.By.Classes)
		for _, r := range f.Usable {
			if y := f.By.Y[r]; y >= 0 && y < float64(f.By.Classes) {
				count[int(y)]++
			}
		}
		for _, n := range count {
			if n >= 2 && max(n, 3) < k {
				k, why = max(n, 3), fmt.Sprintf("the rarest class has only %d rows", n)
			}
		}
	}
	return k, why
}

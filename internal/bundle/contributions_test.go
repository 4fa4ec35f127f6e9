package bundle

import (
	"bytes"
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/num"
	"sadi/internal/par"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
)

// boosted is the place of the member that is made of trees.
func boosted(t *testing.T, b *Bundle) int {
	t.Helper()
	at := slices.IndexFunc(b.Members, func(m Member) bool { return strings.HasPrefix(m.Parts[0].Model, "xgb") })
	if at < 0 {
		t.Fatal("no member is a booster")
	}
	return at
}

// What columns add to the expected output is the margin of one booster of classes, and the prediction of a mean of boosters of
// a number.
func TestContributionsAddUpToWhatIsPredicted(t *testing.T) {
	each(t, func(t *testing.T, b *Bundle, tab *table.Table) {
		part := 1
		if b.Problem == sadi.RegressionValue {
			part = -1
		}
		one := b.Only(boosted(t, b), part)
		margin, err := one.Explained()
		if err != nil || margin != b.Problem.IsClassification() {
			t.Fatalf("margin %v, %v", margin, err)
		}
		phi, err := one.Contributions(context.Background(), tab, par.New(2))
		if err != nil {
			t.Fatal(err)
		}
		k, width := b.Outputs(), len(b.Fields)+1
		sums := make([]float64, tab.Rows*k)
		told := make([]bool, width)
		for i, v := range phi {
			sums[i/width] += v
			told[i%width] = told[i%width] || v != 0
		}
		if n := len(slices.DeleteFunc(told, func(x bool) bool { return !x })); n < 4 {
			t.Errorf("only %d columns add anything", n)
		}
		for i, want := range predict(t, one, tab, nil) {
			got := sums[i]
			switch b.Problem {
			case sadi.Binary:
				got = 1 / (1 + math.Exp(-got))
			case sadi.Multiclass:
				p := make([]float64, k)
				num.Softmax(p, sums[i/k*k:][:k])
				got = p[i%k]
			}
			if math.Abs(got-want) > 1e-6*max(1, math.Abs(want)) {
				t.Fatalf("place %d: the contributions give %v, want %v", i, got, want)
			}
		}
	})
}

// A member alone predicts what it does in the bundle, and the bundle stays as it was.
func TestOnlyOneMember(t *testing.T) {
	each(t, func(t *testing.T, b *Bundle, tab *table.Table) {
		before := b.Encode()
		sum := make([]float64, tab.Rows*b.Outputs())
		for i, m := range b.Members {
			for j := range m.Parts {
				for at, v := range predict(t, b.Only(i, j), tab, nil) {
					sum[at] += m.Weight / float64(len(m.Parts)) * v
				}
			}
		}
		for i, want := range predict(t, b, tab, nil) {
			if math.Abs(sum[i]-want) > 1e-9*max(1, math.Abs(want)) {
				t.Fatalf("place %d: got %v, want %v", i, sum[i], want)
			}
		}
		if !bytes.Equal(b.Encode(), before) {
			t.Error("the bundle has changed")
		}
	})
}

// What is not exact is refused: members that are not trees, and means of probabilities.
func TestContributionsThatAreNone(t *testing.T) {
	b, tab := fitted(t, sadi.Binary)
	for what, c := range map[string]*Bundle{"not made of trees": b, "averages the predictions of 2 models": b.Only(boosted(t, b), -1)} {
		if _, err := c.Contributions(context.Background(), tab, nil); sadi.CodeOf(err) != sadi.BadUsage || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v", err)
		}
		if _, err := c.ExplainFile(context.Background(), &bytes.Buffer{}, "", csvio.Options{}); sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("got %v", err)
		}
	}
}

// A file has a line for each row, and for each class where there are several, whose numbers add up.
func TestExplainFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(file, []byte("normal,holes,when,smoker,color,street,note\n0.5,,2024-01-02,yes,red,a,b\n-0.5,1,2024-05-02,no,blue,c,d\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, b *Bundle, _ *table.Table) {
		part := 0
		if b.Problem == sadi.RegressionValue {
			part = -1
		}
		var text bytes.Buffer
		if _, err := b.Only(boosted(t, b), part).ExplainFile(context.Background(), &text, file, csvio.Options{}); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&text).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		first, last := 0, "(margin)"
		switch b.Problem {
		case sadi.Multiclass:
			first = 1
		case sadi.RegressionValue:
			last = "(prediction)"
		}
		header := lines[0]
		if len(lines) != 1+2*b.Outputs() || len(header) != first+len(b.Fields)+2 || header[len(header)-1] != last || header[first] != b.Fields[0].Name {
			t.Fatalf("%d lines, the header is %q", len(lines), header)
		}
		for i, line := range lines[1:] {
			if first == 1 && line[0] != b.Labels[i%len(b.Labels)] {
				t.Errorf("line %d is of the class %q", i+1, line[0])
			}
			sum := 0.0
			for _, word := range line[first : len(line)-1] {
				v, err := strconv.ParseFloat(word, 64)
				if err != nil {
					t.Fatal(err)
				}
				sum += v
			}
			if line[len(line)-1] != number(sum) {
				t.Errorf("line %d adds up to %v and says %s", i+1, sum, line[len(line)-1])
			}
		}
	})
}

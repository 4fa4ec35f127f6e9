package tree

import (
	"reflect"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/dataset"
)

var people = []dataset.Feature{{Name: "age", Source: "age"}, {Name: "income, net", Source: "income, net"}, {Name: "city", Source: "city", Levels: 9},
	{Name: "when.month", Source: "when"}, {Name: "when.day", Source: "when"}}

func TestParseMonotone(t *testing.T) {
	for _, c := range []struct {
		text string
		want []int8
	}{
		{"", nil}, {"  ", nil}, {"()", nil}, {"(0, 0)", nil},
		{"(1,-1,0)", []int8{1, -1, 0, 0, 0}},
		{"(1,)", []int8{1, 0, 0, 0, 0}},
		{" [ 1, -1 ] ", []int8{1, -1, 0, 0, 0}},
		{"0,0,0,1,-1", []int8{0, 0, 0, 1, -1}},
		{"age:1", []int8{1, 0, 0, 0, 0}},
		{"age: -1, when.day: 1, city: 0", []int8{-1, 0, 0, 0, 1}},
		{"when: 1", []int8{0, 0, 0, 1, 1}},
		{"{'age': 1, 'when.month': -1}", []int8{1, 0, 0, -1, 0}},
		{`{"income, net": 1, "age": -1}`, []int8{-1, 1, 0, 0, 0}},
	} {
		if got, err := ParseMonotone("m", c.text, people); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: got %v, %v, want %v", c.text, got, err, c.want)
		}
	}
	for text, say := range map[string]string{
		"(2)": "2", "x": "x", "1,0,0,0,0,0": "more constraints", "(0,0,1)": `"city" is a category`, "agee:1": "did you mean age?",
		"age:up": "up", "age:1,city": "city", "(1,,0)": `""`,
	} {
		got, err := ParseMonotone("monotone_constraints", text, people)
		if got != nil || sadi.CodeOf(err) != sadi.BadUsage || !strings.Contains(err.Error(), say) || !strings.Contains(err.Error(), "monotone_constraints") {
			t.Errorf("%q: got %v, %v, want an error that says %q", text, got, err, say)
		}
	}
}

func TestParseTogether(t *testing.T) {
	for _, c := range []struct {
		text string
		want [][]int32
	}{
		{"", nil}, {" ", nil}, {"[]", nil}, {"[[]]", nil},
		{"[[0, 1], [3,2,3]]", [][]int32{{0, 1}, {2, 3}}},
		{`[["age", "when"], ["city", 1]]`, [][]int32{{0, 3, 4}, {1, 2}}},
	} {
		if got, err := ParseTogether("m", c.text, people); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: got %v, %v, want %v", c.text, got, err, c.want)
		}
	}
	for text, say := range map[string]string{
		"(0,1)": "list of lists", "[[5]]": "no feature 5", "[[-1]]": "-1", "[[0.5]]": "0.5", "[[1e300]]": "1e+300", `[["citi"]]`: "did you mean city?",
		"[[null]]": "neither", "[[[0]]]": "neither",
	} {
		got, err := ParseTogether("interaction_constraints", text, people)
		if got != nil || sadi.CodeOf(err) != sadi.BadUsage || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: got %v, %v, want an error that says %q", text, got, err, say)
		}
	}
}

func TestUnlistedFeatures(t *testing.T) {
	sets := [][]int32{{0, 2}}
	if got, want := WithSingles(sets, 4), [][]int32{{0, 2}, {1}, {3}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := WithRest(sets, 4), [][]int32{{0, 2}, {1, 3}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if WithSingles(nil, 4) != nil || WithRest(nil, 4) != nil {
		t.Error("no constraint becomes one")
	}
}

func FuzzConstraints(f *testing.F) {
	for _, s := range []string{"(1,-1,0)", "age:1, city:0", `{"age": 1}`, `[["age", 1], [2]]`, "[[1e99]]", "(1,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMonotone("m", text, people)
		if err == nil && m != nil && len(m) != len(people) || err != nil && sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("%q gives %v, %v", text, m, err)
		}
		sets, err := ParseTogether("t", text, people)
		if err != nil && sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("%q gives %v", text, err)
		}
		for _, s := range sets {
			for k, j := range s {
				if j < 0 || int(j) >= len(people) || k > 0 && s[k-1] >= j {
					t.Errorf("%q gives %v", text, sets)
				}
			}
		}
	})
}

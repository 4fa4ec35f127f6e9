package main

import (
	"slices"
	"testing"
)

func TestColumnsAreNamedAsTheyStand(t *testing.T) {
	file := write(t, t.TempDir(), "x.csv", "a;\"Ingreso medio, USD\";\"% \"\"mujeres\"\"\";b\n1;2;3;4\n")
	for _, c := range []struct {
		given []string
		want  []string
	}{
		{[]string{"a,b"}, []string{"a", "b"}},
		{[]string{"a, b"}, []string{"a", "b"}},
		{[]string{"a", "b"}, []string{"a", "b"}},
		{[]string{"Ingreso medio, USD"}, []string{"Ingreso medio, USD"}},
		{[]string{`a,Ingreso medio, USD,% "mujeres"`}, []string{"a", "Ingreso medio, USD", `% "mujeres"`}},
		{[]string{"nix,b"}, []string{"nix", "b"}},
	} {
		var l columnList
		for _, text := range c.given {
			if err := l.Set(text); err != nil {
				t.Fatal(err)
			}
		}
		if got := l.resolve(file); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.given, got, c.want)
		}
	}
}

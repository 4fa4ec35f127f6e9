package random_test

import (
	"testing"

	"sadi/internal/search/random"
	"sadi/internal/search/searchtest"
)

func TestConformance(t *testing.T) { searchtest.Run(t, random.Searcher{}, searchtest.Options{}) }

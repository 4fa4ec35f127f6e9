package tpe_test

import (
	"testing"

	"sadi/internal/search/searchtest"
	"sadi/internal/search/tpe"
)

func TestConformance(t *testing.T) {
	searchtest.Run(t, tpe.Searcher{}, searchtest.Options{ModelBased: true})
}

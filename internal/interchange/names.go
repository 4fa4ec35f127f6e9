package interchange

import (
	"fmt"
	"strings"
)

// What the libraries do not take in names: brackets and < in XGBoost; LightGBM writes names with spaces between them.
const (
	bannedByXGBoost  = "[]<"
	bannedByLightGBM = " =\",:[]{}"
)

// Names are the names of the features as they stand in a file.
func Names(m *Model, f Format) []string {
	if f == LightGBM {
		return safeNames(m.Features, bannedByLightGBM)
	}
	return safeNames(m.Features, bannedByXGBoost)
}

// safeNames are the features' names without the characters that a library does not take in names, and without doubles.
func safeNames(features []Feature, banned string) []string {
	names, taken := make([]string, len(features)), map[string]bool{}
	for j, f := range features {
		name := strings.Map(func(r rune) rune {
			if r < ' ' || strings.ContainsRune(banned, r) {
				return '_'
			}
			return r
		}, f.Name)
		if name == "" {
			name = "_"
		}
		names[j] = name
		for i := 2; taken[names[j]]; i++ {
			names[j] = fmt.Sprintf("%s_%d", name, i)
		}
		taken[names[j]] = true
	}
	return names
}

package mlflow

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"sadi"
)

// The bounds of MLflow, in characters and in entities. Longer values are cut, as MLflow's own clients do.
const (
	MaxKey        = 250
	MaxParam      = 6000
	MaxTag        = 8000
	MaxDigest     = 36
	MaxMetrics    = 1000 // in a batch
	MaxParams     = 100
	MaxTags       = 100
	MaxEntities   = 1000 // of all kinds together
	MaxBatchBytes = 900_000
)

const (
	maxExperiment = 500
	maxModel      = 250
)

// Key makes a text a legal name of a metric, parameter or tag: other characters become "_", and a name that would be
// another path than it says becomes one without slashes.
func Key(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_/.- ", r) {
			return r
		}
		return '_' // the colon too, which a file on Windows can not have
	}, strings.ToValidUTF8(text, "_"))
	text = Cut(text, MaxKey)
	if text == "" {
		return "_"
	}
	if path.Clean(text) != text || text[0] == '/' || text[0] == '.' {
		if text = strings.ReplaceAll(text, "/", "_"); text[0] == '.' {
			text = "_" + text[1:]
		}
	}
	return text
}

// Cut is the first n characters of a text.
func Cut(text string, n int) string {
	if len(text) <= n || utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n])
}

// CheckExperiment is the error of a name that no experiment can have, or nil.
func CheckExperiment(name string) *sadi.Error {
	if strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl) || utf8.RuneCountInString(name) > maxExperiment {
		return sadi.Errorf(sadi.BadUsage, "%q is no name of an experiment", Cut(name, 80)).
			Advise("use up to %d characters in one line, without space at the ends", maxExperiment)
	}
	return nil
}

// CheckModel is the error of a name that no registered model can have, or nil.
func CheckModel(name string) *sadi.Error {
	bad := strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, `/:\'"`) ||
		strings.HasPrefix(name, ".") || utf8.RuneCountInString(name) > maxModel
	if bad {
		return sadi.Errorf(sadi.BadUsage, "%q is no name of a registered model", Cut(name, 80)).
			Advise("use up to %d characters in one line, without / : and quotes and without a leading dot", maxModel)
	}
	return nil
}

// Clean makes a batch legal and divides it into batches that a server takes. Of parameters with equal keys the first
// stays, of tags the last.
func Clean(b Batch) []Batch {
	var all []Batch
	var now Batch
	size := 0
	entity := func(bytes int, full bool) {
		if size+bytes > MaxBatchBytes || full || len(now.Metrics)+len(now.Params)+len(now.Tags) == MaxEntities {
			all = append(all, now)
			now, size = Batch{}, 0
		}
		size += bytes
	}
	for _, p := range unique(b.Params, MaxParam, false) {
		entity(len(p.Key)+2*len(p.Value)+40, len(now.Params) == MaxParams)
		now.Params = append(now.Params, p)
	}
	for _, p := range unique(b.Tags, MaxTag, true) {
		entity(len(p.Key)+2*len(p.Value)+40, len(now.Tags) == MaxTags)
		now.Tags = append(now.Tags, p)
	}
	for _, m := range b.Metrics {
		entity(len(m.Key)+120, len(now.Metrics) == MaxMetrics)
		m.Key = Key(m.Key)
		now.Metrics = append(now.Metrics, m)
	}
	if len(now.Metrics)+len(now.Params)+len(now.Tags) > 0 {
		all = append(all, now)
	}
	return all
}

// unique makes pairs legal; of equal keys one stays.
func unique(pairs []Pair, most int, last bool) []Pair {
	at := map[string]int{}
	var out []Pair
	for _, p := range pairs {
		p = Pair{Key(p.Key), Cut(strings.ToValidUTF8(p.Value, "\uFFFD"), most)}
		i, twice := at[p.Key]
		switch {
		case !twice:
			at[p.Key] = len(out)
			out = append(out, p)
		case last:
			out[i] = p
		}
	}
	return out
}

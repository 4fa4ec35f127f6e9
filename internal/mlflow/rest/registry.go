package rest

import (
	"context"
	"net/url"
	"strings"

	"sadi/internal/mlflow"
)

// version is a model version as the API has it.
type version struct {
	Number string `json:"version"`
	Source string `json:"source"`
	Run    string `json:"run_id"`
}

// Register implements mlflow.Store.
func (s *Store) Register(ctx context.Context, v mlflow.Version) (string, error) {
	err := s.post(ctx, "registered-models/create", map[string]any{"name": v.Model}, nil)
	switch {
	case err == nil:
	case !hasCode(err, codeExists):
		return "", err
	default: // an earlier attempt may have made the version
		have, err := s.versions(ctx, v.Model)
		if err != nil {
			return "", err
		}
		for _, h := range have {
			if h.Run == v.Run && h.Source == v.Source {
				return h.Number, nil
			}
		}
	}
	var made struct {
		Version version `json:"model_version"`
	}
	var tags []mlflow.Pair
	for _, b := range mlflow.Clean(mlflow.Batch{Tags: v.Tags}) {
		tags = append(tags, b.Tags...)
	}
	err = s.post(ctx, "model-versions/create", map[string]any{"name": v.Model, "source": v.Source, "run_id": v.Run,
		"description": mlflow.Cut(v.Description, 5000), "tags": pairs(tags)}, &made)
	return made.Version.Number, err
}

func (s *Store) versions(ctx context.Context, name string) ([]version, error) {
	var found struct {
		Versions []version `json:"model_versions"`
	}
	quoted := strings.ReplaceAll(name, "'", "\\'")
	err := s.get(ctx, "model-versions/search", url.Values{"filter": {"name='" + quoted + "'"}, "max_results": {"10000"}}, &found)
	return found.Versions, err
}

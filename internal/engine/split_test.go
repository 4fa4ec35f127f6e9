package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sadi"
	"sadi/internal/engine"
)

// A booster grows a tree for every class in a round, so rows that are folds' work with two classes are a hold-out's with sixty.
func TestManyClassesAreJudgedByOneHoldOut(t *testing.T) {
	path := shop(1800).write(t)
	for target, want := range map[string]int{"bought": 5, "age": 1} {
		synctest.Test(t, func(t *testing.T) {
			m := run(t, job(t, path, func(j *engine.Job) {
				j.Spec.Target, j.Spec.TaskType = target, sadi.Classification
				j.Spec.Params.Models, j.Spec.Params.Folds = []string{"decision_tree"}, 0
				j.Spec.Params.Budget = sadi.Budget{Wall: 8 * time.Second}
			})).Manifest
			if s := m.Determined.Split; s.Folds != want {
				t.Errorf("%s: %d folds (%s), want %d", target, s.Folds, s.Why, want)
			}
		})
	}
}

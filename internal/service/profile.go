package service

import (
	"context"
	"fmt"

	"sadi"
	"sadi/internal/engine"
	"sadi/internal/model"
	"sadi/internal/profile"
	"sadi/internal/table"
	"sadi/internal/table/csvio"
)

// Inspection is what can be said of a file before training.
type Inspection struct {
	Reading *csvio.Report    `json:"reading"`
	Profile *profile.Profile `json:"profile"`
}

// Inspect looks at a file. The pool of read is used throughout, and models lend the quick booster that ranks targets.
func Inspect(ctx context.Context, path string, read csvio.Options, look profile.Options, models []model.Model) (*Inspection, error) {
	t, reading, err := csvio.Read(ctx, path, read)
	if err != nil {
		return nil, err
	}
	look.Pool = read.Pool
	look.Skill = engine.Skill(t, engine.QuickBooster(models), look.Ignore)
	p, err := profile.Inspect(ctx, t, look)
	if err != nil {
		return nil, err
	}
	return &Inspection{reading, p}, nil
}

// Look says how to look at a data set; the zero value finds everything itself.
type Look struct {
	Target              string
	Task                sadi.TaskType
	Ignore              []string
	Group, Time, Weight string
}

// Profile looks at a data set that was uploaded or submitted.
func (s *Service) Profile(ctx context.Context, id string, look Look) (*Inspection, error) {
	return s.profiles.get(ctx, id+canonical(look), func() (*Inspection, error) {
		file, done, err := s.fetch(ctx, id)
		if err != nil {
			return nil, err
		}
		defer done()
		asked := []named{{"target", look.Target}, {"group", look.Group}, {"time", look.Time}, {"weight", look.Weight}}
		for i, c := range look.Ignore {
			asked = append(asked, named{fmt.Sprintf("ignore[%d]", i), c})
		}
		if err := checkNames(asked, func() (*table.Table, error) { return s.columns(file, nil) }); err != nil {
			return nil, hidePath(err, file)
		}
		in, err := Inspect(ctx, file, csvio.Options{Pool: s.pool, MaxBytes: s.limits.Unpacked, MaxCols: s.limits.Columns},
			profile.Options{Target: look.Target, Task: look.Task, Ignore: look.Ignore, Group: look.Group, Time: look.Time, Weight: look.Weight}, s.models)
		return in, hidePath(err, file)
	})
}

// profileCache keeps the last profiles, and makes one at a time: each takes the memory of a whole table.
type profileCache struct {
	turn chan struct{}
	last *recent[*Inspection]
}

const keptProfiles = 32

func newProfileCache() *profileCache {
	return &profileCache{turn: make(chan struct{}, 1), last: newRecent[*Inspection](keptProfiles)}
}

func (c *profileCache) get(ctx context.Context, key string, compute func() (*Inspection, error)) (*Inspection, error) {
	if p, ok := c.last.find(key); ok {
		return p, nil
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if p, ok := c.last.find(key); ok {
		return p, nil
	}
	p, err := compute()
	if err == nil {
		c.last.put(key, p)
	}
	return p, err
}
